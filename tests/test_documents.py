"""What the documents for developers name is there."""

import re
from pathlib import Path

import pytest

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
