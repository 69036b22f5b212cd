"""The cache of a user: what belongs to the code and to no home, and can be made again."""

from pathlib import Path

from platformdirs import user_cache_path


def folder(kind: str) -> Path:
    """A folder of the cache: `$XDG_CACHE_HOME/yearbook/<kind>`, or as macOS and Windows have it."""
    return user_cache_path("yearbook", appauthor=False) / kind
