"""Declarations: what `_edition.yml` says about the files beside it (docs/sources.md)."""

import datetime
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from warehouse.contract import complaints
from warehouse.contract.errors import Rejected

FILE_NAME = "_edition.yml"
OF_ANY_FILE = ("published_on", "publisher", "redistributable", "series_vintage", "obs_status")
# A declaration is a page of text, a few levels deep
_MOST_BYTES = 256 << 10
_MOST_LEVELS = 10
_INT, _FLOAT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_MERGE = "tag:yaml.org,2002:merge"
_WHOLE_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)$")
_NO_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_EXAMPLE = "published_on: YYYY-MM-DD"
_MISSING_ADVICE = {
    "published_on": "write `published_on: YYYY-MM-DD`",
    "indicator": "write the name of the indicator",
}


def _as_date(value: object) -> object:
    """A YAML date or an ISO text; a bare number such as 2024 is no date."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = datetime.date.fromisoformat(value.strip())
    if type(value) is not datetime.date:
        raise ValueError(f"is {complaints.shown(value)}; expected a date, YYYY-MM-DD")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"expected a date of the years {FIRST_YEAR} to {LAST_YEAR}")
    return value


def _as_text(value: object) -> object:
    """YAML reads an unquoted 2020 as a number: a label or a vintage is text all the same."""
    return str(value) if type(value) in (int, datetime.date) else value


# Of the People's Republic; a year beyond is a slip of the keyboard
FIRST_YEAR, LAST_YEAR = 1949, 2100
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Date = Annotated[datetime.date, BeforeValidator(_as_date)]
Text = Annotated[str, BeforeValidator(_as_text)]
ObsStatus = Literal["A", "P", "E", "I", "D", "X"]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=_Declared)


class ColumnDeclaration(_Declared):
    """One column of a compilation that is taken."""

    indicator: Text
    unit: Text | None = None
    series_vintage: Text | None = None
    obs_status: ObsStatus | None = None


class FileDeclaration(_Declared):
    """What a file does not say itself; every key may be left out."""

    published_on: Date | None = None
    publisher: Text | None = None
    redistributable: bool | None = None
    series_vintage: Text | None = None
    obs_status: ObsStatus | None = None
    sheet: Text | None = None
    indicator: Text | None = None
    unit: Text | None = None
    area: Text | None = None
    year: Year | None = None
    period: Text | None = None
    frequency: Text | None = None
    estimated_years: list[Year] | None = None
    flow: Literal["export", "import"] | None = None
    area_column: Text | None = None
    area_order: Literal["gb2260"] | None = None
    year_column: Text | None = None
    columns: dict[Text, ColumnDeclaration] | None = None
    dimensions: dict[Text, Text] | None = None
    separator: Text | None = None

    @model_validator(mode="after")
    def _one_way_to_the_area(self) -> "FileDeclaration":
        ways = [
            key for key in ("area", "area_column", "area_order") if getattr(self, key) is not None
        ]
        if len(ways) > 1:
            raise ValueError(f"`{ways[0]}` and `{ways[1]}` exclude each other: keep one")
        return self


class Edition(_Declared):
    """One `_edition.yml`; the declaration of each file is validated on its own."""

    published_on: Date
    publisher: Text | None = None
    redistributable: bool | None = None
    synthetic: bool = False
    series_vintage: Text | None = None
    obs_status: ObsStatus | None = None
    files: dict[Text, Any] = {}

    def declaration(self, file_name: str) -> FileDeclaration:
        """What holds for one file: its own block, then what the edition says for all its files.

        Raises Rejected if the file's block is wrong.
        """
        block = self.files.get(file_name)
        own = _validated(FileDeclaration, {} if block is None else block, f"files: {file_name}: ")
        inherited = {key: getattr(self, key) for key in OF_ANY_FILE if getattr(own, key) is None}
        return own.model_copy(update=inherited)


def read_edition(folder: Path) -> Edition:
    """The declaration of a landing edition. Raises Rejected if it is missing or wrong."""
    try:
        content = yaml.load(_text_of(folder / FILE_NAME), StrictLoader)
    except FileNotFoundError:
        raise Rejected(
            f"nobody knows when it was published: write {FILE_NAME} beside it "
            "with `published_on: YYYY-MM-DD`"
        ) from None
    except OSError as error:
        raise Rejected(f"{FILE_NAME} beside it cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Rejected(f"{FILE_NAME} beside it is no UTF-8 text: save it as UTF-8") from None
    except yaml.YAMLError as error:
        said = complaints.of_yaml(error)
        raise Rejected(f"{FILE_NAME} beside it is not valid YAML {said}") from None
    return _validated(Edition, {} if content is None else content, "")


def _text_of(path: Path) -> str:
    """The text of a declaration. Raises OSError, UnicodeDecodeError and Rejected."""
    there = path.stat()
    if not stat.S_ISREG(there.st_mode):
        raise Rejected(f"{FILE_NAME} beside it is no file: put a text file in its place")
    if there.st_size > _MOST_BYTES:
        raise Rejected(f"{FILE_NAME} beside it is longer than {_MOST_BYTES:,} bytes: shorten it")
    return path.read_text(encoding="utf-8-sig")


class StrictLoader(yaml.SafeLoader):
    """YAML as far as a declaration needs it: bounded in depth, each key once, no references.

    References (`&name`, `*name`) can stand for more text than there is memory; of two lines with
    one key YAML would take the last in silence. A number is whole and as it is written: of the
    name of a sheet or a vintage YAML would make 8 (010), 1000 (1_000), 750 (12:30) or 1.1 (1.10).
    """

    level = 0

    def check_printable(self, data: str) -> None:
        if found := self.NON_PRINTABLE.search(data):
            line = data.count("\n", 0, found.start())
            raise yaml.MarkedYAMLError(
                problem="a control character stands there: delete it",
                problem_mark=yaml.Mark("", 0, line, 0, None, 0),
            )

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except complaints.OF_YAML_VALUES:
            raise yaml.MarkedYAMLError(
                problem=complaints.of_impossible(node.value), problem_mark=node.start_mark
            ) from None

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise self._problem("`*` refers to another place: write out what stands there")
        if self.level == _MOST_LEVELS:
            raise self._problem(f"nested deeper than {_MOST_LEVELS} levels")
        self.level += 1
        node = super().compose_node(parent, index)
        self.level -= 1
        return node

    def compose_scalar_node(self, anchor: Any) -> yaml.ScalarNode:
        node = super().compose_scalar_node(anchor)
        if _NO_TEXT.search(node.value):
            raise self._problem("a control character or half of a character")
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if key.tag == _MERGE:  # of lines with one key it would leave one out in silence
                raise yaml.composer.ComposerError(
                    problem="`<<` takes lines from elsewhere: write them out",
                    problem_mark=key.start_mark,
                )
            if first := lines.get(str(key.value)):
                raise yaml.composer.ComposerError(
                    problem=f"`{key.value}` stands in line {first} already: keep one of them",
                    problem_mark=key.start_mark,
                )
            lines[str(key.value)] = key.start_mark.line + 1
        return node

    def _problem(self, text: str) -> yaml.YAMLError:
        return yaml.composer.ComposerError(problem=text, problem_mark=self.peek_event().start_mark)


StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in (_INT, _FLOAT)]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
StrictLoader.add_implicit_resolver(_INT, _WHOLE_NUMBER, [*"-+0123456789"])


def _validated(model: type[Model], content: object, place: str) -> Model:
    """The content as the model. Raises Rejected that names the first wrong key."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        said = complaints.of_content(error, model, _EXAMPLE, _MISSING_ADVICE)
        raise Rejected(f"{FILE_NAME} beside it: {place}{said}") from None
