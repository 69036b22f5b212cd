"""Archived answers of the portal's two APIs: what is read from them, and what they are refused for."""

import copy
import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.contract.errors import Rejected
from warehouse.contract.source import SourceFile
from warehouse.sources import sources

KEYS = ("area_key", "indicator_key", "unit_key", "period_label", "text")


def points(cells: list[dict], *more: str) -> list[tuple]:
    return [tuple(c[key] for key in (*KEYS, *more)) for c in cells if c["role"] == "value"]


def former_node(zb: str, reg: str, sj: str, data: object, strdata: str) -> dict:
    """The order of `wds` follows the question's rows and columns."""
    wds = [("zb", zb), ("reg", reg), ("sj", sj)]
    if sj == "2018":
        wds.reverse()
    return {
        "code": f"zb.{zb}_reg.{reg}_sj.{sj}",
        "data": {"data": data, "dotcount": 2, "hasdata": strdata != "", "strdata": strdata},
        "wds": [{"valuecode": value, "wdcode": name} for name, value in wds],
    }


def former_names(wdcode: str, *nodes: tuple) -> dict:
    keys = ("code", "cname", "unit", "memo", "exp")
    return {"wdcode": wdcode, "wdname": wdcode, "nodes": [dict(zip(keys, node)) for node in nodes]}


FORMER = {
    "returncode": 200,
    "returndata": {
        "datanodes": [
            former_node("A020101", "120000", "2019", 0, ""),
            former_node("A020101", "120000", "2018", 13362.92187, "13362.92"),
            former_node("A090101", "120000", "2018", 102.0, "102.0"),
            former_node("A020101", "120000", "201812", 1.5, "1.5"),
        ],
        "freshsort": 0,
        "hasdatacount": 3,
        "wdnodes": [
            former_names(
                "zb",
                ("A020101", "地区生产总值", "亿元", "2018年按普查修订。", ""),
                ("A090101", "居民消费价格指数(上年=100)", "", "", "上年同期为100。"),
            ),
            former_names("reg", ("120000", "天津市", "", "", "")),
            former_names("sj", ("2019", "2019年", "", "", ""), ("2018", "2018年", "", "", "")),
        ],
    },
}


def present_value(name: str, unit: str, value: str | None, **more: str) -> dict:
    place = {"da": "120000000000", "da_name": "天津市"}
    return {"_id": "9f", "i_showname": name, "value": value, "du_name": unit} | place | more


PRESENT = {
    "data": [
        {
            "code": "2022YY",
            "name": "2022年",
            "values": [
                present_value("移动互联网用户 (万户) ", "万户", "1394.10", i_mark="期末数。"),
                present_value("居民消费价格指数 (上年=100)", "%", "101.9"),
                present_value("人口数(人口抽样调查) (人)", "人", ""),
            ],
        },
        {
            "code": "2021YY",
            "name": "2021年",
            "values": [present_value("年末常住人口", "万人", None)],
        },
        {"code": "202203MM", "name": "2022年3月", "values": [present_value("产量", "吨", "7")]},
        {"code": "2020YY", "name": "2020年", "values": []},
    ],
    "success": True,
    "state": 20000,
    "message": "成功",
}


def text_of(answer: object) -> str:
    return json.dumps(answer, ensure_ascii=False)


def test_an_answer_of_the_former_api(warehouse) -> None:
    # The digits are those of the file, not those of a floating-point number.
    text = text_of(FORMER).replace("13362.92187", "13362.921870")
    warehouse.land("nbs_portal/2019-03/a.json", text)
    warehouse.refresh()
    assert points(warehouse.cells("nbs_portal"), "cell") == [
        ("天津市", "地区生产总值", "亿元", "2019", None, "returndata.datanodes[0].data.data"),
        ("天津市", "地区生产总值", "亿元", "2018", "13362.921870", "returndata.datanodes[1].data.data"),
        ("天津市", "居民消费价格指数", "上年=100", "2018", "102.0", "returndata.datanodes[2].data.data"),
        ("天津市", "地区生产总值", "亿元", "201812", "1.5", "returndata.datanodes[3].data.data"),
    ]  # fmt: skip
    notes = {
        c["cell"]: (c["text"], c["indicator_label"]) for c in warehouse.cells("nbs_portal", "note")
    }
    assert notes == {
        "returndata.wdnodes[0].nodes[0].memo": ("2018年按普查修订。", "地区生产总值"),
        "returndata.wdnodes[0].nodes[1].exp": ("上年同期为100。", "居民消费价格指数(上年=100)"),
    }
    role, reason = warehouse.files()["nbs_portal/2019-03/a.json"]
    assert (role, reason) == (
        "taken",
        "1 values of other periods than years (201812, ...): they are not annual, and are "
        "kept as printed series alone",
    )


def test_an_answer_of_the_present_api(warehouse) -> None:
    warehouse.land("nbs_portal/2026-10/a.json", text_of(PRESENT))
    warehouse.refresh()
    cells = warehouse.cells("nbs_portal")
    assert points(cells, "cell") == [
        ("天津市", "移动互联网用户", "万户", "2022", "1394.10", "data[0].values[0].value"),
        ("天津市", "居民消费价格指数", "上年=100", "2022", "101.9", "data[0].values[1].value"),
        ("天津市", "人口数(人口抽样调查)", "人", "2022", None, "data[0].values[2].value"),
        ("天津市", "年末常住人口", "万人", "2021", None, "data[1].values[0].value"),
        ("天津市", "产量", "吨", "2022年3月", "7", "data[2].values[0].value"),
    ]
    assert [c["text"] for c in warehouse.cells("nbs_portal", "note")] == ["期末数。"]
    assert (
        "1 values of other periods than years (2022年3月"
        in warehouse.files()["nbs_portal/2026-10/a.json"][1]
    )


def test_a_list_of_answers_stops_at_no_bad_one(warehouse) -> None:
    refusal = {"returncode": 501, "returndata": "您所查询的数据暂无"}
    warehouse.land("nbs_portal/2026-10/a.json", text_of([refusal, FORMER, PRESENT, {"x": 1}]))
    warehouse.refresh()
    cells = warehouse.cells("nbs_portal")
    assert len(cells) == 9
    assert cells[0]["cell"] == "[1].returndata.datanodes[0].data.data"
    assert cells[-1]["cell"] == "[2].data[2].values[0].value"
    role, reason = warehouse.files()["nbs_portal/2026-10/a.json"]
    assert role == "taken"
    assert "[0] is no data but the portal's refusal, returncode 501 (您所查询的数据暂无)" in reason
    assert "[3] is JSON but no answer of the portal" in reason


def test_an_answer_without_areas_takes_the_declared_one(warehouse) -> None:
    answer = copy.deepcopy(FORMER)
    for node in answer["returndata"]["datanodes"]:
        node["wds"] = [wd for wd in node["wds"] if wd["wdcode"] != "reg"]
    name = "nbs_portal/2019-03/a.json"
    warehouse.land(name, text_of(answer))
    warehouse.refresh()
    assert "names no area" in warehouse.files()[name][1]
    warehouse.land(
        name, text_of(answer), "published_on: 2019-03-31\nfiles: {a.json: {area: 全国}}\n"
    )
    warehouse.refresh()
    assert {cell["area_key"] for cell in warehouse.cells("nbs_portal")} == {"全国"}


def without_data(answer: dict) -> dict:
    return answer | {"returndata": answer["returndata"] | {"datanodes": []}}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (text_of({"returncode": 501, "returndata": "无"}), "the portal's refusal, returncode 501 (无)"),
        (text_of({"returncode": 200, "returndata": {}}), "has no list `returndata.datanodes`"),
        (text_of(without_data(FORMER)), "`returndata.datanodes` is empty"),
        (text_of({"success": False, "message": "请求频繁"}), "the portal's refusal (请求频繁)"),
        (text_of({"success": True, "data": []}), "`data` is empty"),
        (text_of({"success": True, "data": {"list": []}}), "no answer of stream/esData"),
        (text_of([]), "is an empty list"),
        (text_of("text"), "is JSON but no answer of the portal"),
        (text_of(FORMER)[:300], "is no whole JSON"),
        (text_of(PRESENT)[:-1], "is no whole JSON"),
        (text_of(FORMER) + text_of(FORMER), "Extra data"),
        ("{'data': 1}", "is no whole JSON (line 1, column 2"),
        ("<!DOCTYPE html><html>403 Forbidden</html>", "is a web page"),
        ("", "is empty"),
        ("[" * 100_000, "nested too deeply"),
        (b'{"a": "\xff\xfe"}', "is no UTF-8 text (byte 8)"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(reason: Callable, content: str, sentence: str) -> None:
    assert sentence in reason("nbs_portal/2019-03/a.json", content)


def places(content: object, path: tuple = ()) -> list[tuple]:
    """The path of every value inside a JSON content."""
    inner = content.items() if isinstance(content, dict) else []
    inner = enumerate(content) if isinstance(content, list) else inner
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def test_names_of_another_kind_name_nothing() -> None:
    answer = copy.deepcopy(FORMER)
    answer["returndata"]["wdnodes"] = True
    file = SourceFile("a.json", text_of(answer).encode())
    assert "value" in sources()["nbs_portal"].read(file).cells["role"].to_pylist()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    answer=st.sampled_from([FORMER, PRESENT]),
    choice=st.integers(0, 10_000),
    change=st.sampled_from([None, "", "x", 0, 1.5, True, [], {}, [None], [[]], {"code": 1}]),
)
def test_a_damaged_answer_is_read_or_refused(answer: dict, choice: int, change: object) -> None:
    """Whatever stands in any place, nothing is raised but a sentence."""
    damaged = copy.deepcopy({"": answer})
    *outer, last = places(damaged, ())[1:][choice % (len(places(damaged)) - 1)]
    holder = damaged
    for key in outer:
        holder = holder[key]
    holder[last] = change
    file = SourceFile("a.json", text_of(damaged[""]).encode())
    try:
        cells = sources()["nbs_portal"].read(file).cells
    except Rejected:
        return
    assert "value" in cells["role"].to_pylist()
