"""UN Comtrade: totals of each economy once, parts and commodities beside them."""

import csv
import io
import json
from collections.abc import Callable

import pytest

NAME = "un_comtrade/2024-06/china.json"
TOTAL = {
    "typeCode": "C",
    "freqCode": "A",
    "refYear": 2022,
    "period": "2022",
    "reporterCode": 156,
    "reporterISO": "CHN",
    "reporterDesc": None,
    "flowCode": "X",
    "partnerCode": 0,
    "partner2Code": 0,
    "classificationCode": "H6",
    "cmdCode": "TOTAL",
    "customsCode": "C00",
    "mosCode": "0",
    "motCode": 0,
    "netWgt": None,
    "fobvalue": 3544434157000.5,
    "primaryValue": 3544434157000.5,
    "isAggregate": True,
}


def answer(*changes: dict, error: str = "", **envelope: object) -> str:
    data = [TOTAL | change for change in changes]
    return json.dumps({"count": len(data), "data": data, "error": error} | envelope)


def values(cells: list[dict]) -> list[tuple]:
    keys = ("title_key", "indicator_key", "flow", "partner_code", "category_code", "text")
    return [tuple(cell[key] for key in keys) for cell in cells if cell["role"] == "value"]


def test_totals_commodities_and_partners(read_one: Callable, warehouse) -> None:
    """Only trade in everything with the world is named so; codes keep their zeros."""
    cells = read_one(
        NAME,
        answer(
            {},
            {"flowCode": "M", "primaryValue": 2715998876543},
            {"cmdCode": "0101", "primaryValue": 17, "netWgt": 4.50},
            {"partnerCode": 842, "primaryValue": 5},
            {"flowCode": "RX", "primaryValue": 3},
            {"classificationCode": "S4", "primaryValue": 9},
        ),
    )
    assert values(cells) == [
        ("h6", "x/total", "export", "0", "TOTAL", "3544434157000.5"),
        ("h6", "m/total", "import", "0", "TOTAL", "2715998876543"),
        ("h6", "x", "export", "0", "0101", "17"),
        ("h6", "x", "export", "842", "TOTAL", "5"),
        ("h6", "rx/total", "RX", "0", "TOTAL", "3"),
        ("s4", "x/total", "export", "0", "TOTAL", "9"),
    ]
    by_place = {cell["cell"]: cell for cell in cells}
    assert by_place["data[1].primaryValue"]["unit_key"] == "usd"
    assert by_place["data[1].primaryValue"]["period_label"] == "2022"
    weight = by_place["data[2].netWgt"]
    assert (weight["role"], weight["text"], weight["category_code"]) == (
        "undeclared",
        "4.5",
        "0101",
    )
    assert by_place["data[0].isAggregate"]["text"] == "true"
    assert by_place["count"]["text"] == "6"
    # A text that repeats itself is kept where it first stands
    assert "data[1].reporterISO" not in by_place
    assert warehouse.files()[NAME] == ("taken", None)


def test_exports_of_commodities_are_of_a_classification(read_one: Callable) -> None:
    """To the world, of whoever reports them; a revision of SITC has codes of its own."""
    cells = read_one(
        NAME,
        answer(
            {"reporterCode": 842, "cmdCode": "01"},
            {"reporterCode": 276, "cmdCode": "8703", "classificationCode": "HS"},
            {"reporterCode": 276, "cmdCode": "7810", "classificationCode": "S2"},
            {"cmdCode": "01", "partnerCode": 842},
            {"cmdCode": "01", "flowCode": "M"},
            {"cmdCode": "41", "classificationCode": "B4"},
            {},
        ),
    )
    taken = [cell for cell in cells if cell["role"] == "value"]
    assert [(cell["area_key"], cell["classification"]) for cell in taken] == [
        ("842", "hs_2"),
        ("276", "hs_4"),
        ("276", "sitc2_4"),
        *[("156", None)] * 4,
    ]


def test_the_csv_of_the_site_says_the_same(read_one: Callable, warehouse) -> None:
    """Every field is quoted, rows end in one comma more than the headings, names are Latin-1."""
    records = [TOTAL | change for change in ({}, {"cmdCode": "0101"}, {"motCode": 1000})]
    records[1]["reporterDesc"] = "Côte d'Ivoire, São Tomé and Curaçao"
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
    writer.writerow(TOTAL)
    writer.writerows([*record.values(), ""] for record in records)
    name = NAME.replace("china.json", "TradeData.csv")
    cells = read_one(name, stream.getvalue().encode("latin-1"))
    assert values(cells) == [
        ("h6", "x/total", "export", "0", "TOTAL", "3544434157000.5"),
        ("h6", "x", "export", "0", "0101", "3544434157000.5"),
    ]
    assert [c["cell"] for c in cells if c["text"] == "3544434157000.5"][-3:] == ["R2", "R3", "R4"]
    assert warehouse.files()[name][1].startswith("1 records are parts of totals")


FORMER = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,"
    "Trade Flow,Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,"
    "Commodity Code,Commodity,Qty,Netweight (kg),Trade Value (US$),Flag\n"
)


def test_the_csv_of_the_former_site(read_one: Callable) -> None:
    """Its flows have numbers, its rows are totals; a spreadsheet may have taken a zero."""
    row = "H4,2017,2017,2017,0,0,{},?,156,China,CHN,0,World,WLD,{},?,,,{},0\n"
    rows = [
        row.format(*given) for given in ((2, "TOTAL", 9), (1, "TOTAL", 7), (2, 101, 3), (3, 1, 2))
    ]
    cells = read_one("un_comtrade/2019-06/comtrade.csv", FORMER + "".join(rows))
    assert values(cells) == [
        ("h4", "x/total", "export", "0", "TOTAL", "9"),
        ("h4", "m/total", "import", "0", "TOTAL", "7"),
        ("h4", "x", "export", "0", "0101", "3"),
        ("h4", "rx", "RX", "0", "01", "2"),
    ]


@pytest.mark.parametrize(
    ("classification", "code", "kept"),
    [("H6", "101", "0101"), ("HS", "1", "01"), ("H6", "8542", "8542"), ("S4", "001", "001")],
)
def test_a_spreadsheet_took_the_zero_of_a_code(
    read_one: Callable, classification: str, code: str, kept: str
) -> None:
    cells = read_one(NAME, answer({"classificationCode": classification, "cmdCode": code}))
    [value] = [cell for cell in cells if cell["role"] == "value"]
    assert value["category_code"] == kept
    assert value["classification"].endswith(str(len(kept)))


def test_a_csv_may_name_economies_and_years_once(read_one: Callable) -> None:
    left_out = ("period", "reporterCode", "partnerCode")
    record = {name: text for name, text in TOTAL.items() if name not in left_out}
    record |= {"partnerISO": "W00", "netWgt": ""}
    text = ",".join(record) + "\n" + ",".join(map(str, record.values())) + "\n"
    [value] = [c for c in read_one(NAME.replace("json", "csv"), text) if c["role"] == "value"]
    assert (value["indicator_key"], value["area_key"], value["period_label"]) == (
        ("x/total", "156", "2022")
    )


def without_modes(*values: int) -> str:
    """As a download has it from which somebody left columns out, with comtradr's headings."""
    rows = [f"C,A,2022,156,X,0,H6,{code:02},{value}" for code, value in enumerate(values, 84)]
    headings = "type_code,freq_code,period,reporter_code,flow_code,partner_code,"
    return "\n".join([f"{headings}classification_code,cmd_code,primary_value", *rows, ""])


def test_a_csv_without_the_columns_of_parts_has_totals(read_one: Callable) -> None:
    cells = read_one(NAME.replace("json", "csv"), without_modes(5, 7))
    assert values(cells) == [
        ("h6", "x", "export", "0", "84", "5"),
        ("h6", "x", "export", "0", "85", "7"),
    ]


def test_a_csv_without_the_columns_of_parts_has_each_trade_once(reason: Callable) -> None:
    text = without_modes(5, 7) + without_modes(5, 6).splitlines()[-1]
    said = reason(NAME.replace("json", "csv"), text)
    assert said.startswith("has several values of one trade, the second in row 4, and no column ")
    assert "no column partner2Code, customsCode, motCode to tell its total from its parts" in said


def test_a_csv_with_an_unquoted_comma(reason: Callable) -> None:
    text = without_modes(5, 7).replace(",7", ",1,234")
    assert "has more cells in row 3 than headings" in reason(NAME.replace("json", "csv"), text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "cmdCode,refYear,primaryValue\n01,2020,1\n",
            "has no column reporterCode, flowCode, partner",
        ),
        ("Year,Trade Value\n2020,1\n", "holds no heading row with cmdCode and primaryValue"),
    ],
)
def test_a_csv_that_lacks_columns(reason: Callable, text: str, sentence: str) -> None:
    assert sentence in reason(NAME.replace(".json", ".csv"), text)


@pytest.mark.parametrize(
    ("change", "remark"),
    [
        ({"partner2Code": 842}, "1 records are parts of totals (partner2Code, customsCode or"),
        ({"customsCode": "C01"}, "1 records are parts of totals"),
        ({"motCode": 1000}, "1 records are parts of totals"),
        ({"motCode": None}, "1 records are parts of totals"),
        ({"typeCode": "S"}, "1 records are trade in services (typeCode is not C): kept in raw"),
        ({"freqCode": "M", "period": "202201"}, "1 records are not annual (freqCode is not A)"),
    ],
)
def test_what_would_count_twice_is_unused(
    read_one: Callable, warehouse, change: dict, remark: str
) -> None:
    cells = read_one(NAME, answer({}, change | {"primaryValue": 1}))
    assert [value[-1] for value in values(cells)] == ["3544434157000.5"]
    [left_out] = [cell for cell in cells if cell["cell"] == "data[1].primaryValue"]
    assert left_out["role"] == "unused"
    assert warehouse.files()[NAME][1].startswith(remark)


@pytest.mark.parametrize(
    ("records", "envelope", "remark"),
    [
        (500, {}, "holds exactly 500 records, the limit of the preview: it may be cut off"),
        (2, {"count": 700}, "says count 700 but holds 2 records: it may be cut off"),
        (2, {"error": "partial"}, "the service added: partial"),
    ],
)
def test_an_answer_that_may_be_cut_off(
    read_one: Callable, warehouse, records: int, envelope: dict, remark: str
) -> None:
    read_one(NAME, answer(*({"cmdCode": f"{n:06}"} for n in range(records)), **envelope))
    assert remark in warehouse.files()[NAME][1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (answer(), "holds no record, which is also the answer to a code that does not exist"),
        ('{"count": 0, "data": null}', "holds no record"),
        (answer(error="Invalid key"), "is an error of the service (Invalid key): mend the query"),
        (
            '{"statusCode": 429, "message": "Rate limit is exceeded."}',
            "is an error of the service (Rate limit is exceeded.): mend the query",
        ),
        ("[]", "is JSON, but not as expected: `{count, data: [records], error}`"),
        ('{"data": [{"cmdCode": "TOTAL"}]}', "has no reporterCode, period, flowCode, partnerCode"),
        (
            answer({"motCode": 1000}, {"freqCode": "M"}),
            "holds no annual total: 1 are parts of totals (partner2Code, customsCode or "
            "motCode is not 0, C00, 0); 1 are not annual (freqCode is not A); query it again",
        ),
        (answer({})[:-60], "is no whole JSON"),
        ("<html></html>", "is a web page or XML under the name of JSON"),
    ],
)
def test_what_is_refused(reason: Callable, text: str, sentence: str) -> None:
    assert sentence in reason(NAME, text)
