"""The checks of the build that are no dbt tests, one module a theme; the release waits for all."""
