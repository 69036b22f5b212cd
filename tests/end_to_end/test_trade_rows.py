"""Rows of trade statistics: tables have sums of them, a release has each beside its database."""

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from warehouse.explain.tracing import trace

HEAD = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,注册地编码,注册地名称,第一数量,第一计量单位,第二数量,第二计量单位,美元"
# What is exported to each of twelve partners; a dash is no number, and in no sum
DOLLARS = [f"{thousands},000" for thousands in range(1, 13)]
TELEPHONES = [*DOLLARS[:6], "-", *DOLLARS[6:]]


# Of one province and chapter: two commodities of a sum, and one that a correction is about
CORRECTED = """source_id,indicator_id,area_code,year,category_code,expected,corrected,reason,evidence
customs,exports,120000,2012,85444211,5,50,a misprint,the errata
"""


def lines(year: int, place: str, texts: list[str], code: str = "85171200") -> list[str]:
    return [
        f'{year},{code},商品{code},{100 + n},伙伴{n},10,一般贸易,11,{place},1,千克,,,"{text}"'
        for n, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def customs(tmp_path_factory, refreshed):
    """Exports of two years, of which the second may not be handed on."""
    home = tmp_path_factory.mktemp("customs")
    (home / "judgement").mkdir()
    (home / "judgement" / "corrections.csv").write_text(CORRECTED, encoding="utf-8")
    for year, may in ((2012, "true"), (2013, "false")):
        folder = home / "landing" / "customs" / str(year + 1)
        folder.mkdir(parents=True)
        (folder / "_edition.yml").write_text(
            f"published_on: {year + 1}-01-31\nredistributable: {may}\nsynthetic: true\n"
        )
        rows = [*lines(year, "北京市", TELEPHONES), *lines(year, "天津市", ["7"])]
        if year == 2012:
            for text, code in (("8", "85299042"), ("5", "85444211")):
                rows += lines(year, "天津市", [text], code)
        (folder / f"出口{year}.csv").write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return refreshed(home, "refresh")


def test_a_table_has_the_sum_and_the_file_beside_it_the_rows(customs):
    sums = customs.rows(
        "select area_code, printed_code, cells, row_number, last_row_number, number_printed, text, "
        "round(value / cny_per_usd, 12) from marts.printed_cell where year = 2012 order by row_number"
    )
    # 1 + … + 12 = 78 thousand dollars in the rows 2 to 14, of which one is a dash
    assert sums == [
        ("110000", "85xxxxxx", 12, 2, 14, 78_000, None, 7.8),
        ("120000", "85xxxxxx", 2, 15, 16, 15, None, 0.0015),
        ("120000", "85444211", 1, 17, None, 50, "5", 0.005),
    ]
    assert customs.rows(
        "select input_key like '%/N2', contribution = export_value_cny_10k from marts.made_from "
        "join marts.fct_export__province_category_year "
        "on key = concat_ws('/', classification, category_code, province_code, year) "
        "where kind = 'exports' and key like '%/110000/2012'"
    ) == [(True, True)]
    [kept] = customs.home.glob("raw/customs/2013/*/rows.parquet")
    [released] = customs.release.glob("parquet/raw/trade_rows/customs/2013/*/rows.parquet")
    assert released.samefile(kept)


def test_a_trace_opens_the_sum(customs, yearbook):
    asked = ("exports/XVI", "Beijing", "2012")
    node = json.loads(yearbook("trace", *asked, "--json", home=customs.home).stdout)
    assert "the sum of 12 cells" in node["label"] and node["inputs_left_out"] == 2
    assert [each["text"] for each in node["inputs"]] == DOLLARS[:1:-1]
    first = node["inputs"][0]
    assert (first["locator"], first["partner_label"]) == ("N14", "伙伴12")
    assert first["value"] == pytest.approx(12_000 * first["factor"] * first["cny_per_usd"])


def test_a_sum_is_of_the_commodities_of_a_chapter_but_for_one_that_is_corrected(customs):
    assert customs.rows(
        "select locator, printed_code, printed_label, text from marts.rows_of_sums"
        f"('{customs.release}', 'customs', '*', ['N15', 'N17']) where year = 2012"
    ) == [("N16", "85299042", "商品85299042", "8"), ("N15", "85171200", "商品85171200", "7")]
    assert customs.rows(
        "select round(export_value_cny_10k / cny_per_usd, 12), locator "
        "from marts.fct_export__province_category_year, "
        "(select distinct cny_per_usd from marts.printed_cell where year = 2012) "
        "where province_code = '120000' and year = 2012"
    ) == [(0.0065, "N15 and 2 more")]


def rows_of_sums(folder: Path, snapshot: str) -> list[tuple]:
    with duckdb.connect(str(folder / "yearbook.duckdb"), read_only=True) as release:
        return release.execute(
            "select source_id, year, count(*), sum(number_printed) "
            "from marts.rows_of_sums($1, 'customs', $2, ['N2']) group by all order by year",
            [str(folder), snapshot],
        ).fetchall()


def test_a_release_that_is_copied_away_has_its_rows(customs, tmp_path):
    copy = shutil.copytree(customs.release, tmp_path / "copy")
    assert rows_of_sums(copy, "*") == [("customs", 2012, 12, 78_000), ("customs", 2013, 12, 78_000)]
    with duckdb.connect(str(copy / "yearbook.duckdb"), read_only=True) as release:
        assert trace(release, "exports/XVI", ["天津", "2013"]).inputs[0].facts["text"] == "7"
    alone = shutil.copy(customs.release / "yearbook.duckdb", tmp_path)
    with duckdb.connect(str(alone), read_only=True) as release:
        [of_twelve] = trace(release, "exports/XVI", ["Beijing", "2013"]).inputs
    assert of_twelve.label.startswith("sum of 12 rows: 78000 美元")


def test_a_public_release_has_the_rows_that_may_be_handed_on(customs, yearbook, tmp_path):
    folder = tmp_path / "public"
    done = yearbook("release", "--public", str(folder), home=customs.home)
    assert done.returncode == 0, done.stderr
    assert rows_of_sums(folder, "*") == [("customs", 2012, 12, 78_000)]
    package = json.loads((folder / "datapackage.json").read_text())
    [rows] = [each for each in package["resources"] if each["name"].startswith("raw.trade_rows/")]
    assert rows["row_count"] == 16 and "2013" in rows["path"] and rows["bytes"] > 0
    left = [each for each in package["left_out"] if each["table_name"] == "raw.trade_rows"]
    assert [each["rows_left_out"] for each in left] == [14]
