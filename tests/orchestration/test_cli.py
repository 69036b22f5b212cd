"""The command line: answers at once, and its queries can read and do nothing else."""

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

QUERY = (
    "select date '2020-02-29' as day, 1.5::decimal(4, 2) as price, null as nothing, "
    "'a,\"b\"' as text, 'nan'::double as no_number, [1, 2] as list"
)


def test_help_imports_nothing_heavy(clone):
    code = (
        "import sys; from orchestration.cli import app; app(['--help'], standalone_mode=False); "
        "print(sorted({'dagster', 'dbt', 'duckdb', 'numpy', 'pandas', 'pyarrow', 'pydantic', "
        "'rich', 'yaml'} & set(sys.modules)), file=sys.stderr)"
    )
    done = clone.python(code)
    assert "refresh" in done.stdout
    assert done.stderr == "[]\n"


@pytest.mark.parametrize("arguments", [["nonsense"], ["sql"], ["refresh", "--nonsense"]])
def test_wrong_usage_is_status_2(clone, arguments):
    assert clone.yearbook(*arguments).returncode == 2


def test_formats(clone, released):
    assert json.loads(clone.yearbook("sql", QUERY, "--format", "json").stdout) == [
        {
            "day": "2020-02-29",
            "price": 1.5,
            "nothing": None,
            "text": 'a,"b"',
            "no_number": None,
            "list": [1, 2],
        }
    ]
    table = clone.yearbook("sql", QUERY, "--format", "csv").stdout
    [row] = csv.DictReader(io.StringIO(table))
    assert (row["day"], row["nothing"], row["text"]) == ("2020-02-29", "", 'a,"b"')
    assert "2020-02-29" in clone.yearbook("sql", QUERY).stdout
