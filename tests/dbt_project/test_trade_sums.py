"""Exports are the same whatever level rows of trade statistics are summed at."""

import duckdb
import pytest

from warehouse.store import build

HEAD = "数据年月,商品编码,注册地名称,人民币\n"
CODES = """{year},85171200,广东省,100000
{year},85171200,广东省,50000
{year},85299000,广东省,1000000
{year},84713000,广东省,70000
{year},85171200,北京市,10000
{year},50010010,广东省,30000
"""
# The total of a heading, in a file of its own, and of a chapter
TOTALS = "2019,8517,广东省,200000\n2019,50,广东省,40000\n"


@pytest.fixture
def exports(filled, build_models):
    """Exports by province and section in 10 thousand yuan, and the printed codes of the cells."""

    def run(files: dict[str, str]) -> tuple[dict, set]:
        editions = {name.split("/")[0] for name in files}
        home = filled(
            {f"customs/{name}": HEAD + text for name, text in files.items()}
            | {
                f"customs/{edition}/_edition.yml": f"published_on: {edition}-01-18\n"
                for edition in editions
            }
        )
        build_models(home, "fct_export__province_category_year")
        with duckdb.connect(str(build.path(home))) as database:
            found = database.execute(
                "select province_code, category_code, year, export_value_cny_10k "
                "from marts.fct_export__province_category_year"
            ).fetchall()
            codes = database.execute(
                "select distinct year, printed_code from intermediate.int_export_cells"
            ).fetchall()
        return {tuple(key): value for *key, value in found}, set(codes)

    return run


def test_a_heading_beside_its_commodities_is_counted_once(exports):
    found, codes = exports(
        {
            "2020/出口a.csv": CODES.format(year=2019),
            "2020/出口b.csv": TOTALS,
            "2021/出口.csv": CODES.format(year=2020),
        }
    )
    # 20 of the heading for 15, and 4 of the chapter for 3
    assert found == {
        ("440000", "XVI", 2019): pytest.approx(20 + 100 + 7),
        ("440000", "XI", 2019): pytest.approx(4),
        ("110000", "XVI", 2019): pytest.approx(1),
        ("440000", "XVI", 2020): pytest.approx(15 + 100 + 7),
        ("440000", "XI", 2020): pytest.approx(3),
        ("110000", "XVI", 2020): pytest.approx(1),
    }
    by_code = {"85171200", "85299000", "84713000", "8517", "50"}
    of_chapters = {"85xxxxxx", "85171200", "84713000", "50010010"}  # one row is no sum of several
    assert codes == {
        *((2019, code) for code in by_code),
        *((2020, code) for code in of_chapters),
    }


def test_a_chapter_is_counted_instead_of_its_commodities(exports):
    found, codes = exports({"2020/出口.csv": CODES.format(year=2019) + "2019,85,广东省,1300000\n"})
    assert found["440000", "XVI", 2019] == pytest.approx(130 + 7)
    assert found["110000", "XVI", 2019] == pytest.approx(1)
    assert (2019, "85") in codes and (2019, "85xxxxxx") not in codes
