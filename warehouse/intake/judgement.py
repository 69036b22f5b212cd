"""What a home adds to the project's seeds: `judgement/*.csv`, checked before anything is built.

A home's line joins the seed of its name. Where the project has a line about the same, both have to
mean the same.
"""

import csv
import difflib
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path

import yaml
from pydantic import ValidationError

from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import write_atomically
from warehouse.contract.home import Home
from warehouse.contract.judgement import (
    KINDS,
    NOT_INDICATORS,
    Correction,
    IndicatorAlias,
    Line,
    Unit,
)
from warehouse.contract.labels import label_key
from warehouse.sources import sources

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
PANEL = Path("models", "marts", "_panel.yml")
STUDIES = "studies"
_TABLES = {".csv", ".tsv", ".txt", ".xls", ".xlsx", ".yml", ".yaml"}


class WrongJudgement(WarehouseError):
    """Lines of a home's judgement are wrong; one sentence a line, with file, place and mend."""


Values = dict[str, str | None]


@dataclass(frozen=True)
class _Placed:
    """The values of a line, and where it stands."""

    values: Values
    path: Path
    number: int

    @property
    def place(self) -> str:
        shown = f"seeds/{self.path.name}" if self.is_of_the_project else self.path
        return f"{shown}, line {self.number}"

    @property
    def is_of_the_project(self) -> bool:
        return self.path.parent == SEEDS


def files(home: Home) -> list[Path]:
    """Every file of a home's judgement that decides something, tables and studies."""
    tables = [home.judgement / f"{name}.csv" for name in KINDS]
    studies = sorted((home.judgement / STUDIES).glob("*.yml"))
    return [path for path in (*tables, *studies) if path.is_file()]


def read(home: Home) -> dict[str, list[Values]]:
    """The lines that join each seed, without those that the project has itself.

    Of a new indicator also its names as a compilation may declare it. Raises `WrongJudgement`.
    """
    faults = list(_misplaced(home))
    own: dict[str, list[_Placed]] = {}
    for name in KINDS:
        own[name] = list(_lines(home.judgement / f"{name}.csv", name, faults.append))
    if not any(own.values()) and not faults:
        return {name: [] for name in KINDS}
    is_read_whole = not faults  # a name that seems unknown may stand in a line that has a fault
    project = {name: list(_project_lines(name)) for name in KINDS}
    project["indicator_aliases"] += _declared_names(project["indicators"], project["table_aliases"])
    new = {name: _new(name, project[name], own[name], faults.append) for name in KINDS}
    if is_read_whole:
        faults += _unknown(project, new)
    if faults:
        raise WrongJudgement("\n".join(faults))
    titles = [*project["table_aliases"], *new["table_aliases"]]
    taken = {_key(line) for line in (*project["indicator_aliases"], *new["indicator_aliases"])}
    names = _declared_names(new["indicators"], titles)
    new["indicator_aliases"] += [line for line in names if _key(line) not in taken]
    return {name: [line.values for line in lines] for name, lines in new.items()}


def names_of_the_project() -> list[Values]:
    """The lines of `indicator_aliases` that follow from the names of the project's indicators."""
    titles = _project_lines("table_aliases")
    names = _declared_names(list(_project_lines("indicators")), titles)
    return [line.values for line in names]


def add(home: Home, lines: Iterable[tuple[str, Mapping[str, str]]]) -> list[Path]:
    """Append lines to the tables of a home, those that are there already left out.

    Returns the tables changed. Raises `WrongJudgement`, and then nothing has changed.
    """
    read(home)
    by_table: dict[Path, list[Mapping[str, str]]] = defaultdict(list)
    for name, values in lines:
        line = {column: text for column, text in values.items() if text}
        if line not in by_table[home.judgement / f"{name}.csv"]:
            by_table[home.judgement / f"{name}.csv"].append(line)
    before = {path: path.read_bytes() for path in by_table if path.exists()}
    try:
        for path, new in by_table.items():
            _append(path, new)
        read(home)
    except WrongJudgement:
        for path in by_table:
            path.unlink()
        for path, content in before.items():
            write_atomically(path, content)
        raise
    return list(by_table)


def _append(path: Path, new: list[Mapping[str, str]]) -> None:
    """Add lines below those of a table, and columns that it does not have yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    rows = [
        {column.strip(): text for column, text in row.items() if column and column.strip()}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]
    heading = list(rows[0]) if rows else list(KINDS[path.stem].model_fields)
    heading += sorted({column for line in new for column in line} - {*heading})
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, heading, lineterminator="\n")
    writer.writeheader()
    there = [{column: text for column, text in row.items() if text} for row in rows]
    writer.writerows([*rows, *(line for line in new if line not in there)])
    write_atomically(path, table.getvalue())


def _misplaced(home: Home) -> Iterator[str]:
    """Tables and studies that nobody would read for their name or place."""
    folder = home.judgement
    for path in _folders_beside(home):
        if any(below.suffix.lower() in _TABLES for below in path.rglob("*")):
            yield (
                f"{path}: nothing in this folder is read; put tables into {folder}, studies into "
                f"{folder / STUDIES}"
            )
    expected = [f"{name}.csv" for name in KINDS]
    for path in sorted(folder.glob("*")):
        if path.name in expected and not path.is_file():
            yield f"{path}: is no file; put the table there"
        elif path.suffix.lower() in _TABLES and path.name not in expected:
            like = _did_you_mean(path.name, expected) or f"name it {', '.join(expected)}"
            yield f"{path}: is no table of a home's judgement; {like}"
    for path in sorted((folder / STUDIES).glob("*")):
        if path.suffix.lower() in _TABLES and not (path.suffix == ".yml" and path.is_file()):
            yield f"{path}: is no study; name a file {path.stem}.yml"


def _folders_beside(home: Home) -> Iterator[Path]:
    """The folders that may have been meant for judgement: misspelt, or below where it is read."""
    right, studies = home.judgement.name, home.judgement / STUDIES
    for path in sorted(home.root.glob("*/")):
        if path.name != right and difflib.get_close_matches(path.name.lower(), [right], cutoff=0.8):
            yield path
    for path in sorted([*home.judgement.glob("*/"), *studies.glob("*/")]):
        if path != studies and not path.name.startswith("."):
            yield path


def _did_you_mean(text: str, known: Iterable[str]) -> str | None:
    close = difflib.get_close_matches(text, sorted(known), n=1, cutoff=0.7)
    return f'did you mean "{close[0]}"?' if close else None


def _lines(path: Path, name: str, fault: Callable[[str], None]) -> Iterator[_Placed]:
    """The valid lines of a home's file, with the keys of their labels."""
    try:
        if path.is_file():
            yield from _checked(path, KINDS[name], fault)
    except UnicodeDecodeError:
        fault(f"{path}: is not text in UTF-8; save it as UTF-8 (in a spreadsheet: CSV UTF-8)")
    except OSError as error:
        fault(f"{path}: cannot be read ({error.strerror}); make it a readable file")
    except csv.Error as error:
        fault(f"{path}: is no CSV ({error}); save it as CSV UTF-8 again")


def _checked(path: Path, kind: type[Line], fault: Callable[[str], None]) -> Iterator[_Placed]:
    text = path.read_bytes().decode("utf-8-sig")
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    heading = [column.strip() for column in next(rows, [])]
    while heading and not heading[-1]:  # spreadsheets save columns that once held something
        heading.pop()
    if wrong := _wrong_heading(heading, kind):
        fault(f"{path}, line 1: {wrong}")
        return
    for row in rows:
        place = f"{path}, line {rows.line_num}"
        if any(cell.strip() for cell in row[len(heading) :]):
            fault(f"{place}: has more cells than headings; put text with a comma into quotes")
            continue
        said = {column: cell.strip() for column, cell in zip(heading, row) if cell.strip()}
        try:
            if said:
                yield _Placed(kind.model_validate(said).model_dump(), path, rows.line_num)
        except ValidationError as error:
            for sentence in _sentences(error, kind):
                fault(f"{place}: {sentence}")


def _wrong_heading(heading: list[str], kind: type[Line]) -> str | None:
    """What is wrong with a heading, and which columns there should be."""
    columns = kind.model_fields
    for column in heading:
        if column not in columns:
            like = _did_you_mean(column, columns) or f"the columns are {','.join(columns)}"
            return f'"{column}" is no column of this table; {like}'
        if heading.count(column) > 1:
            return f"two columns are named `{column}`; keep one"
    lacking = [column for column, about in columns.items() if about.is_required()]
    lacking = [column for column in lacking if column not in heading]
    return f"the column `{lacking[0]}` is missing; add it" if lacking else None


def _sentences(error: ValidationError, kind: type[Line]) -> Iterator[str]:
    for problem in error.errors():
        column = str(problem["loc"][0])
        is_missing = problem["type"] == "missing"
        said = "empty" if is_missing else f'"{problem["input"]}"'
        yield f"`{column}` is {said}; write {kind.model_fields[column].description}"


def _project_lines(name: str) -> Iterator[_Placed]:
    path = SEEDS / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        for row in rows:
            yield _Placed({key: text or None for key, text in row.items()}, path, rows.line_num)


def _new(
    name: str, project: list[_Placed], own: list[_Placed], fault: Callable[[str], None]
) -> list[_Placed]:
    """The home's lines that say something new; a contradiction or a repetition is a fault."""
    kind = KINDS[name]
    about: dict[tuple, list[_Placed]] = defaultdict(list)
    for line in project:
        about[_subject(line, kind)].append(line)
    new = []
    for line in own:
        others = [other for other in about[_subject(line, kind)] if _may_meet(line, other)]
        about[_subject(line, kind)].append(line)
        is_same = bool(others) and _meaning(line, kind) == _meaning(others[0], kind)
        if is_same and others[0].is_of_the_project:
            continue
        if others:
            fault(_contradiction(line, others[0], kind))
        new.append(line)
    return new


def _subject(line: _Placed, kind: type[Line]) -> tuple:
    return tuple(line.values[column] for column in kind.KEY if column != "source_id")


def _may_meet(one: _Placed, other: _Placed) -> bool:
    """Whether two lines about the same hold for a source together: * is any."""
    named = {line.values.get("source_id") for line in (one, other)}
    return len(named) == 1 or "*" in named


def _meaning(line: _Placed, kind: type[Line]) -> tuple:
    """What a line says; 1 and 1.0 are one factor."""
    said = (line.values[column] or "" for column in kind.MEANS)
    return tuple(float(text) if kind is Unit and text[:1].isdigit() else text for text in said)


def _contradiction(line: _Placed, other: _Placed, kind: type[Line]) -> str:
    subject = ",".join(line.values[column] or "" for column in kind.KEY)
    if _meaning(line, kind) == _meaning(other, kind):
        return f"{line.place}: repeats what {other.place} says of {subject}; delete one of them"
    column, here, there = next(
        (column, line.values[column], other.values[column])
        for column, mine, theirs in zip(kind.MEANS, _meaning(line, kind), _meaning(other, kind))
        if mine != theirs
    )
    return (
        f'{line.place}: `{column}` of {subject} is "{here or ""}", but "{there or ""}" in '
        f"{other.place}; delete one of the lines, or name something else"
    )


def _unknown(
    project: Mapping[str, list[_Placed]], new: Mapping[str, list[_Placed]]
) -> Iterator[str]:
    """Values that have to stand elsewhere and do not; and indicators with a name that is taken."""
    known = _vocabularies(project, new)
    for name, lines in new.items():
        for line in lines:
            for column, vocabulary in KINDS[name].KNOWN.items():
                where = vocabulary.format(**line.values)
                for value in _named(line, column, KINDS[name]):
                    if value not in known[where]:
                        mend = _did_you_mean(value, known[where]) or "add it there first"
                        yield f'{line.place}: `{column}` is "{value}", which {where} lacks; {mend}'
    for line in new["indicators"]:
        if line.values["indicator_id"] in known["the panel"]:
            taken = line.values["indicator_id"]
            yield f"{line.place}: `{taken}` is a column of the panel; choose another indicator_id"


def _named(line: _Placed, column: str, kind: type[Line]) -> list[str]:
    """What a column of a line names: of a sum, each of its terms."""
    value = line.values[column]
    if value is None:
        return []
    return value.split(" + ") if column in kind.SUMS else [value]


def _vocabularies(
    project: Mapping[str, list[_Placed]], new: Mapping[str, list[_Placed]]
) -> dict[str, set[str]]:
    """The values that there are, by where they stand."""

    def column(lines: Iterable[_Placed], name: str) -> set[str]:
        return {text for line in lines if (text := line.values[name])}

    def together(name: str) -> list[_Placed]:
        return [*project[name], *new[name]]

    known: dict[str, set[str]] = defaultdict(set)
    known["the sources"] = set(sources())
    known["the sources and *"] = {*sources(), "*"}
    known["units.csv"] = column(together("units"), "unit")
    known["indicators.csv"] = column(together("indicators"), "indicator_id")
    known[Correction.KNOWN["indicator_id"]] = known["indicators.csv"] | {*NOT_INDICATORS}
    known["dim_area.csv"] = column(_project_lines("dim_area"), "area_code")
    known["the panel"] = _panel_columns()
    for source_id in known["the sources and *"]:
        titles = [
            line
            for line in together("table_aliases")
            if line.values["source_id"] in ("*", source_id)
        ]
        known[f"table_aliases.csv for {source_id}"] = column(titles, "table_id")
    return known


def _panel_columns() -> set[str]:
    described = yaml.safe_load((SEEDS.parent / PANEL).read_text(encoding="utf-8"))
    [panel] = [m for m in described["models"] if m["name"] == "panel__province_year"]
    return {column["name"] for column in panel["columns"]}


def _declared_names(
    indicators: Collection[_Placed], titles: Iterable[_Placed]
) -> Iterator[_Placed]:
    """The names by which a compilation may declare indicators: their ids and both names.

    A name that two share stands for neither: nobody could say for which.
    """
    declaring = {name for name, source in sources().items() if source.indicators_are_declared}
    tables = [
        (line.values["source_id"], line.values["table_id"])
        for line in titles
        if line.values["source_id"] in declaring
    ]
    names = [_names(indicator) for indicator in indicators]
    shared = {name for name, count in Counter(chain.from_iterable(names)).items() if count > 1}
    for indicator, own in zip(indicators, names, strict=True):
        for (source_id, table_id), name in product(tables, own):
            values = {
                "source_id": source_id,
                "table_id": table_id,
                "label_key": name,
                "indicator_id": indicator.values["indicator_id"],
            }
            if name not in shared:
                yield _Placed(values, indicator.path, indicator.number)


def _names(indicator: _Placed) -> list[str]:
    """The keys of the id and the names of an indicator."""
    names = (indicator.values[column] for column in ("indicator_id", "name_en", "name_zh"))
    return [*dict.fromkeys(label_key(name) for name in names if name)]


def _key(alias: _Placed) -> tuple:
    return tuple(alias.values[column] for column in IndicatorAlias.KEY)
