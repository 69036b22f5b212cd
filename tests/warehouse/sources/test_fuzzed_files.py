"""Two thousand damaged files: a reader gives cells or says why not, in bounded time and memory.

Bytes are flipped, cut, zeroed, doubled and deleted in valid files of every kind; cells of valid
tables are exchanged for others. The cases are the same in every run.
"""

import csv
import io
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import openpyxl
import pyarrow as pa
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.contract import trade_rows
from warehouse.contract.cells import complete
from warehouse.contract.editions import ColumnDeclaration, FileDeclaration
from warehouse.contract.errors import Rejected
from warehouse.contract.source import SourceFile
from warehouse.sources import sources

pytestmark = pytest.mark.slow

PROVINCES = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江"]
Grid = list[list[str]]


def numbers(count: int, *seeds: int) -> list[str]:
    return [f"{(37 * sum(seeds) + 11 * n) % 9973 + 0.25}" for n in range(count)]


def portal() -> Grid:
    years = [f"{year}年" for year in range(2022, 2012, -1)]
    rows = [[name, *numbers(10, n)] for n, name in enumerate(PROVINCES)]
    return [
        ["数据库：分省年度数据"],
        ["指标：地区生产总值(亿元)"],
        ["地区", *years],
        *rows,
        ["注：现价。"],
    ]


def yearbook() -> Grid:
    rows = [[name, f"P{n}", *numbers(4, n)] for n, name in enumerate(PROVINCES)]
    return [
        ["1-4 各地区人员全时当量(2013年)"],
        ["单位：人年"],
        ["地区", "Region", "合计", "按执行部门", "", ""],
        ["", "", "", "企业", "机构", "高校"],
        *rows,
    ]


def input_output() -> Grid:
    sectors = [f"{n:02d}" for n in range(1, 9)]
    rows = [["中间投入", f"部门{code}", code, *numbers(9, n)] for n, code in enumerate(sectors)]
    return [
        ["北京2017年投入产出表"],
        ["单位：万元"],
        ["", "", "代码", *(f"部门{code}" for code in sectors), "出口"],
        ["", "代码", "", *sectors, "EX"],
        *rows,
    ]


def customs() -> Grid:
    rows = [
        [f"2022{month:02d}", "84713000", "电脑", name, "5", "台", number]
        for month in range(1, 4)
        for name, number in zip(PROVINCES, numbers(8, month), strict=True)
    ]
    heading = ["数据年月", "商品编码", "商品名称", "注册地名称", "第一数量", "第一计量单位", "美元"]
    return [heading, *rows]


def compilation() -> Grid:
    rows = [[f"{2020 + n % 3}", name, *numbers(3, n)] for n, name in enumerate(PROVINCES)]
    return [["年份", "省份", "GDP", "人口", "其他"], *rows]


TABLES = {
    "nbs_portal": portal,
    "tech_yearbook": yearbook,
    "io_tables": input_output,
    "customs": customs,
    "compiled": compilation,
}
DECLARATION = FileDeclaration(
    area_column="省份",
    year_column="年份",
    columns={
        "GDP": ColumnDeclaration(indicator="GDP"),
        "人口": ColumnDeclaration(indicator="人口"),
    },
)


def as_csv(rows: Grid, encoding: str = "utf-8") -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def as_xlsx(rows: Grid) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([typed(text) for text in row])
    return saved(book)


def as_xls(rows: Grid) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("1")
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            if text:
                sheet.write(number, column, typed(text))
    return saved(book)


def typed(text: str) -> float | str | None:
    return float(text) if text.endswith(".25") else text or None


def saved(book: openpyxl.Workbook | xlwt.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FORMS: dict[str, Callable[[Grid], bytes]] = {
    ".csv": as_csv,
    ".gbk.csv": lambda rows: as_csv(rows, "gb18030"),
    ".xlsx": as_xlsx,
    ".xls": as_xls,
}


@cache
def valid_file(source_id: str, form: str) -> bytes:
    return FORMS[form](TABLES[source_id]())


@dataclass(frozen=True)
class Damage:
    """One change of some bytes; places are shares of the length, so that any file can take it."""

    kind: str
    at: float
    length: int
    byte: int

    def applied(self, data: bytes) -> bytes:
        start = int(self.at * len(data))
        end = start + self.length
        match self.kind:
            case "cut":
                return data[:start]
            case "zero":
                return data[:start] + bytes(len(data[start:end])) + data[end:]
            case "double":
                return data[:end] + data[start:end] + data[end:]
            case "delete":
                return data[:start] + data[end:]
        return data[:start] + bytes([self.byte]) + data[start + 1 :]


DAMAGES = st.builds(
    Damage,
    kind=st.sampled_from(["flip", "flip", "flip", "cut", "zero", "double", "delete"]),
    at=st.floats(0, 1, exclude_max=True),
    length=st.integers(1, 1024),
    byte=st.integers(0, 255),
)
deterministic = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def read(source_id: str, name: str, data: bytes) -> pa.Table | None:
    """The completed cells, None if the file is refused; any other error fails the test."""
    started = time.process_time()
    try:
        reading = sources()[source_id].read(SourceFile(name, data, DECLARATION))
        pieces = [reading, *reading.more]
        for piece in pieces:
            if piece.rows is not None:
                trade_rows.complete(piece.rows, {})
        found = pa.concat_tables([piece.cells for piece in pieces], promote_options="default")
        return complete(found, {"source_id": source_id})
    except Rejected:
        return None
    finally:
        assert time.process_time() - started < 5


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source_id", TABLES)
@given(damages=st.lists(DAMAGES, min_size=1, max_size=4))
@settings(deterministic, max_examples=80)
def test_damaged_bytes(source_id: str, form: str, damages: list[Damage]) -> None:
    """80 cases for each of five sources in four forms; memory grows by less than 300 MB."""
    data = valid_file(source_id, form)
    for damage in damages:
        data = damage.applied(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read(source_id, f"出口{form}", data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10


ODD = st.sampled_from(
    ["", "x", "…", "12.5%", "1,234.5", "2022", "2022年", "地区", "注：", "合计", '"', "1\n2", "=A1"]
)


def numbers_by_label(table: pa.Table | None) -> dict[tuple, set[str | None]]:
    """Texts of the values that are printed as numbers, by all that is said about them."""
    labels = ("area_label", "period_label", "indicator_label", "category_code", "unit_label")
    found: dict[tuple, set[str | None]] = {}
    for cell in table.to_pylist() if table is not None else ():
        if cell["role"] == "value":
            found.setdefault(tuple(cell[label] for label in labels), set()).add(cell["text"])
    return found


@cache
def valid_values(source_id: str, form: str) -> dict[tuple, set[str | None]]:
    return numbers_by_label(read(source_id, f"出口{form}", valid_file(source_id, form)))


@pytest.mark.parametrize("form", [".csv", ".xlsx"])
@pytest.mark.parametrize("source_id", TABLES)
@given(
    change=st.sampled_from(["replace", "insert", "row twice", "row away"]),
    row=st.integers(0, 1000),
    column=st.integers(0, 1000),
    text=ODD,
)
@settings(deterministic, max_examples=50)
def test_changed_cells(
    source_id: str, form: str, change: str, row: int, column: int, text: str
) -> None:
    """50 cases for each of five sources in two forms: labels as before lead to texts as before.

    A cell that is inserted moves those behind it, as an unquoted comma does in a CSV. A heading
    that repeats another leads to two texts; such a contradiction is found behind the readers.
    """
    grid = [list(cells) for cells in TABLES[source_id]()]
    place = row % len(grid)
    here = column % len(grid[place])
    match change:
        case "replace":
            grid[place][here] = text
        case "insert" if form == ".csv":
            grid[place].insert(here, "77.5")
        case "row twice":
            grid.insert(place, grid[place])
        case "row away":
            del grid[place]
    found = numbers_by_label(read(source_id, f"出口{form}", FORMS[form](grid)))
    for labels, texts in valid_values(source_id, form).items():
        now = found.get(labels, set())
        assert now <= texts | {text, None} or texts < now
