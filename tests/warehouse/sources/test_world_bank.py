"""The World Bank: values of economies in answers and downloads, missing ones, pages, errors."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.contract.cells import SCHEMA, complete
from warehouse.contract.errors import Rejected
from warehouse.contract.source import SourceFile
from warehouse.sources import sources

NAME = "world_bank/2024-07/BX.GSR.CCIS.ZS.json"
HEADER = {"page": 1, "pages": 1, "per_page": 50, "total": 3, "lastupdated": "2024-06-28"}


def observation(iso3: str, date: str, value: str, **others: object) -> str:
    """One observation as the service prints it; `value` is JSON text, digits and all."""
    said = {
        "indicator": {"id": "BX.GSR.CCIS.ZS", "value": "ICT service exports (% of exports, BoP)"},
        "country": {"id": {"CHN": "CN"}.get(iso3, "ZZ"), "value": f"Name of {iso3}"},
        "countryiso3code": iso3,
        "date": date,
        "unit": "",
        "obs_status": "",
        "decimal": 1,
    } | others
    return json.dumps(said)[:-1] + f', "value": {value}}}'


def answer(*observations: str, **header: object) -> str:
    return f"[{json.dumps(HEADER | header)}, [{', '.join(observations)}]]"


def test_values_of_economies_and_groups(read_one: Callable, warehouse) -> None:
    text = answer(
        observation("", "2022", "30.1", country={"id": "1A", "value": "Arab World"}),
        observation("HKG", "2022", "9.5"),
        observation("HKG", "2022M05", "9.6"),
        observation("CHN", "2022", "20.12345678901234567890"),
        observation("CHN", "2021", "1.90E1", obs_status="F"),
        observation("CHN", "2020", "null"),
        observation("CHN", "2020Q1", "5"),
    )
    cells = read_one(NAME, text)
    values = [cell for cell in cells if cell["role"] == "value"]
    keys = ("cell", "area_key", "indicator_key", "unit_key", "period_label", "text", "obs_status")
    assert [tuple(cell[key] for key in keys) for cell in values] == [
        ("[1][0].value", "1a", "bx.gsr.ccis.zs", "%", "2022", "30.1", None),
        ("[1][1].value", "hkg", "bx.gsr.ccis.zs", "%", "2022", "9.5", None),
        ("[1][3].value", "chn", "bx.gsr.ccis.zs", "%", "2022", "20.12345678901234567890", None),
        ("[1][4].value", "chn", "bx.gsr.ccis.zs", "%", "2021", "1.90E1", "E"),
        ("[1][5].value", "chn", "bx.gsr.ccis.zs", "%", "2020", None, None),
    ]
    by_place = {cell["cell"]: cell for cell in cells}
    assert by_place["[1][2].value"]["role"] == "unused"
    assert by_place["[0].lastupdated"]["text"] == "2024-06-28"
    assert warehouse.files()[NAME][1] == "2 rows are not of a year: not taken"


@pytest.mark.parametrize(
    ("name", "declared", "unit"),
    [
        ("GDP (current LCU)", None, "currentlcu"),
        ("Population, total", None, "number"),
        ("Employment in industry (% of total employment) (modeled ILO estimate)", None, "%"),
        ("Fixed broadband subscriptions", "户", "户"),
    ],
)
def test_the_unit_of_an_indicator(
    read_one: Callable, name: str, declared: str | None, unit: str | None
) -> None:
    declaration = "published_on: 2024-07-01\nfiles:\n  BX.GSR.CCIS.ZS.json: "
    declaration += f"{{unit: {declared}}}" if declared else "{}"
    text = answer(observation("CHN", "2022", "1", indicator={"id": "X", "value": name}))
    [value] = [cell for cell in read_one(NAME, text, declaration) if cell["role"] == "value"]
    assert value["unit_key"] == unit


def test_a_page_says_that_there_are_others(read_one: Callable, warehouse) -> None:
    read_one(NAME, answer(observation("CHN", "2022", "1"), page=2, pages=3))
    assert warehouse.files()[NAME][1].startswith("is page 2 of 3: land the other pages beside it")


API = (
    '"Data Source","World Development Indicators",\n\n"Last Updated Date","2023-07-25",\n\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2020","2021",\n'
    '"São Tomé","STP","ICT (% of service exports, BoP)","BX.GSR.CCIS.ZS","1","2",\n'
    '"China","CHN","ICT (% of service exports, BoP)","BX.GSR.CCIS.ZS","","21.50",\n'
)
DATABANK = (
    "Series Name,Series Code,Country Name,Country Code,2020 [YR2020],2021 [YR2021]\n"
    "ICT (%),BX.GSR.CCIS.ZS,China,CHN,,21.50\nICT (%),BX.GSR.CCIS.ZS,Chad,TCD,1,..\n\n\n"
    "Data from database: World Development Indicators\nLast Updated: 06/28/2024\n"
)


LONG = (
    "Country Name,Country Code,Time,Time Code,Series Name,Series Code,Value\n"
    "China,CHN,2020,YR2020,ICT (%),BX.GSR.CCIS.ZS,\n"
    "China,CHN,2021 [YR2021],YR2021,ICT (%),BX.GSR.CCIS.ZS,21.50\n"
    "Chad,TCD,2020,YR2020,ICT (%),BX.GSR.CCIS.ZS,1\nChad,TCD,2021,YR2021,ICT (%),BX.GSR.CCIS.ZS,..\n"
    ",,,,,,\nData from database: World Development Indicators,,,,,,\n"
)


SERIES_ACROSS = (
    "Time,Time Code,Country Name,Country Code,ICT (%) [BX.GSR.CCIS.ZS]\n"
    "2020,YR2020,China,CHN,\n2021,YR2021,China,CHN,21.50\n"
    "2020,YR2020,Chad,TCD,1\n2021,YR2021,Chad,TCD,..\n"
    "Data from database: World Development Indicators,,,,\n"
)
COUNTRIES_ACROSS = (
    "Series Name,Series Code,Time,Time Code,China [CHN],Chad [TCD]\n"
    "ICT (%),BX.GSR.CCIS.ZS,2020 [YR2020],YR2020,,1\n"
    "ICT (%),BX.GSR.CCIS.ZS,2021 [YR2021],YR2021,21.50,..\n"
)


@pytest.mark.parametrize("text", [API, DATABANK, LONG, SERIES_ACROSS, COUNTRIES_ACROSS])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_downloads_of_the_site(read_one: Callable, warehouse, text: str, encoding: str) -> None:
    name = NAME.replace("BX.GSR.CCIS.ZS.json", "API_BX.GSR.CCIS.ZS_DS2_en_csv_v2_1.csv")
    cells = read_one(name, text.encode(encoding))
    keys = ("area_key", "indicator_key", "unit_key", "period_label", "text")
    taken = [tuple(cell[key] for key in keys) for cell in cells if cell["role"] == "value"]
    assert {row for row in taken if row[0] == "chn"} == {
        ("chn", "bx.gsr.ccis.zs", "%", "2020", None),
        ("chn", "bx.gsr.ccis.zs", "%", "2021", "21.50"),
    }
    assert {row[0] for row in taken} <= {"chn", "stp", "tcd"}
    assert len(taken) == 4


def test_what_lies_beside_a_download(read_one: Callable, reason: Callable) -> None:
    notes = '"INDICATOR_CODE","SOURCE_NOTE"\n"BX.GSR.CCIS.ZS","Services are, among others, ..."\n'
    cells = read_one(NAME.replace("BX", "Metadata_Indicator_API_BX").replace("json", "csv"), notes)
    assert {cell["role"] for cell in cells} == {"note"}
    countries = "Country Code,Region,IncomeGroup\nCHN,East Asia,Upper middle income\n"
    name = NAME.replace("BX", "Metadata_Country_API_BX").replace("json", "csv")
    assert "the list of countries beside an API_ file is not needed" in reason(name, countries)


WHOLE = answer(observation("CHN", "2022", "1.5"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[{"message": [{"id": "120", "key": "Invalid value", "value": "No such indicator"}]}]',
            "is an error of the service (Invalid value: No such indicator): mend the query",
        ),
        ('[{"page": 0, "pages": 0, "total": 0}, null]', "holds no observation: mend the codes"),
        ('{"count": 0, "data": []}', "is JSON, but not as expected: the answer of api v2"),
        ("[1, 2, 3]", "is JSON, but not as expected"),
        (answer(observation("USA", "2022Q1", "1")), "holds no annual row: query it again by year"),
        ('[{"page": 1}, [{"date": "2022"}]]', "has no indicator and country and value in [1][0]"),
        ('[{"page": 1}, [7]]', "has no indicator and country and date and value in [1][0]"),
        (WHOLE[:-20], "is no whole JSON (line 1, column"),
        (answer(observation("CHN", "2022", "NaN")), "holds NaN, which is no number in JSON"),
        ('<?xml version="1.0"?><wb:data/>', "is a web page or XML under the name of JSON"),
        ("Too many requests", 'is no JSON, it begins with "Too many requests"'),
        (" \n", "is empty: download it again"),
        (b"\x1f\x8b\x08", "is compressed with gzip: unpack it"),
        (b'[{"a": "\xff"}]', "is no UTF-8 text (byte 9)"),
        ("[" * 100_000, "is nested too deeply"),
    ],
)
def test_what_is_refused(reason: Callable, text: str | bytes, sentence: str) -> None:
    assert sentence in reason(NAME, text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["CHN", "2022", "156", "TOTAL"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "page",
                    "pages",
                    "indicator",
                    "country",
                    "countryiso3code",
                    "date",
                    "value",
                    "id",
                    "message",
                    "data",
                    "count",
                    "error",
                    "reporterCode",
                    "period",
                    "primaryValue",
                ]
            ),
            inner,
            max_size=8,
        )
    ),
    max_leaves=30,
)


@pytest.mark.slow
@pytest.mark.parametrize("source_id", ["world_bank", "un_comtrade"])
@given(content=JSON | st.tuples(st.just(HEADER), st.lists(JSON)) | st.builds(dict, data=JSON))
@settings(max_examples=200, deadline=None)
def test_no_json_breaks_a_reader(source_id: str, content: object) -> None:
    """Whatever the answer, a reader gives cells that fit the schema or says why it does not."""
    file = SourceFile("a.json", json.dumps(content).encode())
    try:
        reading = sources()[source_id].read(file)
    except Rejected:
        return
    assert complete(reading.cells, {"source_id": source_id}).cast(SCHEMA).schema.equals(SCHEMA)
