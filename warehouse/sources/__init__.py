"""The sources of the warehouse. A source is a folder here: `source.yml` and `reader.py`."""

import importlib
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from warehouse.contract.source import Reading, SourceFile


class Source(BaseModel):
    """`source.yml`: what is true of a source as a whole.

    `authority` ranks sources that print the same number: 1 official, 2 vendors, 3 compilations.
    A refresh is due after `release_month`/`release_day` of each year. `declares` are the keys
    under `files:` of an `_edition.yml` that the reader heeds, beyond those for any file.
    `indicators_are_declared` where a column means what `_edition.yml` says, not what it prints.
    `names_economies_by` says which columns of seeds/countries a source that prints economies
    names them by, set apart by blanks.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source_id: str
    title_zh: str
    title_en: str
    publisher: str
    licence: str
    release_month: int = Field(ge=1, le=12)
    release_day: int = Field(ge=1, le=28)
    authority: int = Field(ge=1, le=3)
    redistributable: bool = False
    declares: frozenset[str] = frozenset()
    indicators_are_declared: bool = False
    names_economies_by: str = ""

    def read(self, file: SourceFile) -> Reading:
        """The cells of one file. Raises Rejected if the file cannot be taken."""
        return importlib.import_module(f"{__name__}.{self.source_id}.reader").read(file)

    @property
    def folder(self) -> Path:
        return next(path for root in __path__ if (path := Path(root) / self.source_id).is_dir())


@cache
def sources() -> dict[str, Source]:
    """Every source by its id, found by its folder, in alphabetical order."""
    found = [
        Source.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        for root in __path__
        for path in Path(root).glob("*/source.yml")
    ]
    return {source.source_id: source for source in sorted(found, key=lambda one: one.source_id)}
