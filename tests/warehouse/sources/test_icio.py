"""Inter-country tables of every look: one matrix whatever the marks, and a sentence if one lacks."""

import io
import zipfile

import numpy as np
import openpyxl
import pytest

from warehouse.contract.editions import FileDeclaration
from warehouse.contract.errors import Rejected
from warehouse.contract.source import SourceFile
from warehouse.formats.ole import OLE
from warehouse.sources.icio import raw
from warehouse.sources.icio.industries import sets
from warehouse.sources.icio.matrix import matrices
from warehouse.sources.icio.reader import read

COUNTRIES, CODES = ("AUS", "CHN"), ("A01", "C26")
FLOWS = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]
FINAL = [[90, 80, 7, 6], [70, -5, 4, 3], [2, 1, 90, 80], [2, 1, 70, 60]]
LABELS = [f"{country}_{code}" for country in COUNTRIES for code in CODES]
OUTPUT = [sum(flows) + sum(final) for flows, final in zip(FLOWS, FINAL)]
INPUTS = [sum(column) for column in zip(*FLOWS)]
ADDED = [output - inputs for output, inputs in zip(OUTPUT, INPUTS)]


def by_country(labels=LABELS, kinds=("HFCE", "INVNT"), first="V1", taxes=True):
    """The OECD's look since 2018: final demand by country, totals of it at the end."""
    final = [f"{country}_{kind}" for country in COUNTRIES for kind in kinds]
    rows = [[first, *labels, *final, "OUT"]]
    rows += [[label, *a, *b, c] for label, a, b, c in zip(labels, FLOWS, FINAL, OUTPUT)]
    rows += [["TLS", *([1] * 4), *([""] * 5)]] if taxes else []
    rows += [["VA", *[value - taxes for value in ADDED], *([""] * 5)]]
    return [*rows, ["OUT", *OUTPUT, *([""] * 5)]]


def by_kind():
    """The OECD's look of 2016: all countries of one kind of final demand beside each other."""
    names = [f"{kind}_{country}" for kind in ("HFCE", "INV") for country in COUNTRIES]
    rows = [["", *LABELS, *names, "DISC"]]
    rows += [[x, *a, b[0], b[2], b[1], b[3], 0] for x, a, b in zip(LABELS, FLOWS, FINAL)]
    return [*rows, ["VA+TAXSUB", *ADDED, *([""] * 5)], ["OUT", *OUTPUT, *([""] * 5)]]


def numbered():
    """The look of WIOD's release of 2016: code and country in columns of their own."""
    side = ["IndustryCode", "IndustryDescription", "Country", "RNr", "Year"]
    rows = [[*side, "AUS1", "AUS2", "CHN1", "CHN2", "AUS57", "AUS58", "CHN57", "CHN58", "TOT"]]
    for number, (flows, final, output) in enumerate(zip(FLOWS, FINAL, OUTPUT)):
        where, code = COUNTRIES[number // 2], CODES[number % 2]
        rows.append([code, "x, y", where, number % 2 + 1, 2007, *flows, *final, output])
    totals = {"II_fob": INPUTS, "TXSP": [1] * 4, "VA": [v - 1 for v in ADDED], "GO": OUTPUT}
    for number, (name, values) in enumerate(totals.items(), start=65):
        rows.append([name, name, "TOT", number, 2007, *values, *([""] * 5)])
    return rows


def own():
    """A table of one's own: another mark between country and code, a column a country."""
    labels = [label.replace("_", ".") for label in LABELS]
    rows = [["", *labels, *COUNTRIES]]
    return rows + [[x, *a, b[0] + b[1], b[2] + b[3]] for x, a, b in zip(labels, FLOWS, FINAL)]


def country_last():
    """A table of one's own that names the industry before the country."""
    labels = [f"{code}_{country}" for country in COUNTRIES for code in CODES]
    heading, *rows = own()
    return [["", *labels, *heading[5:]], *([x, *row[1:]] for x, row in zip(labels, rows))]


def over_lines(above, side, totals, merged=False):
    """A heading in several lines: the country over the industry, and their columns at the side."""
    countries = [country for country in COUNTRIES for _ in CODES]
    if merged:
        countries = ["AUS", "", "CHN", ""]
    code_line = ["Code", "", *CODES * 2, "F1", "F5", "F1", "F5", totals[-1]]
    rows = [*above, ["Country", "", *countries, *countries, ""], code_line]
    for number, (flows, final, output) in enumerate(zip(FLOWS, FINAL, OUTPUT)):
        rows.append([*side(countries[number], CODES[number % 2]), *flows, *final, output])
    ends = zip(totals, (INPUTS, [1] * 4, [value - 1 for value in ADDED], OUTPUT))
    return [*rows, *(["", name, *values, *([""] * 5)] for name, values in ends)]


WORDS = (
    "Total intermediate consumption",
    "taxes less subsidies on products",
    "Value added at basic prices",
    "Output at basic prices",
)
TITLES = [["A table of two economies"], [], ["", "", *["Farms", "Computers, and the like"] * 2]]


def text(rows, end="\n", mark=","):
    def cell(value):
        return f'"{value}"' if mark in str(value) else str(value)

    return end.join(mark.join(map(cell, row)) for row in rows).encode()


LOOKS = {
    "2016": (by_kind(), "ICIO2016_2007.csv"),
    "2018": (by_country(kinds=("HFCE", "P33"), first=""), "ICIO2018_2007.CSV"),
    "2023": (by_country(), "2007_SML.csv"),
    "wiod 2016": (numbered(), "WIOT2007_October16_ROW.csv"),
    "own": (own(), "2007.csv"),
    "country last": (country_last(), "2007.csv"),
    "wiod 2013": (over_lines(TITLES, lambda c, i: (i, c), WORDS), "wiot2007_row_apr12.csv"),
    "adb": (over_lines([], lambda c, i: (c, i), (*WORDS[:3], "Total")), "ADB-MRIO-2007.csv"),
    "merged": (over_lines([], lambda c, i: (c, i), WORDS, merged=True), "2007.csv"),
}


@pytest.mark.parametrize(("rows", "name"), LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_look_is_the_same_matrix(rows, name, end):
    [matrix] = matrices(name, text(rows, end))
    assert np.array_equal(matrix.intermediate, FLOWS)
    assert np.array_equal(matrix.final, [[a + b, c + d] for a, b, c, d in FINAL])
    assert (matrix.layout.countries, matrix.year) == (COUNTRIES, 2007)
    assert matrix.layout.industries == CODES * 2
    assert matrix.remarks() == ()


@pytest.mark.parametrize(("rows", "name"), LOOKS.values(), ids=LOOKS)
def test_what_is_kept_of_a_table_is_the_same_matrix(rows, name, tmp_path):
    [matrix] = matrices(name, text(rows), with_texts=True)
    raw.write([matrix], tmp_path / "raw.parquet")
    [kept] = raw.read(tmp_path / "raw.parquet")
    assert kept.layout == matrix.layout and kept.header == matrix.header
    assert np.array_equal(kept.intermediate, FLOWS)


def test_a_heading_over_lines_leaves_every_cell_its_address():
    rows = over_lines(TITLES, lambda country, code: (code, country), WORDS)
    rows[-5][4] = "n.a."
    with pytest.raises(Rejected, match=r"has in E9 \(C26 CHN → CHN_A01\) no number: it holds `n.a"):
        list(matrices("2007.csv", text(rows)))


def test_a_row_of_totals_in_unknown_words_is_named_and_not_guessed():
    rows = over_lines(TITLES, lambda country, code: (code, country), WORDS)
    rows.insert(-2, ["TOT", "Compensation of employees", *ADDED, *([""] * 5)])
    with pytest.raises(Rejected, match="has in A12 a row `TOT Compensation of employees` that is"):
        list(matrices("2007.csv", text(rows)))


def test_rows_and_columns_in_another_order_are_found_by_their_labels():
    rows = by_country()
    order = [0, 3, 1, 4, 2, *range(5, 10)]
    shuffled = [rows[0], rows[2], rows[4], rows[1], rows[3], *rows[5:]]
    [matrix] = matrices("2007.csv", text([[row[n] for n in order] for row in shuffled]))
    label = [matrix.header[column] for column in matrix.layout.columns]
    place = [LABELS.index(name) for name in label]
    assert np.array_equal(matrix.intermediate, np.array(FLOWS)[np.ix_(place, place)])


def test_parts_of_a_country_stay_rows_of_one_country():
    labels = ["AUS_A01", "CHN_A01", "CN1_A01", "CN2_A01"]
    [matrix] = matrices("2007.csv", text(by_country(labels)))
    assert matrix.layout.countries == COUNTRIES
    assert list(matrix.home) == [0, 1, 1, 1]
    assert matrix.layout.parts == ("AUS", "CHN", "CN1", "CN2")


def test_an_archive_has_one_table_a_file_and_other_marks_are_read():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("deep/2008_SML.csv", "﻿".encode() + text(by_country()))
        archive.writestr("2007_SML.csv", text(by_country()))
        archive.writestr("ReadMe.txt", "not a table")
    assert [matrix.year for matrix in matrices("any.zip", stream.getvalue())] == [2007, 2008]
    half = [[str(v).replace(".", ",") for v in row] for row in by_country()]
    half[1][1] = "1,0"
    [matrix] = matrices("x.csv", text(half, mark=";"))
    assert np.array_equal(matrix.intermediate, FLOWS) and matrix.year is None


def test_raw_keeps_what_was_printed_where_it_stood():
    rows = by_country()
    rows[2][3] = " 7.10 "
    [matrix] = matrices("2007.csv", text(rows), with_texts=True)
    kept = raw.rows(matrix).to_pylist()
    assert len(kept) == len(rows)
    assert kept[2]["row_number"] == 3 and kept[2]["labels"] == ["AUS_C26"]
    assert kept[2]["texts"][2] == " 7.10 " and kept[0]["texts"][2] == "CHN_A01"
    assert matrix.intermediate[1, 2] == 7.1


@pytest.mark.parametrize(
    ("row", "column", "value", "sentence"),
    [
        (2, 3, "n.a.", "has in D3 (AUS_C26 → CHN_A01) no number: it holds `n.a.`; write the flow"),
        (4, 6, "", "has in G5 (CHN_C26 → AUS_INVNT) no number: it is blank"),
        (3, 0, "CHN_A02", "has in A4 a row `CHN_A02` that is no column"),
        (0, 3, "CHN_A02", "has in A4 a row `CHN_A01` that is no column"),
        (0, 4, "CHN_A01", "has two columns `CHN_A01`"),
        (4, 0, "CHN_A01", "has two rows `CHN_A01`"),
        (0, 5, "NZL_HFCE", "has in F1 a column `NZL_HFCE` that is no row, nor final demand"),
        (0, 5, "AUS_GGFC", "has no final demand `HFCE` of AUS, which it has of others"),
        (4, 0, "", "has numbers without a label in row 5"),
        (2, 2, "500", "prints output (row) that differs from the sum of its cells by"),
        (0, 1, "AUS", "has in A2 a row `AUS_A01` that is no column"),
        (0, 9, "Sum", "has in J1 a column `Sum` that is no row, nor final demand of a country"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_its_cell(row, column, value, sentence):
    rows = by_country()
    rows[row][column] = value
    with pytest.raises(Rejected) as refusal:
        list(matrices("2007.csv", text(rows)))
    assert str(refusal.value).startswith(sentence)


def test_a_missing_row_or_column_is_named():
    rows = by_country()
    with pytest.raises(Rejected, match="E1 a column `CHN_C26` that is no row"):
        list(matrices("2007.csv", text([*rows[:4], *rows[5:]])))
    without = [[*row[:4], *row[5:]] for row in rows]
    with pytest.raises(Rejected, match="A5 a row `CHN_C26` that is no column"):
        list(matrices("2007.csv", text(without)))
    longer = [*rows[:2], [*rows[2], 5], *rows[3:]]
    with pytest.raises(Rejected, match="has 11 cells in row 3 and 10 in its heading"):
        list(matrices("2007.csv", text(longer)))


def test_odd_things_are_remarks_and_stop_nothing():
    rows = by_country(taxes=False)
    rows[1][2] = -2
    for printed in (rows[1][-1:], rows[-1][1:2]):
        assert printed == [OUTPUT[0]]
    rows[1][-1] = rows[-1][1] = OUTPUT[0] - 4
    rows[-2][1], rows[-2][2] = ADDED[0] - 4, ADDED[1] + 4
    [matrix] = matrices("2007.csv", text(rows))
    assert matrix.remarks() == (
        "1 intermediate flows are negative, the first in C2 (AUS_A01 → AUS_C26)",
    )


def test_more_inputs_than_output_is_a_remark():
    rows = own()
    rows[1][2] = 500
    [matrix] = matrices("2007.csv", text(rows))
    assert matrix.remarks() == (
        "1 industries have inputs above their output, and value added below 0, the first in "
        "column AUS.C26",
    )


def test_more_taken_from_stocks_than_is_used_is_a_remark():
    rows = own()
    rows[2][5] = -500
    [matrix] = matrices("2007.csv", text(rows))
    assert matrix.remarks() == (
        "1 industries have an output below 0, for more is taken from stocks than anybody uses, the "
        "first in column AUS.C26",
    )


def test_codes_of_a_publisher_are_economies_and_others_are_refused_where_they_land():
    """A table of anybody's regions is measured by itself, and in a home would be of nobody."""

    def named(code):
        rows = [[str(cell).replace("AUS", code) for cell in row] for row in by_country()]
        return SourceFile("2007.csv", text(rows), FileDeclaration())

    [matrix] = matrices("2007.csv", named("PRC").data)
    assert matrix.layout.countries == ("CHN",)  # and CHN_A01 is another part of it
    assert read(named("GER")).cells.num_rows == len(by_country())
    with pytest.raises(Rejected, match="has rows of `ZZZ`, which is the code of no economy"):
        read(named("ZZZ"))
    [own] = matrices("2007.csv", named("ZZZ").data)
    assert own.layout.countries == ("ZZZ", "CHN")


def test_blanks_around_the_mark_are_no_part_of_a_name():
    spaced = [[str(cell).replace("_", " - ") for cell in row] for row in by_country()]
    [matrix] = matrices("2007.csv", text(spaced))
    assert np.array_equal(matrix.final, [[a + b, c + d] for a, b, c, d in FINAL])


def test_a_workbook_is_no_text(tmp_path):
    file = tmp_path / "2007.xlsx"
    openpyxl.Workbook().save(file)
    for data in (file.read_bytes(), OLE):
        with pytest.raises(Rejected, match="is a workbook: save the sheet"):
            list(matrices("2007.xlsx", data))


def test_buyers_down_and_sellers_across_are_told():
    across = [list(column) for column in zip(*by_country())]
    with pytest.raises(Rejected, match=r"`AUS_HFCE` that is no column.*transpose the table"):
        list(matrices("2007.csv", text(across)))


def test_what_a_table_counts_in_is_declared_in_words_that_are_known():
    def reading(unit):
        return read(SourceFile("2007.csv", text(own()), FileDeclaration(unit=unit))).cells

    assert {*reading("thousand")["unit"].to_pylist()} == {"thousand"}
    assert {*reading(None)["unit"].to_pylist()} == {"million"}
    with pytest.raises(Rejected) as refusal:
        reading("百万美元")
    assert str(refusal.value) == (
        "is declared to count in `百万美元`: write thousand, million, billion (of US dollars) as "
        "`unit` under `files: 2007.csv:` in _edition.yml"
    )


def test_no_table_and_no_archive():
    for data, sentence in (
        (b"", "is no table"),
        (b"a,b\n1,2\n", "has in A2 a row `1`|has no row with the label of a column"),
        (b"PK\x03\x04broken", "is a damaged zip archive"),
    ):
        with pytest.raises(Rejected, match=sentence):
            list(matrices("2007.csv", data))
    with pytest.raises(Rejected, match="several years in its name"):
        list(matrices("1999_2007.csv", text(by_country())))


def test_sets_are_those_that_a_classification_keeps_apart():
    assert sets(["C26", "J58T60", "J61", "J62_63", "K"]) == {
        "ict_goods": [True, False, False, False, False],
        "ict_services": [False, False, True, True, False],
        "information": [False, True, True, True, False],
        "digitally_deliverable": [False, True, True, True, True],
        "digital": [True, False, True, True, False],
        "manufacturing": [True, False, False, False, False],
    }
    assert sets(["AtB", "30t33", "64", "71t74"]) == {
        "ict_services": [False, False, True, False],
        "digital": [False, False, True, False],
        "manufacturing": [False, True, False, False],
    }
    of_2016 = sets(["C01T05AGR", "C30.32.33CEQ", "C31ELQ", "C64PTL", "C72ITS"])
    assert of_2016["ict_goods"] == [False, True, False, False, False]
    assert of_2016["ict_services"] == [False, False, False, True, True]
    assert sets(["58T60", "61", "62T63", "10T12"])["ict_services"] == [False, True, True, False]
    assert sets(["A", "B"]) == {}
    numbered = sets([f"c{number}" for number in range(1, 36)])  # c14: 30t33, c27: 64
    assert numbered.keys() == {"ict_services", "digital", "manufacturing"}
    assert [n for n, is_of in enumerate(numbered["digital"], start=1) if is_of] == [27]
    assert [n for n, is_of in enumerate(numbered["manufacturing"], 1) if is_of] == [*range(3, 17)]
    assert sets(["c26"])["ict_goods"] == [True]  # ISIC 4 in small letters
