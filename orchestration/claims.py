"""What a test of dbt claims, in one sentence: what the comment over its SQL says of this use."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orchestration.dbt_command import DBT_PROJECT

_OVER_A_GENERIC_TEST = re.compile(r"\{#-?(.*?)-?#\}", re.DOTALL)
_OVER_A_QUERY = re.compile(r"((?:^-- .*\n)+)", re.MULTILINE)
_SENTENCE = re.compile(r".*?[.](?=\s|$)|.+", re.DOTALL)
_REFERENCE = re.compile(r"ref\('(\w+)'\)")


def claim(test: Mapping[str, Any]) -> str:
    """The sentence of a test, from its entry in the manifest; empty if nobody wrote one.

    Its description, else the first sentence of the comment over its SQL, where `{column}` stands
    for that argument of a generic test.
    """
    if test.get("description"):
        return str(test["description"])
    use = test.get("test_metadata")
    if use:
        said = _first(
            DBT_PROJECT / "tests" / "generic" / f"{use['name']}.sql", _OVER_A_GENERIC_TEST
        )
        return said.format_map({name: _words(value) for name, value in use["kwargs"].items()})
    return _first(DBT_PROJECT / test["original_file_path"], _OVER_A_QUERY)


def _first(file: Path, comment: re.Pattern[str]) -> str:
    """The first sentence of the first comment of a file of SQL."""
    found = comment.search(file.read_text(encoding="utf-8")) if file.exists() else None
    if not found:
        return ""
    text = " ".join(found[1].replace("\n-- ", "\n").removeprefix("-- ").split())
    sentence = _SENTENCE.match(text)
    return sentence[0] if sentence else ""


def _words(value: object) -> str:
    """An argument as a reader sees it: columns in a row, a table by its name."""
    return ", ".join(value) if isinstance(value, list) else _REFERENCE.sub(r"\1", str(value))
