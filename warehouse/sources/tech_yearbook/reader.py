"""The yearbook on science and technology, and the bulletin on R&D expenditure."""

from warehouse.sources.yearbooks import read

__all__ = ["read"]
