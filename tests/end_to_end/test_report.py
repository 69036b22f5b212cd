"""The report of the demonstration: its files, and its pages in a real browser, opened from disk."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration import wording
from orchestration.translations import in_chinese
from warehouse.report.declared import chapters, words

TIME_OUT = 120_000  # milliseconds: a busy machine must not fail it
FIRST_VIEW = 1_500_000  # bytes


@pytest.fixture(scope="module")
def report(demonstration) -> Path:
    return demonstration.release / "report"


def columns_of(script: Path) -> list[str]:
    [columns] = re.findall(r'"columns":(\[.*?\])', script.read_text(encoding="utf-8"))
    return json.loads(columns)


def test_every_page_is_there_and_says_that_the_numbers_are_synthetic(report, demonstration):
    pages = [*report.glob("en/*.html"), *report.glob("zh/*.html"), report / "index.html"]
    assert len(pages) == 2 * len(chapters()) + 1
    label = demonstration.value("select label from catalog.release")
    for file in [*pages, *report.glob("figures/*.svg")]:
        is_chinese = file.parent.name == "zh" or file.name.endswith(".zh.svg")
        assert (in_chinese(label) if is_chinese else label) in file.read_text("utf-8"), file


def test_every_row_of_data_names_the_release(report, demonstration):
    release = demonstration.value("select release from catalog.release")
    files = [*report.glob("data/*.csv")]
    assert len(files) > 40
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            assert {row["release"] for row in csv.DictReader(stream)} <= {release}, file.name


def test_every_heading_is_in_both_languages(report):
    shown = {
        re.sub(r"_(en|zh)$", "", column)
        for script in report.glob("data/**/*.js")
        for column in columns_of(script)
        if not column.endswith("__trace")
    }
    assert len(shown) > 80
    assert not shown - {*words()["columns"]}


# Columns of codes and sentences of the program, and what is called the same in Chinese
IN_WORDS = {"verdict", "severity", "became", "dimension", "variant", "estimator", "kind"}
IN_WORDS |= {
    "role",
    "input_kind",
    "obs_status",
    "check_name",
    "warnings",
    "study",
    "vce",
    "measure",
}
NAMES = {"PRODY", "EXPY"}


def test_chinese_pages_say_codes_and_sentences_in_chinese(report):
    unsaid, seen = set(), set()
    for script in report.glob("data/**/*.js"):
        text = script.read_text(encoding="utf-8")
        data = json.loads(text[text.index(",{") + 1 : text.rindex(")")])
        for place, column in enumerate(data["columns"]):
            if column in IN_WORDS:
                said = data["said"]["zh"]
                values = {row[place] for row in data["rows"]} - {None}
                seen |= {column} if values else set()
                unsaid |= {(column, value) for value in values - {*said, *NAMES}}
    assert (unsaid, seen) == (set(), IN_WORDS)


def test_every_formula_is_said_in_chinese(demonstration):
    formulas = demonstration.rows(
        "select formula from catalog.number_kind union select formula from catalog.panel_column"
    )
    left = {text for (text,) in formulas if re.search(r"[a-z]{3,} [a-z]{2,}", in_chinese(text))}
    assert formulas and left == set()


def test_the_headline_figure_names_models_and_variables_in_words(report):
    english, chinese = (
        (report / "figures" / f"headline_estimates.{language}.svg").read_text("utf-8")
        for language in ("en", "zh")
    )
    assert "Two-way effects, controls: Digital trade index" in english
    assert "双向固定效应，控制变量" in chinese and "数字贸易与出口技术复杂度" in chinese
    assert not [text for text in (english, chinese) if "baseline_" in text]


def test_the_hashes_of_the_release_cover_the_report(report, demonstration):
    facts = json.loads((demonstration.release / "release.json").read_text(encoding="utf-8"))
    written = {file.relative_to(report.parent).as_posix() for file in report.rglob("*.*")}
    assert written <= {*facts["sha256"]} | {"report/data"}


def test_the_data_of_the_map_are_those_of_the_panel(report, demonstration):
    with (report / "data" / "tile_map.csv").open(encoding="utf-8-sig", newline="") as stream:
        shown = {
            (row["province_code"], int(row["year"])): float(row["value"])
            for row in csv.DictReader(stream)
            if row["measure"] == "dige" and row["value"]
        }
    rows = demonstration.rows(
        "select province_code, year, dige from marts.panel__province_year where dige is not null"
    )
    assert shown == {(code, year): value for code, year, value in rows}


class Visit:
    """A page of a browser, with what went wrong in it and what it asked for."""

    def __init__(self, page, report: Path) -> None:
        self.page, self.report = page, report
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on(
            "console", lambda said: self.faults.append(said.text) if said.type == "error" else None
        )
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def go(self, place: str) -> None:
        self.page.goto(
            (self.report / place.partition("#")[0]).as_uri() + place[len(place.partition("#")[0]) :]
        )

    def bytes(self) -> int:
        return sum(
            Path(url.removeprefix("file://").partition("#")[0]).stat().st_size
            for url in {*self.asked}
        )


@pytest.fixture
def visit(report, browser) -> Iterator[Visit]:
    page = browser.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    page.set_default_timeout(TIME_OUT)
    yield Visit(page, report)
    page.close()


def tiles(page) -> list[str]:
    return page.locator("#tile_map svg text").all_text_contents()


def test_pages_work_from_disk_in_both_languages(visit, demonstration):
    page = visit.page
    visit.go("index.html")  # which leads to the language of the browser
    page.locator("#headline_estimates svg").wait_for()
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert visit.bytes() < FIRST_VIEW

    page.get_by_role("link", name="地图").click()
    page.locator("#tile_map svg").wait_for()
    newest = tiles(page)
    assert "广东" in newest
    page.locator("#tile_map input").press("Home")
    page.wait_for_function(
        "before => [...document.querySelectorAll('#tile_map svg text')].map(t => t.textContent).join() !== before",
        arg=",".join(newest),
    )
    assert page.locator("#tile_map output").inner_text() == "2012"

    page.locator("#other-language").click()
    page.locator("#tile_map svg").wait_for()
    assert page.locator("html").get_attribute("lang") == "en" and "Guangdong" in tiles(page)
    page.get_by_label("Shown").select_option(label="Gross regional product")
    page.wait_for_function(
        "() => [...document.querySelectorAll('#tile_map svg text')].some(t => /,/.test(t.textContent))"
    )

    value = demonstration.value(
        "select round(dige, 4) from marts.panel__province_year where province_code = '440000' and year = 2022"
    )
    visit.go("en/trace.html#440000/digital_trade/entropy/440000/2022")
    page.locator("#view li").first.wait_for()
    assert str(value)[:5] in page.locator("#view summary").first.inner_text()
    visit.go("en/trace.html#440000/contribution/entropy/440000/2022/rd_personnel_fte")
    value = page.locator("#view > details > ul > li > details").first
    value.locator("summary").click()
    assert "“" in value.locator("ul > li").first.inner_text()  # as it is printed in its cell

    for chapter in chapters():
        visit.go(f"en/{chapter.id}.html")
        page.wait_for_function(
            "() => [...document.querySelectorAll('.shown')].every(shown => shown.childElementCount)"
        )  # what is not in view as well, when the page rests: paper does not wait for data
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, chapter.id
    assert not visit.faults
    assert all(url.startswith(("file:", "data:", "blob:")) for url in visit.asked)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_statistics_and_errors_have_names(demonstration, language):
    with duckdb.connect(str(demonstration.release / "yearbook.duckdb"), read_only=True) as release:
        called = wording.of_release(release)
        said = {
            text: called(language, text)
            for column in ("results.statistics.name", "results.models.vce")
            for (text,) in release.execute(
                f"select {column} from {column.rpartition('.')[0]}"
            ).fetchall()
            if text
        }
    assert len(said) > 300
    assert {text: name for text, name in said.items() if re.search(r"[a-z]_[a-z]", name)} == {}
