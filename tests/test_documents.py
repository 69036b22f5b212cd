"""What the documents for developers name is there."""

import re
from pathlib import Path

import pytest

from warehouse.sources import sources

ROOT = Path(__file__).resolve().parents[1]
FILES = [
    path.relative_to(ROOT).as_posix()
    for folder in ("analytics", "dbt_project", "docs", "orchestration", "tests", "warehouse")
    for path in (ROOT / folder).rglob("*")
]
NAMED = re.compile(
    r"`([\w./-]+\.(?:py|sql|yml|csv|md)|[\w-]+(?:/[\w-]+)+/?|(?:int|idx|stg|fct)_\w+)`"
)


@pytest.mark.parametrize("document", ["AGENTS.md"])
def test_every_file_that_is_named_is_there(document: str) -> None:
    names = NAMED.findall((ROOT / document).read_text(encoding="utf-8"))
    endings = {name.rstrip("/") for name in names}
    lacking = [
        name
        for name in endings
        if not any(f"/{file}".endswith((f"/{name}", f"/{name}.sql")) for file in FILES)
    ]
    assert not lacking and len(endings) > 30


def test_the_sources_and_the_keys_that_they_heed_are_those_of_the_code() -> None:
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    [listed] = re.findall(r"^- `<source>` is one of (.*?)\.$", text, re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", listed)) == set(sources())
    declared = {key for source in sources().values() for key in source.declares}
    told = {}
    for key, whose in re.findall(r"^\| `(\w+)` \|.*\| ([^|]*`\w+`[^|]*) \|$", text, re.MULTILINE):
        named = set(re.findall(r"`(\w+)`", whose))
        told[key] = set(sources()) - named if whose.startswith("all but") else named
    assert {key: told.get(key) for key in declared} == {
        key: {name for name, source in sources().items() if key in source.declares}
        for key in declared
    }
