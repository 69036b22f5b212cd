"""Sheets of the China Statistical Yearbook and of those of the provinces, and pages like them."""

from warehouse.sources.yearbooks import read

__all__ = ["read"]
