"""From the tables of a release to the folder `report` in it."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from warehouse.report import declared
from warehouse.report.answers import Answer, Wording, ask, said_of, write_csv, write_script
from warehouse.report.declared import LANGUAGES, Chapter, Part, Text, in_language
from warehouse.report.pictures import VEGA_LITE, Pictures
from warehouse.store.build import SMALL_WORK
from warehouse.store.releases import DATABASE

FOLDER = "report"
_ADDRESS = r"\b(?:catalog|marts|results)\.\w+"
_SQL = declared.HERE / "sql"
_PLACE = re.compile(r"\{(\w+)\}")
_PLACE_OF_SQL = re.compile(r"'\{(\w+)\}'|\{(\w+)\}")
_NOT_IN_NAMES = re.compile(r"[^\w.-]", re.ASCII)


def write(
    folder: Path,
    wording: Callable[[duckdb.DuckDBPyConnection], Wording],
    earlier: Path | None = None,
    kept: Path | None = None,
) -> None:
    """Write the report of the release in `folder` beside its database.

    `wording` reads of a release what its readers call what stands in its tables; `earlier` is the
    folder of a release whose pictures serve again where they would be the same, `kept` the folder
    where Vega, as one script, is kept for other reports and homes.
    Raises `duckdb.Error` where a query asks for what a release does not have.
    """
    report = folder / FOLDER
    for place in ("data", "figures", *LANGUAGES):
        (report / place).mkdir(parents=True)
    shutil.copytree(declared.HERE / "static", report / "static")
    pictures = Pictures(report, earlier / FOLDER if earlier else None)
    with duckdb.connect(str(folder / DATABASE), read_only=True, config=SMALL_WORK) as release:
        _Writer(report, release, pictures, wording(release)).write_all()
    pictures.write_program(kept)
    pictures.write_down()


@dataclass(frozen=True)
class Shown:
    """A part as a page shows it: of one row of `each`, with all that stands around it."""

    part: Part
    id: str
    title: Text
    note: Text | None
    sql: str
    answer: Answer
    data: str  # the part whose data it shows: its own, or of the first that asks the same
    tables: dict[str, Text]  # that the query reads, with their descriptions
    choices: list[Any] = field(default_factory=list)  # each has data of its own

    @property
    def is_split(self) -> bool:
        """Whether each choice of the chapter has data of its own."""
        return bool(self.choices)

    @cached_property
    def steps(self) -> list[Any]:
        """The values of the slider, in their order."""
        column = self.part.slider
        return sorted({*self.answer.column(column)} - {None}) if column else []

    def specification(self, language: str, label: str) -> dict[str, Any]:
        """The figure in Vega-Lite, without its data."""
        spec = in_language(self.part.chart, language)
        if self.steps:
            spec["params"] = [*spec.get("params", []), {"name": "step", "value": self.steps[-1]}]
        title = {"text": in_language(self.title, language), "subtitle": label}
        return {"height": self.part.height, **spec, "title": title}


class _Writer:
    """Writes every page, every file of data and every picture of a release."""

    def __init__(
        self,
        folder: Path,
        release: duckdb.DuckDBPyConnection,
        pictures: Pictures,
        wording: Wording,
    ) -> None:
        self._folder, self._release, self._pictures = folder, release, pictures
        self._asked: dict[tuple[str, bool], tuple[str, Answer]] = {}
        self._wording = wording
        self._facts = ask(release, "from catalog.release").records()[0]
        label = "synthetic_label" if self._facts["is_synthetic"] else "label"
        said = declared.words()["page"][label]
        self._label = {language: _filled(text, self._facts) for language, text in said.items()}
        described = ask(release, "from catalog.dim_table").records()
        self._described: dict[str, Text] = {
            row["table_name"]: {
                "en": row["description_en"],
                "zh": row["description_zh"] or row["description_en"],
            }
            for row in described
        }
        self._around = {language: _around(language) for language in LANGUAGES}
        self._pages = Environment(
            loader=FileSystemLoader(declared.HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write_all(self) -> None:
        for chapter in declared.chapters():
            choices = ask(self._release, chapter.choice.sql) if chapter.choice else None
            parts = [shown for part in chapter.parts for shown in self._shown(part, choices)]
            for shown in parts:
                if shown.data == shown.id:
                    self._write_data(shown, chapter)
            self._asked.clear()
            sources = self._sources.get(chapter.universe, [])
            for language in LANGUAGES:
                self._write_page(chapter, parts, choices, sources, language)
        of_both = {"languages": LANGUAGES, "label": self._label["en"]}
        self._render("index.html", self._folder / "index.html", of_both)

    def _shown(self, part: Part, choices: Answer | None) -> Iterator[Shown]:
        """The part, or one for each row of `each`."""
        rows: list[dict[str, Any]] = [{}]
        if part.each:
            rows = ask(self._release, part.each).records()
        for row in rows:
            sql = _asked(part.sql, row)
            name = _filled(part.id, {name: _in_a_name(value) for name, value in row.items()})
            data, answer = self._answered(name, sql, part.has_csv)
            yield Shown(
                part=part,
                id=name,
                title=self._both_filled(part.title, row),
                note=self._both_filled(part.note, row) if part.note else None,
                sql=sql.strip(),
                answer=answer,
                data=data,
                tables=self._tables(sql),
                choices=choices.column("value") if choices else [],
            )

    def _both_filled(self, text: Text, row: Mapping[str, Any]) -> Text:
        """A text with the values of a row; those of both languages are said in Chinese in one."""
        in_chinese = {
            name: self._wording("zh", row[name])
            for name in _PLACE.findall(text["zh"])
            if isinstance(row.get(name), str) and not name.endswith("_zh")
        }
        return {
            "en": _filled(text["en"], row).strip(),
            "zh": _filled(text["zh"], {**row, **in_chinese}).strip(),
        }

    def _answered(self, name: str, sql: str, has_csv: bool) -> tuple[str, Answer]:
        """The answer to a query of this chapter, with the first part that asks it."""
        if (sql, has_csv) not in self._asked:
            self._asked[sql, has_csv] = name, ask(self._release, sql)
        return self._asked[sql, has_csv]

    def _tables(self, sql: str) -> dict[str, Text]:
        """The tables that a query reads, with their descriptions."""
        names = sorted({*re.findall(_ADDRESS, sql.replace('"', ""))})
        return {name: self._described[name] for name in names if name in self._described}

    @cached_property
    def _sources(self) -> dict[str, list[dict[str, Any]]]:
        """The files that the numbers of each universe rest on, counted by source."""
        query = (_SQL / "sources.sql").read_text(encoding="utf-8")
        found = ask(self._release, query).by("universe")
        return {universe: rows.records() for universe, rows in found.items()}

    def _write_data(self, shown: Shown, chapter: Chapter) -> None:
        data = self._folder / "data"
        if shown.part.has_csv:
            write_csv(shown.answer, data / f"{shown.id}.csv", self._facts["release"])
        if chapter.choice is None:
            self._write_script(shown.answer, shown.id)
            return
        of_choices = shown.answer.by(chapter.choice.column)
        for number, value in enumerate(shown.choices):
            rows = of_choices.get(value, _none_of(shown.answer))
            self._write_script(rows, f"{shown.id}/{number}")

    def _write_script(self, answer: Answer, name: str) -> None:
        said = said_of(answer, self._wording, LANGUAGES)
        write_script(answer, self._folder / "data" / f"{name}.js", name, said)

    def _write_page(
        self,
        chapter: Chapter,
        parts: list[Shown],
        choices: Answer | None,
        sources: list[dict[str, Any]],
        language: str,
    ) -> None:
        specifications = {}
        for shown in parts:
            if shown.part.chart and shown.answer.rows:
                specifications[shown.id] = shown.specification(
                    language, in_language(self._label, language)
                )
                if shown.part.is_headline:
                    self._draw(shown, specifications[shown.id], chapter, language)
        said = {
            "chapter": in_language(chapter.model_dump(), language),
            "parts": parts,
            "choices": choices.records() if choices else [],
            "sources": sources,
            "specifications": specifications,
            "label": in_language(self._label, language),
        }
        file = self._folder / language / f"{chapter.id}.html"
        self._render("chapter.html", file, said | self._around[language])

    def _draw(
        self, shown: Shown, specification: Mapping[str, Any], chapter: Chapter, language: str
    ) -> None:
        """The picture of a figure; of one that a reader chooses, the first if there is one."""
        answer = shown.answer
        if chapter.choice:
            first = next(iter(shown.choices), None)
            answer = answer.by(chapter.choice.column).get(first, _none_of(answer))
        words = said_of(answer, self._wording, [language])
        whole = {
            **specification,
            "data": {"values": answer.said(words[language]).records()},
            "config": declared.theme(),
        }
        self._pictures.draw(f"{shown.id}.{language}", whole)

    def _render(self, template: str, file: Path, said: Mapping[str, Any]) -> None:
        page = self._pages.get_template(template).render(release=self._facts, **said)
        file.write_text(page, encoding="utf-8")


def _around(language: str) -> dict[str, Any]:
    """What every page of a language says."""
    return {
        "language": language,
        "chapters": in_language([each.model_dump() for each in declared.chapters()], language),
        "words": in_language(declared.words(), language),
        "theme": declared.theme(),
        "vega_lite": VEGA_LITE,
        "in_language": lambda node: in_language(node, language),
    }


def _none_of(answer: Answer) -> Answer:
    return Answer(answer.columns, [])


def _filled(text: str, row: Mapping[str, Any]) -> str:
    """A text with the values of a row in its `{places}`; other braces stay."""
    return _PLACE.sub(lambda place: str(row.get(place[1], place[0])), text)


def _asked(sql: str, row: Mapping[str, Any]) -> str:
    """A query with the values of a row: between quotes as text, which may be any, else as SQL."""

    def value(place: re.Match[str]) -> str:
        text = str(row.get(place[1] or place[2], place[0]))
        is_text = place[1] is not None and place[1] in row
        return "'" + text.replace("'", "''") + "'" if is_text else text

    return _PLACE_OF_SQL.sub(value, sql)


def _in_a_name(value: Any) -> str:
    """A value as a file may be named after it, and no other value."""
    return _NOT_IN_NAMES.sub(lambda sign: f"~{ord(sign[0]):x}", str(value))
