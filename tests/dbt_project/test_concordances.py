"""Concordances: in every year each code stands for exactly one thing, and amounts come out as they went in."""

import csv
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.store import build

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "dbt_project" / "seeds"
LANDING = ROOT.parent / "shared" / "landing"
YEARS = range(1992, 2031)


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def valid_in(concordance: str, year: int) -> list[dict[str, str]]:
    return [
        row
        for row in rows(f"concordances/{concordance}.csv")
        if int(row["valid_from"] or 0) <= year <= int(row["valid_to"] or 9999)
    ]


@pytest.mark.parametrize("year", [1992, 2011, 2012, 2016, 2017, 2021, 2022, 2030])
def test_every_chapter_stands_in_one_section(year):
    section_of = {row["code"]: row["section"] for row in valid_in("hs_chapters", year)}
    assert len(valid_in("hs_chapters", year)) == len(section_of)
    assert sorted(section_of) == [f"{n:02d}" for n in range(1, 100) if n != 77]
    sections = list(dict.fromkeys(section_of[chapter] for chapter in sorted(section_of)))
    assert (sections[0], sections[5], len(sections)) == ("I", "VI", 22)
    categories = {
        row["category_code"]
        for row in rows("product_categories.csv")
        if row["classification"] == "hs_section_12"
    }
    assert categories == set(sections[5:18]) - {"XIV"}
    # Section notes of the Harmonized System: machinery is 84 and 85, base metals are 72 to 83 without 77
    assert Counter(section_of.values())["XV"] == 11
    assert (section_of["38"], section_of["39"], section_of["84"], section_of["90"]) == (
        "VI",
        "VII",
        "XVI",
        "XVIII",
    )


@given(
    year=st.sampled_from(YEARS),
    exports=st.dictionaries(
        st.sampled_from([f"{n:02d}" for n in range(1, 100) if n != 77]), st.integers(0, 10**12)
    ),
)
def test_sections_conserve_exports(year, exports):
    sums = Counter()
    for row in valid_in("hs_chapters", year):
        sums[row["section"]] += exports.get(row["code"], 0)
    assert sum(sums.values()) == sum(exports.values())


@pytest.mark.parametrize("year", [2012, 2015, 2017, 2018, 2020])
def test_every_sector_has_one_industry(year):
    sectors = valid_in("io_sectors", year)
    assert [row["code"] for row in sectors] == [f"{n:02d}" for n in range(1, 43)]
    assert {row["industry"] for row in sectors} == {"primary", "secondary", "tertiary"}
    manufacturing = [row["category_code"] for row in sectors if row["category_code"]]
    assert manufacturing == [f"{n:02d}" for n in range(6, 23)]
    # the codes move by one between the tables: repair of metal products counts as a service in both
    [repair] = [row for row in sectors if row["name_zh"] == "金属制品、机械和设备修理服务"]
    assert (repair["code"], repair["industry"]) == ("24" if year < 2017 else "23", "tertiary")
    [construction] = [row for row in sectors if row["name_zh"] == "建筑"]
    assert construction["industry"] == "secondary"


@pytest.mark.parametrize(
    ("year", "part"), [(1987, "460000"), (1988, ""), (1996, "500000"), (1997, "")]
)
def test_what_a_province_covers(year, part):
    area = {1987: "440000", 1988: "440000"}.get(year, "510000")
    [row] = [row for row in valid_in("area_codes", year) if row["code"] == area]
    assert (row["area_code"], row["includes_area_code"]) == (area, part)
    assert {row["area_code"] for row in valid_in("area_codes", year)} >= {
        row["province_code"] for row in rows("provinces.csv")
    }


CUSTOMS = """数据年月,商品编码,注册地名称,人民币
2019,28182000,510000,100
2019,84713000,500000000000,"1,000"
2019,01012100,四川省,7
2019,99010000,四川省,3
2019,77010000,四川省,50
"""
EDITION = "published_on: 2020-01-20\n"


def test_customs_go_through_the_concordance(filled, build_models):
    """Codes of areas in digits; every section adds up; a code of no chapter is said, not lost."""
    home = filled({"customs/2020/出口2019.csv": CUSTOMS, "customs/2020/_edition.yml": EDITION})
    build_models(home, "int_export_cells")
    with duckdb.connect(str(build.path(home))) as database:
        assert database.execute(
            "select category_code, area_code, round(sum(export_value) * 10000) "
            "from intermediate.int_export_cells group by all order by all"
        ).fetchall() == [
            ("I", "510000", 7),
            ("VI", "510000", 100),
            ("XVI", "500000", 1000),
            ("XXII", "510000", 3),
        ]
        assert database.execute(
            "select locator, rejection from staging.stg_cells where rejection is not null"
        ).fetchall() == [
            (
                "D6",
                'code "77010000" did not exist in 2019; '
                "if it did, add it to seeds/concordances/hs_chapters.csv",
            )
        ]


@pytest.fixture
def io_home(filled):
    if not LANDING.is_dir():
        pytest.skip("the published files are not beside the project (../shared/landing)")
    names = [f"io_tables/{name}" for name in (
        "2016/0中国.xls", "2016/8黑龙江.xls", "2016/5内蒙古.xls", "2016/_edition.yml",
        "2021/01-北京.xls", "2021/26-西藏.xls", "2021/_edition.yml",
    )]  # fmt: skip
    return filled({name: (LANDING / name).read_bytes() for name in names})


def test_published_input_output_tables(io_home, build_models):
    """Every sector uses every other; the identities of the tables hold."""
    assert build_models(io_home, "int_io_flows") == {}  # no test warns
    with duckdb.connect(str(build.path(io_home))) as database:
        between_sectors = "row_code between '01' and '99' and column_code between '01' and '99'"
        assert database.execute(
            "select area_code, year, count(*) from intermediate.int_io_flows "
            f"where {between_sectors} group by all order by all"
        ).fetchall() == [
            ("100000", 2012, 1764),
            ("110000", 2017, 1764),
            ("150000", 2012, 1764),
            ("230000", 2012, 1764),
            ("540000", 2017, 1764),
        ]
        # inputs and value added use up the total inputs, in every sector that produces
        [(deviation,)] = database.execute(
            "with sectors as (select area_code, year, column_code, "
            "sum(case when row_code between '01' and '99' or row_code = 'TVA' then amount end) as used, "
            "max(case when row_code = 'TI' then amount end) as total from intermediate.int_io_flows "
            "where column_code between '01' and '99' group by all) "
            "select max(abs(used / total - 1)) from sectors where total > 0"
        ).fetchall()
        assert deviation < 1e-6
