"""What `yearbook coverage` names can be landed: a file of each place arrives at its indicator."""

import csv
import json
from pathlib import Path

import duckdb
import pytest
import yaml

from tests.workbooks import workbook
from warehouse.contract.labels import label_key, title_key
from warehouse.intake.judgement import names_of_the_project
from warehouse.store import build

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"


def seed(name: str) -> list[dict]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


INDICATORS = {row["indicator_id"]: row for row in seed("indicators")}
UNITS = {row["unit"]: row["unit_key"] for row in reversed(seed("units")) if not row["currency"]}
PLACES = seed("indicator_sources")


@pytest.mark.parametrize(
    ("indicator", "in_another_unit"),
    [
        ("urbanisation_rate", 0.009),  # 0.9, a fraction, below a heading that says %
        ("urbanisation_rate", 66.0),  # 66, a percentage, said to be a fraction
        ("population", 3_640_000),  # persons of Tibet in 2020, said to be ten thousands
        ("cpi", 2.5),  # a rate of growth
        # of Tibet in 2022, 万元 said to be 亿元, or 人 to be 万人, or the other way round
        ("gdp", 21_326_400),
        ("gdp_per_capita", 5.8438),
        ("deposits", 59_000_000),
        ("budget_expenditure", 25_931_000),
        ("employment_primary", 690_000),
        ("mobile_phone_users", 3_300_000),
        ("optical_cable_length_total", 3_100_000_000),
        ("teachers_primary", 255_000_000),
        # of Beijing, where Tibet has so little that ten thousand times of it are possible
        ("trade_total", 364_000_000),
        ("rd_expenditure", 28_433_000),
        ("rd_personnel_fte", 3_730_000_000),
        ("patent_grants", 2_028_000_000),
        # a percentage said to be a share, and pupils over teachers
        ("trade_openness", 87.5),
        ("loan_deposit_ratio", 44.0),
        ("teacher_pupil_ratio", 15.2),
    ],
)
def test_what_another_unit_would_give_is_outside_the_bounds(
    indicator: str, in_another_unit: float
) -> None:
    bounds = INDICATORS[indicator]
    assert not float(bounds["lowest"]) <= in_another_unit <= float(bounds["highest"])


def number_of(place: int, unit: str) -> float:
    """A possible value, another one for each place: the same bytes are one file."""
    usual = {"0-1": 0.25, "ratio": 0.25, "previous year = 100": 101.5, "yuan": 12_345}
    return usual.get(unit, 12.5) + place / 1000


def portal(title: str, unit: str, value: float) -> str:
    label = title.split(" / ")[-1].removesuffix(f"({unit})")
    return f"指标：{label}({unit})\n地区,2020年\n北京市,{value}\n"


def yearbook(title: str, unit: str, value: float) -> bytes:
    table, _, column = title.partition(": ")
    year, heading = ("(2020年)", column) if column else ("", "2020")
    return workbook([[table + year], [f"单位：{unit}"], ["地 区", heading], ["北 京", value]])


def patents(title: str, unit: str, value: float) -> bytes:
    return workbook([[f"2020年{title}"], [f"单位：{unit}"], ["地区", "合计"], ["北京", value]])


def marketisation(title: str, unit: str, value: float) -> bytes:
    return workbook(
        [[f"{title.split(': ')[-1]} (2016年为基期)"], ["省份", "2020年"], ["北京", value]]
    )


def series(title: str, unit: str, value: float) -> bytes:
    name = f"北京:{title.split()[-1]}"
    facts = [["指标名称", name], ["频率", "年"], ["单位", unit], ["指标ID", "M1"]]
    return workbook([*facts, ["2020-12-31", value], ["数据来源：Wind"]])


def fields(title: str, unit: str, value: float) -> bytes:
    label = title.split(": ")[-1]
    codes = ["Sgnyea", "Prvcnm", "Field"]
    return workbook(
        [
            codes,
            ["统计年度", "省份名称", label],
            ["没有单位"] * 2 + [unit],
            ["2020", "北京市", value],
        ]
    )


def world_bank(title: str, unit: str, value: float) -> str:
    code, _, name = title.removesuffix(")").partition(" (")
    fact = {"indicator": {"id": code, "value": name}, "countryiso3code": "CHN", "date": "2020"}
    fact |= {"country": {"id": "CN", "value": "China"}, "value": value, "unit": "", "decimal": 1}
    return json.dumps([{"page": 1, "pages": 1, "per_page": 50, "total": 1}, [fact]])


def stri(title: str, unit: str, value: float) -> str:
    fact = {"REF_AREA": "CHN", "MEASURE": "STRI", "TIME_PERIOD": "2020", "OBS_VALUE": str(value)}
    fact |= {"UNIT_MEASURE": "IX"}
    return f"{','.join(fact)}\n{','.join(fact.values())}\n"


def comtrade(title: str, unit: str, value: float) -> str:
    flow = title.split("flow ")[1][0]
    fact = {
        "typeCode": "C",
        "freqCode": "A",
        "refYear": 2020,
        "period": "2020",
        "reporterCode": 156,
    }
    fact |= {"flowCode": flow, "partnerCode": 0, "partner2Code": 0, "classificationCode": "H5"}
    fact |= {"cmdCode": "TOTAL", "customsCode": "C00", "motCode": 0, "primaryValue": value}
    return json.dumps({"count": 1, "data": [fact], "error": ""})


# source: how its file looks, and what it is called
WRITERS = {
    "nbs_portal": (portal, "csv"),
    "statistical_yearbook": (yearbook, "xlsx"),
    "tech_yearbook": (yearbook, "xlsx"),
    "cnipa": (patents, "xlsx"),
    "neri": (marketisation, "xlsx"),
    "wind": (series, "xlsx"),
    "csmar": (fields, "xlsx"),
    "world_bank": (world_bank, "json"),
    "oecd": (stri, "csv"),
    "un_comtrade": (comtrade, "json"),
}


def compilation(indicator: dict, value: float) -> tuple[str, dict]:
    column = {"indicator": indicator["name_zh"], "unit": UNITS[indicator["unit"]]}
    return f"年,省,x\n2020,北京,{value}\n", {
        "year_column": "年",
        "area_column": "省",
        "columns": {"x": column},
    }


@pytest.fixture(scope="module")
def landed() -> dict[str, str | bytes]:
    """A file for each place, in the unit of its indicator, and what has to be declared."""
    files: dict[str, str | bytes] = {}
    declared: dict[str, dict] = {}
    for number, place in enumerate(PLACES):
        source, indicator = place["source_id"], INDICATORS[place["indicator_id"]]
        value = number_of(number, indicator["unit"])
        if source == "compiled":
            name = f"{source}/2021/{number}.csv"
            files[name], declared[name] = compilation(indicator, value)
        else:
            write, kind = WRITERS[source]
            name = f"{source}/2021/{number}.{kind}"
            files[name] = write(place["table_title"], UNITS[indicator["unit"]], value)
    for source in {name.split("/")[0] for name in files}:
        mine = {
            name.split("/")[2]: keys for name, keys in declared.items() if name.startswith(source)
        }
        files[f"{source}/2021/_edition.yml"] = yaml.safe_dump(
            {"published_on": "2021-12-31", "files": mine}, allow_unicode=True
        )
    return files


@pytest.mark.slow
def test_a_file_of_each_place_arrives_at_its_indicator(landed, filled, build_models) -> None:
    home = filled(landed)
    build_models(home, "stg_cells")
    with duckdb.connect(str(build.path(home)), read_only=True) as database:
        arrived = {
            (name, indicator)
            for name, indicator in database.execute(
                "select source_id || '/2021/' || file_name, indicator_id from staging.stg_cells "
                "where is_usable and number_printed is not null and year = 2020"
            ).fetchall()
        }
    wanted = {(name, place["indicator_id"]) for name, place in zip(landed, PLACES)}
    assert wanted <= arrived, wanted - arrived


def test_aliases_are_keys_and_no_title_or_label_stands_for_two() -> None:
    titles = [(row["source_id"], row["title_key"]) for row in seed("table_aliases")]
    labels = [
        (row["source_id"], row["table_id"], row["label_key"]) for row in seed("indicator_aliases")
    ]
    assert len(set(titles)) == len(titles)
    assert len(set(labels)) == len(labels)
    names = [tuple(line.values())[:3] for line in names_of_the_project()]
    assert len({*labels, *names}) == len(labels) + len(names)  # no line says what a name says
    assert all(key == title_key(key) for _, key in titles)
    assert all(key == label_key(key) for _, _, key in labels)
    assert {(source, table) for source, table, _ in labels} == {
        (row["source_id"], row["table_id"]) for row in seed("table_aliases")
    }


@pytest.mark.parametrize(
    ("title", "heading", "indicator"),
    [
        ("16-34 分地区互联网主要指标 (2021年)", "移动互联网用户", "mobile_internet_users"),
        ("16-35 分地区移动互联网发展情况", "移动互联网用户", "mobile_internet_users"),
        ("16-36 各地区固定电话用户和移动电话用户 (年底数)", "移动电话用户", "mobile_phone_users"),
        ("16-38 各地区互联网上网人数和普及率", "互联网普及率", "internet_penetration"),
        ("15-41 电信主要通信能力(年底数)", "长途光缆线路长度", "optical_cable_length"),
        (
            "15-41 Main Communication Capacity of Telecommunications (Year-end)",
            "Length of Long Distance\nOptical Cable Lines",
            "optical_cable_length",
        ),
        ("20-19 研究与实验发展(R&D)情况", "R&D人员折合全时人员", "rd_personnel_fte"),
        ("20-4 Full-time Equivalent of R&D Personnel by Region", "Total", "rd_personnel_fte"),
        (
            "9-5 Consumer Price Indices and Retail Price Indices of Commodities by Region",
            "Consumer Price Index/Province",
            "cpi",
        ),
        (
            "11-8 Total Value of Imports and Exports by Location of Importers/Exporters (2021)",
            "Total",
            "trade_total",
        ),
    ],
)
def test_a_heading_is_known_below_any_title_that_an_edition_gives_its_table(
    title: str, heading: str, indicator: str
) -> None:
    tables = {row["title_key"]: row["table_id"] for row in seed("table_aliases")}
    labels = {(row["table_id"], row["label_key"]): row for row in seed("indicator_aliases")}
    known = labels[tables[title_key(title)], label_key(heading)]
    assert (known["source_id"], known["indicator_id"]) == ("*", indicator)
