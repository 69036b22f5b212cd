"""What speaks against a file by itself holds it, with the places and the mend; accepted, it counts.

One landing folder, built as it is, then with one of two files that disagree accepted, then both.
"""

import duckdb
import pytest

from warehouse.intake import raw, snapshots
from warehouse.store import build

PANEL = """published_on: {day}
files:
  {name}: {{area_column: 省, year_column: 年, columns: {{v: {{indicator: {indicator}, unit: {unit}}}}}}}
"""
HEAD = "省,年,v\n"
CUSTOMS = "数据年月,商品编码,注册地名称,人民币\n"
GOODS = [
    f"2020{month:02d},{84000000 + good},北京市,{good}\n" for month in (1, 2) for good in range(9)
]
CUT = [f"202101,{84000000 + good},北京市,7\n" for good in range(10_000)]
PROVINCES = ("北京市", "天津市", "河北省", "山西省", "内蒙古自治区")
CITIES = [f"{name},2019,{value}\n" for name in PROVINCES for value in (1000, 1001, 1002)]
CRAWLED = [f"{name},0,0,{2000 + place}\n" for place, name in enumerate(PROVINCES)]
FILES = {
    "compiled/2023/_edition.yml": "published_on: 2023-01-01\nfiles:\n"
    + "".join(
        f"  {name}.csv: {{area_column: 省, year_column: 年, columns: {{v: {{indicator: 地区生产总值, "
        "unit: 亿元}}}\n"
        for name in "ab"
    ),
    "compiled/2023/a.csv": HEAD + "北京,2019,1120\n天津,2019,1061.2\n",
    "compiled/2023/b.csv": HEAD + "北京,2019,1008\n天津,2019,1061\n",
    "compiled/2022/_edition.yml": PANEL.format(
        day="2022-01-01", name="cities.csv", indicator="存款余额", unit="亿元"
    ),
    "compiled/2022/cities.csv": HEAD + "".join(CITIES) + "上海,2019,9\n",
    "compiled/2021/_edition.yml": PANEL.format(
        day="2021-01-01", name="names.csv", indicator="贷款余额", unit="亿元"
    ),
    "compiled/2021/names.csv": HEAD + "石家庄啊,2019,9\n唐山啊,2019,8\n北京,2019,7\n",
    "customs/2021-01/_edition.yml": "published_on: 2021-01-18\n",
    "customs/2021-01/出口.csv": CUSTOMS + "".join(GOODS),
    "customs/2021-01/出口再.csv": CUSTOMS + "".join(reversed(GOODS)),
    "customs/2021-02/_edition.yml": "published_on: 2021-02-18\n",
    "customs/2021-02/出口.csv": CUSTOMS + "".join(CUT),
    "customs/2021-03/_edition.yml": "published_on: 2021-03-18\n",
    "customs/2021-03/出口.csv": CUSTOMS + "".join(CUT[1:]),
    "nbs_portal/2022-11/_edition.yml": "published_on: 2022-11-15\n",
    "nbs_portal/2022-11/crawled.csv": "指标：年末常住人口(万人)\n地区,2022年,2021年,2020年\n"
    + "".join(CRAWLED),
}


@pytest.fixture
def rebuilt(build_models):
    """`rebuilt(home, name, ...)`: build with these files accepted; file roles, reasons, GDP."""

    def run(home, *names):
        for file in snapshots.known(home):
            if file.name in names:
                snapshots.decide(home, snapshots.Verdict.accepted, file, "seen")
        raw.read(home)
        build.begin(home)
        build_models(home, "dim_file", "rejected_cell", "fct_observation__vintages")
        with duckdb.connect(str(build.path(home))) as database:
            files = database.execute(
                "select source_id || '/' || edition || '/' || file_name, role, reason "
                "from catalog.dim_file"
            ).fetchall()
            gdp = database.execute(
                "select area_code, value from marts.fct_observation__vintages "
                "where indicator_id = 'gdp'"
            ).fetchall()
            cells = database.execute(
                "select file_name, cells, first_locator, reason from catalog.rejected_cell"
            ).fetchall()
        return {name: (role, reason) for name, role, reason in files}, dict(gdp), set(cells)

    return run


@pytest.mark.slow
def test_a_file_at_odds_is_held_until_it_is_accepted(filled, rebuilt):
    home = filled(FILES)
    files, gdp, cells = rebuilt(home)
    reasons = {name: reason for name, (role, reason) in files.items() if role == "held"}
    assert reasons.keys() == {
        *("compiled/2023/a.csv", "compiled/2023/b.csv", "compiled/2022/cities.csv"),
        *("compiled/2021/names.csv", "customs/2021-01/出口.csv", "customs/2021-01/出口再.csv"),
        "customs/2021-02/出口.csv",  # exactly 10,000 rows; not that of 9,999
    }
    assert reasons["compiled/2023/a.csv"].startswith(
        "gdp: other values than in compiled/2023/b.csv of the same day, 1 times, such as Beijing in 2019: "
        '"1120" here (C2), "1008" there (C2). To mend it: land one of the two in an edition of another '
        "published_on, or declare another series_vintage for it in _edition.yml; of the two, the one "
        'accepted is taken. If the file is right: yearbook accept "compiled/2023/a.csv"'
    )
    assert reasons["compiled/2022/cities.csv"].startswith(
        "deposits: several values of one area and period, 5 times, such as Beijing in 2019: 3 values: "
        '"1000" (C2), "1001" (C3), "1002" (C4). To mend it: land the sum by province if its rows are cities'
    )
    assert reasons["compiled/2021/names.csv"].startswith(
        '2 of the 3 names of areas in it are unknown, such as "'
    )
    assert (
        "the rows of customs/2021-01/出口.csv of the same day"
        in reasons["customs/2021-01/出口再.csv"]
    )
    assert reasons["customs/2021-02/出口.csv"].startswith("it has exactly 10,000 rows")
    assert gdp == {}
    assert {cell for cell in cells if cell[0] == "crawled.csv"} == {
        *(
            ("crawled.csv", 5, first, reason)
            for first, reason in (
                (
                    "B3",
                    "the period 2022 had not ended on 2022-11-15; in _edition.yml, mend published_on, or declare "
                    "obs_status: E for an estimate",
                ),
                (
                    "C3",
                    "all values of population in 2021 are 0, which is no observation; leave the year out until it "
                    "is published",
                ),
            )
        )
    }

    files, gdp, _ = rebuilt(home, "compiled/2023/a.csv")
    assert files["compiled/2023/a.csv"] == ("taken", "accepted: seen")
    assert files["compiled/2023/b.csv"][0] == "held"
    assert gdp == {"110000": 1120, "120000": 1061.2}

    # Both: what they disagree on does not count, and the less rounded of two that agree does
    _, gdp, _ = rebuilt(home, "compiled/2023/b.csv")
    assert gdp == {"120000": 1061.2}
