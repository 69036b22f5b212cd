"""The report of a release: static pages in two languages, made of its tables and nothing else.

A chapter (`chapters/*.yml`) is a page, a part of it a table or a figure: a query, a specification
of Vega-Lite and two titles. From them follow page, data (CSV), pictures (SVG, PNG) and sources.
"""
