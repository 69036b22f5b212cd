"""Bad input: each file is refused in one sentence that says what to do, and stops no other."""

import io
from collections.abc import Callable

import msoffcrypto
import pytest

from test_readers import CUSTOMS, io_table, old_workbook, workbook

COMPILED = (
    "published_on: 2025-03-31\nfiles: {{a.csv: {{{area}, year_column: 年份, columns: "
    "{{GDP: {{indicator: 地区生产总值, unit: 亿元}}, 人口: {{indicator: 人口}}}}}}}}\n"
)


def encrypted(password: str) -> bytes:
    plain, wrapped = io.BytesIO(workbook([["地区", "2022年"], ["北京", 1]])), io.BytesIO()
    msoffcrypto.OfficeFile(plain).encrypt(password, wrapped)
    return wrapped.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"%PDF-1.4", "is a .pdf; only .csv, .xls"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xff\xff\x81", "neither UTF-8 nor GB18030"),
        ("a.csv", "指标：x\n地区,2022年\n北京,\"1\n".encode(), "closing quotation mark"),
        ("a.csv", "指标,说明\n".encode(), "names no single year"),
        ("a.csv", "第一行\n第二行\n".encode(), "holds no table: expected a heading row"),
        ("a.csv", "指标：x\n地区,2022年\n".encode(), "not a single row of values"),
        ("a.csv", workbook([["地区"]]), "is a workbook under the name of a .csv"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "is a web page"),
        ("a.xls", "地区,2022年\n".encode(), "is not a workbook although"),
        ("a.xlsx", workbook([["地区", "2022年"]])[:2000], "damaged or cut short"),
        ("a.xls", old_workbook([["地区", "2022年"]] * 400)[:9000], "damaged or cut short"),
        ("a.xlsx", encrypted("secret"), "protected by a password"),
        ("a.xlsx", workbook([[]]), "holds no table"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table(
    reason: Callable, name: str, content: bytes, sentence: str
) -> None:
    assert sentence in reason(f"nbs_portal/2024/{name}", content)


def test_an_old_workbook_with_gaps_of_zeros(reason: Callable) -> None:
    """Such a file (a download that was cut) sends the reader of workbooks into an endless loop."""
    whole = old_workbook([[f"地区{n}" * 9, n] for n in range(3000)])
    tail = len(whole) - 3000
    gaps = whole[:tail] + bytes(3000)
    assert "damaged or cut short" in reason("nbs_portal/2024/a.xls", gaps)


def test_excels_own_password_is_no_obstacle(read_one: Callable) -> None:
    edition = "published_on: 2024-01-31\nfiles: {a.xlsx: {indicator: 人口}}\n"
    cells = read_one("nbs_portal/2024/a.xlsx", encrypted("VelvetSweatshop"), edition)
    assert [cell["text"] for cell in cells if cell["role"] == "value"] == ["1"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("地区,2022年\n北京,1\n", "names no indicator.*write `indicator: ...`"),
        ("指标,2022年\n人口(人),1\n", "names no province.*write `area: ...`"),
        ("时间：最近10年\n地区,人口(人)\n北京,1\n", "names no single year.*write `year: YYYY`"),
    ],
)
def test_a_portal_export_that_lacks_a_dimension(
    reason: Callable, text: str, sentence: str
) -> None:
    import re

    said = reason("nbs_portal/2024/a.csv", text)
    assert re.search(sentence, said)
    assert "`files: a.csv:` in _edition.yml" in said


def test_a_yearbook_table_without_a_year(reason: Callable) -> None:
    rows = [["1-4 各地区人员"], ["地区", "合计"], ["北京", 1]]
    said = reason("tech_yearbook/2014/a.xlsx", workbook(rows))
    assert "Sheet1" in said
    assert "names no year: write `year: YYYY`" in said


@pytest.mark.parametrize(
    ("name", "rows", "sentence"),
    [
        ("b.xlsx", io_table("投入产出表"), "names no area"),
        ("1北京.xlsx", io_table("投入产出表"), "names no year"),
        ("1北京.xlsx", io_table("北京2017年投入产出表")[:5], "a flow table with sector codes"),
    ],
)
def test_an_input_output_table_that_lacks_something(
    reason: Callable, name: str, rows: list, sentence: str
) -> None:
    assert sentence in reason(f"io_tables/2021/{name}", workbook(rows))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("2022.csv", CUSTOMS, "exports or imports: write 出口 or 进口 into its name"),
        ("出口.csv", CUSTOMS.replace("美元", "金额"), "has no column 美元 or 人民币"),
        ("出口.csv", CUSTOMS.replace("注册地名称", "名称"), "has no column 注册地名称"),
        ("出口.csv", "a,b\n1,2\n", "holds no heading row with 数据年月"),
        ("出口.xlsx", "x", "loses the leading zeros"),
    ],
)
def test_a_customs_query_that_lacks_something(
    reason: Callable, name: str, text: str, sentence: str
) -> None:
    assert sentence in reason(f"customs/2023/{name}", text)


def test_a_compilation_without_declaration(reason: Callable) -> None:
    said = reason("compiled/2024/a.csv", "年份,省份,GDP\n2020,北京,1\n")
    assert "write year_column, columns, area_column" in said


@pytest.mark.parametrize(
    ("area", "text", "sentence"),
    [
        ("area_column: 省份", "年份,地区,GDP,人口\n2020,北京,1,2\n", "no heading row with `年份` and `省份`"),
        ("area_column: 省份", "年份,省份,总值\n2020,北京,1\n", "`GDP` is declared but is not in its"),
        ("area_order: gb2260", "年份,GDP\n2020,1\n2020,2\n", "2020 has 2 rows and not 31"),
        ("sheet: 一, area: 全国", "年份,GDP\n2020,1\n", "has no sheet 一, for it is no workbook"),
    ],
)  # fmt: skip
def test_a_compilation_that_is_not_as_declared(
    reason: Callable, area: str, text: str, sentence: str
) -> None:
    assert sentence in reason("compiled/2024/a.csv", text, COMPILED.format(area=area))


def test_one_missing_column_does_not_lose_the_others(warehouse) -> None:
    text = "年份,省份,GDP,GDP \n2020,北京,1,2\n2021,,3,4\n"
    text = text.replace("GDP \n", "人\u3000口\n") + "2022,上海,5,6\n"
    declaration = COMPILED.format(area="area_column: 省份").replace("人口: {", "人数: {")
    warehouse.land("compiled/2024/a.csv", text, declaration)
    warehouse.refresh()
    role, reason = warehouse.files()["compiled/2024/a.csv"]
    assert role == "taken"
    assert "column `人数` is declared but is not in its heading row" in reason
    assert "1 rows have a year but no area in `省份` (the first is row 3)" in reason
    assert [cell["text"] for cell in warehouse.cells("compiled")] == ["1", "5"]
