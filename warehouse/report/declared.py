"""What the report consists of, as `chapters/*.yml` and `words.yml` declare it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
# The parser in C takes a tenth of the time; PyYAML may be built without it
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Text = dict[Literal["en", "zh"], str]


class Part(BaseModel):
    """A table or a figure: what is asked of the release, and how the answer is shown.

    With `each`, a query, there is one for every row of its answer, whose columns fill the
    `{places}` of id, titles and query. Of a column `x` a column `x__trace` is the place of its
    numbers in the chapter of traces, as `area/kind/key`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: Text
    note: Text | None = None
    each: str | None = None
    sql: str
    chart: dict[str, Any] | None = None
    height: int = 340  # pixels
    widest: int | None = None
    slider: str | None = None  # a column, of which one value is shown at a time
    # Columns of a printed table: row, column, text, then what stands above a column
    pivot: tuple[str, ...] | None = None
    has_csv: bool = True
    is_headline: bool = False  # drawn when the report is written, not only by a page


class Choice(BaseModel):
    """What a reader chooses at the top of a chapter; each choice has data files of its own.

    The query answers with `value`, `en` and `zh`; `column` of a part's rows holds the value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    label: Text
    sql: str


class Chapter(BaseModel):
    """A page; `universe` says which statistics its parts rest on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: Text
    about: Text
    universe: Literal["province", "country"] = "province"
    choice: Choice | None = None
    view: str | None = None  # a script that shows something of its own above the parts
    parts: list[Part]

    @model_validator(mode="after")
    def _has_each_part_once(self) -> "Chapter":
        ids = [part.id for part in self.parts]
        if len(ids) != len({*ids}):
            raise ValueError(f"chapter {self.id} names a part twice")
        return self


@cache
def chapters() -> tuple[Chapter, ...]:
    """The chapters in the order of their files."""
    return tuple(Chapter(**_read(file)) for file in sorted((HERE / "chapters").glob("*.yml")))


@cache
def words() -> Mapping[str, Mapping[str, Text]]:
    """What the pages say beside the tables, and headings of columns, in both languages."""
    return _read(HERE / "words.yml")


@cache
def theme() -> Mapping[str, Any]:
    """Type, lines and colours of every figure, as Vega-Lite's `config`."""
    return _read(HERE / "theme.yml")


def in_language(node: Any, language: str) -> Any:
    """The same with the text of one language wherever there are two."""
    if isinstance(node, Mapping):
        if {*node} == {*LANGUAGES}:
            return node[language]
        return {name: in_language(value, language) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [in_language(value, language) for value in node]
    return node


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), _LOADER)
