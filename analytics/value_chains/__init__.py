"""Measures of value chains from an inter-country input-output table (docs/value_chains.md)."""
