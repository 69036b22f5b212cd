"""The economy as archived answers of the portal's two APIs."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from warehouse.demonstration.economy import BASE_YEAR, Economy
from warehouse.demonstration.files import write_text
from warehouse.demonstration.layouts import NOTE, SAMPLE, write_edition

# What the note of an indicator says; of Tianjin, whose accounts the census cut most.
BREAK = (
    "天津市2017年及以前的数据按经济普查前的统计范围编制，此后统计范围有变，前后不可直接比较。"
    "Tianjin up to 2017 was compiled before the economic census, which changed its coverage: "
    f"a break in the series. {NOTE}"
)
ARCHIVED = range(BASE_YEAR, 2018)
# code, name, unit, memo, indicator
FORMER = [
    ("A020101", "地区生产总值", "亿元", BREAK, "gdp"),
    ("A020102", "第一产业增加值", "亿元", BREAK, "value_added_primary"),
    ("A020103", "第二产业增加值", "亿元", BREAK, "value_added_secondary"),
    ("A020104", "第三产业增加值", "亿元", BREAK, "value_added_tertiary"),
    ("A020105", "人均地区生产总值", "元/人", BREAK, "gdp_per_capita"),
    ("A030101", "年末常住人口", "万人", NOTE, "population"),
]
# name, unit, indicator; as in the exports of the same edition, to one decimal.
PRESENT = [
    ("移动互联网用户 (万户) ", "万户", "mobile_internet_users"),
    ("互联网普及率 (%)", "%", "internet_penetration"),
]


def write_portal_answers(economy: Economy, portal: Path) -> None:
    """Write an answer of each API below the landing folder of the portal."""
    former = portal / "2019-03"
    write_edition(former, "2019-03-31", "An answer of the former API, before the census.")
    _write_json(former / "分省年度数据.json", former_answer(economy))
    _write_json(portal / "2023-12" / "互联网主要指标发展情况.json", present_answer(economy))


def former_answer(economy: Economy) -> dict:
    """Accounts and population before the census; the newest year is announced without data."""
    values = _before_the_census(economy)
    announced = ARCHIVED[-1] + 1
    areas = economy.provinces
    nodes = [
        _former_node(
            {"zb": code, "reg": area, "sj": str(year)},
            None if year == announced else values[name][row, economy.years == year].item(),
        )
        for code, *_, name in FORMER
        for row, area in enumerate(areas["province_code"])
        for year in (announced, *ARCHIVED[::-1])
    ]
    years = [(f"{year}", f"{year}年", "", "") for year in (announced, *ARCHIVED[::-1])]
    names = zip(areas["province_code"], areas["name_zh_full"])
    dimensions = {
        "zb": [line[:4] for line in FORMER],
        "reg": [(code, name, "", "") for code, name in names],
        "sj": years,
    }
    return {
        "returncode": 200,
        "returndata": {
            "datanodes": nodes,
            "freshsort": 0,
            "hasdatacount": sum(node["data"]["hasdata"] for node in nodes),
            "wdnodes": [_dimension(code, nodes) for code, nodes in dimensions.items()],
        },
    }


def present_answer(economy: Economy) -> dict:
    """Two series of all provinces; the newest year is announced and blank."""
    return {
        "success": True,
        "state": 20000,
        "message": "成功",
        "data": [
            {"code": f"{year}YY", "name": f"{year}年", "values": list(_values(economy, year))}
            for year in (SAMPLE[-1] + 1, *SAMPLE[::-1])
        ],
    }


def _before_the_census(economy: Economy) -> dict[str, np.ndarray]:
    """Indicator -> (31, years) values; the sectors add up, and per head is GDP over population.

    GDP and population are those that the exports from before the census print.
    """
    gdp = np.round(economy.superseded["gdp"], 2)
    population = np.round(economy.superseded["population"])
    primary, secondary = (
        np.round(economy.series[f"value_added_{sector}"] * gdp / economy.series["gdp"], 2)
        for sector in ("primary", "secondary")
    )
    return {
        "gdp": gdp,
        "value_added_primary": primary,
        "value_added_secondary": secondary,
        "value_added_tertiary": np.round(gdp - primary - secondary, 2),
        "gdp_per_capita": np.round(gdp / population * 1e4),
        "population": population,
    }


def _former_node(codes: dict[str, str], value: float | None) -> dict:
    """A value, or the 0 that stands for none; the order of the dimensions is the question's."""
    order = ("sj", "zb", "reg") if codes["zb"].startswith("A03") else ("zb", "reg", "sj")
    return {
        "code": "_".join(f"{name}.{codes[name]}" for name in order),
        "data": {
            "data": 0 if value is None else value,
            "dotcount": 2,
            "hasdata": value is not None,
            "strdata": "" if value is None else f"{value:.2f}",
        },
        "wds": [{"valuecode": codes[name], "wdcode": name} for name in order],
    }


def _dimension(code: str, nodes: Sequence[tuple[str, ...]]) -> dict:
    names = {"zb": "指标", "reg": "地区", "sj": "时间"}
    return {
        "nodes": [
            {"cname": name, "code": own, "dotcount": 2, "exp": "", "memo": memo, "unit": unit}
            for own, name, unit, memo in nodes
        ],
        "wdcode": code,
        "wdname": names[code],
    }


def _values(economy: Economy, year: int) -> Iterator[dict]:
    areas = zip(economy.provinces["province_code"], economy.provinces["name_zh_full"])
    for row, (code, area) in enumerate(areas):
        for label, unit, name in PRESENT:
            held = economy.series[name][row, economy.years == year]
            yield {
                "_id": name,
                "i_showname": label,
                "i_mark": NOTE,
                "value": f"{held.item():.1f}" if held.size else "",
                "du_name": unit,
                "da": f"{code}000000",
                "da_name": area,
            }


def _write_json(path: Path, content: dict) -> None:
    write_text(path, [json.dumps(content, ensure_ascii=False)], "utf-8")
