"""Cities: the list of them is right, and no table of theirs stands for provinces."""

import csv
from collections import Counter
from pathlib import Path

import duckdb

from warehouse.store import build

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"

# Cities, prefectures, autonomous prefectures and leagues of GB/T 2260, two that are no more among
# them: Chaohu (to 2011) and Laiwu (to 2018).
PREFECTURES = {
    **{"13": 11, "14": 11, "15": 12, "21": 14, "22": 9, "23": 13, "32": 13, "33": 11, "34": 17},
    **{"35": 9, "36": 11, "37": 17, "41": 17, "42": 13, "43": 14, "44": 21, "45": 14, "46": 4},
    **{"51": 21, "52": 9, "53": 16, "54": 7, "61": 10, "62": 14, "63": 8, "64": 5, "65": 14},
}
PORTAL = "published_on: 2021-12-31\nfiles:\n" + "".join(
    f"  {name}.csv: {{indicator: 地区生产总值, unit: 亿元}}\n"
    for name in ("plain", "english", "joined", "beside", "across", "yearbook", "mixed")
)
COMPILED = "published_on: 2021-12-31\nfiles:\n" + "".join(
    f"  {name}.csv: {{area_column: {area}, year_column: year, columns: {{v: {{indicator: 地区生产总值, unit: 亿元}}}}}}\n"
    for name, area in {
        "panel": "province",
        "unheaded": "province",
        "cities": "城市",
        "urban": "province",
    }.items()
)
FILES = {
    # 城市年度数据 with its preamble, without it, and in English
    "nbs_portal/2021/preamble.csv": "数据库：主要城市年度数据\n指标：地区生产总值(亿元)\n时间：2020年\n地区,2020年\n北京,1\n石家庄,2\n太原,3\n",
    "nbs_portal/2021/plain.csv": "地区,2020年\n北京,1\n天津市,2\n石家庄市,3\n延边朝鲜族自治州,4\n",
    "nbs_portal/2021/english.csv": "Region,2020\nBeijing,1\nXi'an,2\nSuzhou,3\n",
    "nbs_portal/2021/joined.csv": "地区,2020年\n重庆,1\n河北省石家庄市,2\n山东青岛,3\n",
    # cities beside their provinces
    "nbs_portal/2021/beside.csv": "省份,城市,2020年\n河北省,石家庄,1\n山西省,太原,2\n北京市,北京,3\n",
    "compiled/2021/panel.csv": "province,city,year,v\n北京市,北京,2020,1\n河北省,石家庄,2020,2\n河北省,唐山,2020,3\n",
    "compiled/2021/unheaded.csv": "province,name,year,v\n北京市,北京,2020,1\n河北省,石家庄,2020,2\n山西省,太原,2020,3\n浙江省,杭州,2020,4\n",
    "nbs_portal/2021/across.csv": "年份,北京,石家庄,太原,浙江\n2019年,1,2,3,4\n2020年,1,2,3,4\n",
    "compiled/2021/cities.csv": "城市,year,v\n上海,2020,1\n130100,2020,2\n襄樊市,2020,3\n",
    "wind/2021/series.csv": "指标名称,石家庄:GDP,GDP:江苏:南京市,北京:GDP\n频率,年,年,年\n单位,亿元,亿元,亿元\n2020-12-31,1,2,3\n",
    # provinces: as the sum in their yearbook, with some cities, with a column that is urban
    "nbs_portal/2021/yearbook.csv": "地区,2020年\n江苏省,9\n南京市,1\n无锡市,2\n",
    "nbs_portal/2021/mixed.csv": "地区,2020年\n浙江,7\n宁波,1\n福建,8\n北京,9\n",
    "compiled/2021/urban.csv": "province,城市,year,v\n海南,1.5,2020,5\n吉林,2.5,2020,6\n",
}
EDITIONS = {
    "nbs_portal/2021": PORTAL,
    "compiled/2021": COMPILED,
    "wind/2021": "published_on: 2021-12-31\n",
}
STAND = {
    ("yearbook", "320000"),
    ("mixed", "330000"),
    ("mixed", "350000"),
    ("mixed", "110000"),
    ("urban", "460000"),
    ("urban", "220000"),
}


def rows(seed: str) -> list[dict]:
    with (SEEDS / seed).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_cities_bear_the_codes_of_their_provinces():
    areas = rows("dim_area.csv")
    cities = [row for row in areas if row["level"] == "city"]
    prefectures = Counter(r["area_code"][:2] for r in cities if r["area_code"][2:4] != "90")
    assert dict(prefectures) == PREFECTURES
    assert len({row["area_code"] for row in areas}) == len(areas)
    assert len({row["name_zh_full"] for row in areas}) == len(areas)
    for row in cities:
        assert row["area_code"].isdigit() and len(row["area_code"]) == 6, row
        assert row["parent_code"] == row["area_code"][:2] + "0000", row
        assert row["name_zh_full"].startswith(row["name_zh"]) and row["name_en"], row


def test_what_stands_for_a_province(filled, build_models):
    files = {f"{edition}/_edition.yml": said for edition, said in EDITIONS.items()}
    home = filled({**FILES, **files})
    build_models(home, "stg_cells")
    query = "select replace(file_name, '.csv', ''), area_label, area_code, is_usable, rejection from staging.stg_cells where kind <> 'undeclared'"
    with duckdb.connect(str(build.path(home)), read_only=True) as database:
        cells = database.execute(query).fetchall()
    assert {(name, code) for name, _, code, usable, _ in cells if usable} == STAND
    assert all("never stands for a province" in said for *_, usable, said in cells if not usable)
    codes = {(name, label): code for name, label, code, *_ in cells}
    assert set(codes) >= {("beside", "北京"), ("panel", "唐山"), ("joined", "重庆")}
    assert {label: codes["cities", label] for label in ("130100", "襄樊市", "上海")} == {
        "130100": "130100",
        "襄樊市": "420600",
        "上海": "310000",
    }
    assert (codes["english", "Xi'an"], codes["english", "Suzhou"]) == ("610100", None)
    assert (codes["joined", "山东青岛"], codes["beside", "太原"]) == ("370200", "140100")
    assert {code for (name, _), code in codes.items() if name == "series"} == {
        "130100",
        "320100",
        "110000",
    }
