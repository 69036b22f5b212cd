"""What raw has for the number of an ordinary text is what the SQL reads in it, to the last bit."""

import re
from pathlib import Path
from types import SimpleNamespace

import duckdb
import jinja2
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from warehouse.contract import trade_rows

MACROS = Path(__file__).resolve().parents[2] / "dbt_project" / "macros"
# fmt: off
AWKWARD = [
    "1,234", "1,23", "1234,567", "12,345,678.", "1,234,", ",123", "000,001", "0012", "0", "0.0",
    "1.", ".5", ".", "..", "1.2.3", "1e5", "1E+05", "٣", "１２", "１，２３４", " 12", "1 234", "1\u00a0234",
    "", "-", "-5", "+5", "12%", "12*", "12①", "nan", "inf", "0x10", "1_000", "12\n", "=1", None,
    "999999999999999", "999,999,999,999,999.99", "1000000000000000", "9007199254740993", "9" * 31,
    "0.1", "0.30000000000000004", "123456.7890123456789012", "." + "0" * 29 + "1", "9" * 400,
]
# fmt: on
DRAWN = st.text(st.sampled_from("0123456789,,..-e %٣１"), max_size=24)
PRINTED = st.builds(
    "{:{}.{}f}".format,
    st.floats(0, 1e16, allow_nan=False),
    st.sampled_from([",", ""]),
    st.integers(0, 9),
)


def printed_number() -> str:
    """The SQL of DuckDB for the number in the column `text`."""
    names = ("cell_text.sql", "engines/spelling.sql")
    macros = "\n".join((MACROS / name).read_text(encoding="utf-8") for name in names)
    adapter = SimpleNamespace(dispatch=lambda name: getattr(known, f"duckdb__{name}"))
    environment = jinja2.Environment()
    environment.globals.update({"adapter": adapter, "return": lambda text: text})
    known = environment.from_string(macros).module
    return known.printed_number(known.plain_text("text"))  # type: ignore[attr-defined]


READ = f"select {printed_number()} from (select unnest($1::varchar[]) as text)"


@given(texts=st.lists(DRAWN | PRINTED, min_size=1, max_size=40))
@example(texts=AWKWARD)
@settings(deadline=None)
def test_a_number_of_raw_is_that_of_the_sql(texts: list[str | None]) -> None:
    numbers = trade_rows.numbers(pa.chunked_array([pa.array(texts, pa.string())])).to_pylist()
    for text, number, (read,) in zip(
        texts, numbers, duckdb.execute(READ, [texts]).fetchall(), strict=True
    ):
        # None is passed over for being odd: only for what no row of a sum has, or for its length
        is_plain = text is not None and re.fullmatch("[0-9.,]{0,30}", text)
        assert number == (read if is_plain or number is not None else None), text


def test_ordinary_texts_have_a_number() -> None:
    texts = ["12", "1,234.5", "1.", ".5", "0012", "999,999,999,999,999"]
    numbers = trade_rows.numbers(pa.chunked_array([texts])).to_pylist()
    assert numbers == [12, 1234.5, 1, 0.5, 12, 999_999_999_999_999]
