"""SDMX-CSV of the OECD: which rows of the digital STRI become values, and what is refused."""

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.contract.cells import SCHEMA, complete
from warehouse.contract.errors import Rejected
from warehouse.contract.source import SourceFile
from warehouse.sources import sources

NAME = "oecd/2025-02/stri.csv"
CODES = "REF_AREA,MEASURE,ACTIVITY,METHODOLOGY,STRI_TYPE,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE"

CODES_AND_STATUS = [*CODES.replace("ACTIVITY,", "").split(","), "OBS_STATUS"]


def rows(*observations: str, head: str = CODES) -> str:
    return "\n".join([head, *observations]) + "\n"


def values(cells: list[dict]) -> list[tuple]:
    keys = ("area_key", "indicator_key", "unit_key", "period_label", "text")
    return [tuple(cell[key] for key in keys) for cell in cells if cell["role"] == "value"]


def test_codes_only(read_one: Callable, warehouse) -> None:
    cells = read_one(
        NAME,
        rows(
            "CHN,STRI,DIG,M1,T1,IX,2014,0.3450",
            "CHN,CLAS1_6,DIG,M1,T1,IX,2014,0.120",
            "CHN,STRI,DIG,M1,T1,IX,2015,",
            "AUS,STRI,DIG,M1,T1,IX,2014,0.061",
            "OECD,STRI,DIG,M1,T1,IX,2014,0.1",
        ),
    )
    assert values(cells) == [
        ("chn", "stri", "ix", "2014", "0.3450"),
        ("chn", "clas1_6", "ix", "2014", "0.120"),
        ("chn", "stri", "ix", "2015", None),
        ("aus", "stri", "ix", "2014", "0.061"),
        ("oecd", "stri", "ix", "2014", "0.1"),
    ]
    assert warehouse.files()[NAME] == ("taken", None)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        # csvfilewithlabels: a label column "Measure" is not the code column MEASURE
        (
            "STRUCTURE,STRUCTURE_ID,ACTION,OBS_VALUE,Observation value,TIME_PERIOD,Time period,"
            "Measure,MEASURE,Reference area,REF_AREA,UNIT_MEASURE,OBS_STATUS",
            "DATAFLOW,OECD.TAD.TPD:DSD_STRI@DF_STRI_DIGITAL(1.0),I,0.35,,2022,,"
            'Restrictiveness index,STRI,"China (People\'s Republic of)",CHN,IX,E',
        ),
        # SDMX-CSV with codes and labels in one cell
        (
            "DATAFLOW,REF_AREA: Reference area,MEASURE: Measure,UNIT_MEASURE: Unit,"
            "TIME_PERIOD: Time period,OBS_VALUE,OBS_STATUS: Status",
            'OECD.TAD.TPD:DSD_STRI@DF_STRI_DIGITAL(1.0),"CHN: China, mainland",STRI: Index,'
            "IX: Index,2022,0.35,E: Estimated value",
        ),
    ],
)
def test_columns_in_any_order_with_labels(read_one: Callable, head: str, row: str) -> None:
    cells = read_one(NAME, "\ufeff" + rows(row, head=head))
    assert values(cells) == [("chn", "stri", "ix", "2022", "0.35")]
    [value] = [cell for cell in cells if cell["role"] == "value"]
    assert value["obs_status"] == "E"


TWO_METHODS = rows(
    "CHN,STRI,DIG,M2014,T1,IX,2014,0.30",
    "CHN,STRI,DIG,M2014,T1,IX,2015,0.31",
    "CHN,STRI,DIG,M2014,T1,IX,2016,0.32",
    "CHN,STRI,DIG,M2025,T1,IX,2015,0.41",
    "CHN,STRI,DIG,M2025,T1,IX,2016,0.42",
    "CHN,STRI,DIG,M2025,T1,IX,2017,",
    "CHN,STRI,DIG,M2025,T1,IX,2024,0.43",
    "AUS,STRI,DIG,M2025,T1,IX,2024,0.05",
)


def test_methodologies_are_never_mixed(read_one: Callable, warehouse) -> None:
    """China has three known years of each: the newer code; a blank year does not count."""
    cells = read_one(NAME, TWO_METHODS)
    assert [value[-2:] for value in values(cells)] == [
        ("2015", "0.41"),
        ("2016", "0.42"),
        ("2017", None),
        ("2024", "0.43"),
        ("2024", "0.05"),
    ]
    assert (
        "there are 2 series by METHODOLOGY and STRI_TYPE: M2014 T1 (3 values), M2025 T1 (3 values); "
        "only M2025 T1 is taken, for they are not comparable; to take another write "
        "`dimensions: {METHODOLOGY: 'M2014'}` under `files: stri.csv:` in _edition.yml"
    ) in warehouse.files()[NAME][1]


def test_without_china_the_methodology_of_most_values_is_taken(read_one: Callable) -> None:
    text = rows(
        "AUS,STRI,DIG,M1,T1,IX,2014,0.1",
        "KOR,STRI,DIG,M1,T1,IX,2014,0.2",
        "KOR,STRI,DIG,M2,T1,IX,2014,0.3",
    )
    taken = [(area, text) for area, *_, text in values(read_one(NAME, text))]
    assert taken == [("aus", "0.1"), ("kor", "0.2")]


def test_a_declaration_chooses(read_one: Callable, warehouse) -> None:
    declaration = "published_on: 2025-02-01\nfiles:\n  stri.csv: {dimensions: {METHODOLOGY: M2014}}"
    cells = read_one(NAME, TWO_METHODS, declaration)
    assert [value[-1] for value in values(cells)] == ["0.30", "0.31", "0.32"]
    assert warehouse.files()[NAME] == ("taken", None)


def test_a_series_without_a_methodology_can_be_chosen(read_one: Callable) -> None:
    declaration = "published_on: 2025-02-01\nfiles:\n  stri.csv: {dimensions: {METHODOLOGY: ''}}"
    text = rows("CHN,STRI,DIG,,T1,IX,2014,0.1", "CHN,STRI,DIG,M2,T1,IX,2014,0.2")
    assert [value[-1] for value in values(read_one(NAME, text, declaration))] == ["0.1"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("NoRecordsFound", "holds no table: expected a heading row with REF_AREA, MEASURE"),
        ("<!DOCTYPE html><html>429</html>", "is a web page"),
        (rows("CHN,STRI,DIG,M1,T1,IX,2014-Q1,0.1"), "holds no annual row of an economy: query"),
        (
            rows("CHN,STRI,DIG,M1,T1,IX,2014,0.1", "CHN,STRI,DIG,M1,T1,IX,20"),
            "row 3 has 7 of 8 cells, the file is cut short: download it again",
        ),
        (
            rows("CHN,STRI,CS,M1,T1,IX,2014,0.1", "CHN,STRI,TC,M1,T1,IX,2014,0.2"),
            "has two rows of CHN STRI 2014 (rows 2 and 3) that differ in ACTIVITY: write "
            "`dimensions: {ACTIVITY: CS}` under `files: stri.csv:` in _edition.yml",
        ),
        (
            rows(
                "OECD.TAD.TPD:DSD_STRI@DF_STRI_DIGITAL_HETERO(1.0),CHN,STRI,2014,0.1",
                head="DATAFLOW,REF_AREA,MEASURE,TIME_PERIOD,OBS_VALUE",
            ),
            "is the dataflow DF_STRI_DIGITAL_HETERO, of which nothing is used: "
            "query DSD_STRI@DF_STRI_DIGITAL",
        ),
    ],
)
def test_what_is_refused(reason: Callable, text: str, sentence: str) -> None:
    assert sentence in reason(NAME, text)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("METHODOLOGY: M9", "there is M2014, M2025: mend it"),
        ("COLOUR: red", "there is no such column: mend it"),
    ],
)
def test_a_declared_code_that_is_not_there(reason: Callable, wanted: str, sentence: str) -> None:
    declaration = f"published_on: 2025-02-01\nfiles:\n  stri.csv: {{dimensions: {{{wanted}}}}}"
    assert sentence in reason(NAME, TWO_METHODS, declaration)


ROWS = st.fixed_dictionaries(
    {
        "REF_AREA": st.sampled_from(["CHN", "CHN", "AUS", ""]),
        "MEASURE": st.sampled_from(["STRI", "STRI", "CLAS1_6", ""]),
        "METHODOLOGY": st.sampled_from(["M1", "M2", ""]),
        "STRI_TYPE": st.sampled_from(["T1", "T2"]),
        "UNIT_MEASURE": st.just("IX"),
        "TIME_PERIOD": st.sampled_from([*map(str, range(2014, 2022)), "2014-Q1", ""]),
        "OBS_VALUE": st.sampled_from(["0.1", "0.2", ""]),
        "OBS_STATUS": st.sampled_from(["A", "E", "D", ""]),
    }
)


@pytest.mark.slow
@given(observations=st.lists(ROWS, max_size=8), columns=st.permutations(CODES_AND_STATUS))
@settings(max_examples=200, deadline=None)
def test_whatever_the_rows_one_methodology_is_taken(
    observations: list[dict], columns: list[str]
) -> None:
    stream = io.StringIO(newline="")
    table = csv.DictWriter(stream, columns)
    table.writeheader()
    table.writerows(observations)
    try:
        reading = sources()["oecd"].read(SourceFile("a.csv", stream.getvalue().encode()))
    except Rejected:
        return
    found = complete(reading.cells, {"source_id": "oecd"})
    assert found.cast(SCHEMA).schema.equals(SCHEMA)
    cells = found.to_pylist()
    taken = [observations[c["row_number"] - 2] for c in cells if c["role"] == "value"]
    assert all(row["REF_AREA"] for row in taken)
    assert len({(row["METHODOLOGY"], row["STRI_TYPE"]) for row in taken}) == 1
    # Nothing is lost: every printed value is in raw, taken or not
    printed = sorted(row["OBS_VALUE"] for row in observations if row["OBS_VALUE"])
    values = {c["cell"]: c for c in cells if c["column_number"] == columns.index("OBS_VALUE") + 1}
    del values[next(c["cell"] for c in cells if c["text"] == "OBS_VALUE")]
    assert sorted(c["text"] for c in values.values() if c["text"]) == printed
