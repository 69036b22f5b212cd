"""The command line: answers at once, and its queries can read and do nothing else."""

import csv
import io
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version

import duckdb
import pyarrow.parquet as pq
import pytest

QUERY = (
    "select date '2020-02-29' as day, 1.5::decimal(4, 2) as price, null as nothing, "
    "'a,\"b\"' as text, 'nan'::double as no_number, [1, 2] as list"
)
NO_HEAVY_IMPORT = """
import sys
from orchestration.cli import app
app(["--help"], standalone_mode=False)
heavy = {"dagster", "dbt", "duckdb", "numpy", "pandas", "pyarrow", "pydantic", "rich", "yaml"}
print(sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


def test_help_imports_nothing_heavy(clone):
    done = clone.python(NO_HEAVY_IMPORT)
    assert "refresh" in done.stdout
    assert done.stderr == "[]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["sql"],
        ["find", " "],
        ["refresh", "--landing", "/nowhere"],
        ["ui", "--port", "99999"],
    ],
)
def test_wrong_usage_is_status_2(clone, arguments):
    assert clone.yearbook(*arguments).status == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["refresh", "--as-of", "2019-13-01"], "2019-13-01 is no date: write one such as 2019-06"),
        (["export", "--as-of", "June"], "June is no date: write one such as 2019-06-30"),
        (["sql", "select 1", "--format", "xml"], "'--format': 'xml' is not one of 'table'"),
        (["estimate", "a.yml", "--digits", "13"], "for '--digits': '13'; expected 12 or less"),
        (["ui", "--port", "many"], "for '--port': 'many'; expected a whole number"),
    ],
)
def test_a_value_that_an_option_cannot_have_is_said_in_our_words(clone, arguments, sentence):
    done = clone.yearbook(*arguments)
    assert done.status == 2
    assert sentence in done.stderr


def test_a_page_of_what_differs_lies_in_the_folder_that_is_named(clone, released, tmp_path):
    page = tmp_path / "new" / "diff.html"
    assert clone.yearbook("diff", "latest", "latest", "--to", str(page)).status == 0
    assert "nothing differs" in page.read_text(encoding="utf-8")


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
    [row] = csv.DictReader(io.StringIO(clone.yearbook("sql", QUERY, "--format", "csv").stdout))
    assert (row["day"], row["nothing"], row["text"]) == ("2020-02-29", "", 'a,"b"')
    assert "2020-02-29" in clone.yearbook("sql", QUERY).stdout
    parquet = clone.yearbook("sql", QUERY, "--format", "parquet").bytes
    assert pq.read_table(io.BytesIO(parquet)).num_rows == 1


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("selec 1", 'yearbook: Parser Error: syntax error at or near "selec"\n'),
        ("", "yearbook: there is no query"),
        ("select interval 1 day as duration", "yearbook: Parquet has no such type"),
        ("select * from read_text('/etc/hostname')", "yearbook: a query reaches the tables of"),
    ],
)
def test_a_query_that_cannot_be_answered_is_a_sentence(clone, released, query, sentence):
    done = clone.yearbook("sql", query, "--format", "parquet")
    assert (done.status, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1


def test_a_file_is_withdrawn_and_taken_in_again(clone, released):
    name = "nbs_portal/2018-06/gdp.csv"
    assert clone.yearbook("withdraw", name, "--reason", "a slip").status == 0
    assert clone.yearbook("withdraw").stdout == f"{name}: withdrawn (a slip)\n"
    assert clone.yearbook("withdraw", "--undo", name).status == 0
    assert clone.yearbook("withdraw").stderr == "no file is withdrawn\n"
    undone = clone.yearbook("accept", "--undo", name)
    assert (undone.status, undone.stderr.count("\n")) == (1, 1)
    assert undone.stderr.startswith(
        f"yearbook: {name} is not accepted, so there is nothing to undo"
    )


@pytest.mark.parametrize("command", ["accept", "withdraw"])
def test_a_file_in_no_folder_of_a_source_is_named_as_a_refresh_names_it(clone, released, command):
    done = clone.yearbook(command, "-/-/a.csv", "--reason", "astray")
    assert done.status == 1
    assert done.stderr.startswith("yearbook: -/-/a.csv is not known here")


def test_no_column_is_lost_for_its_name(clone, released):
    query = "select 1 as a, 2 as a, 3 as a_1, 4 as a"
    names = ["a", "a_2", "a_1", "a_3"]
    [record] = json.loads(clone.yearbook("sql", query, "--format", "json").stdout)
    assert record == dict(zip(names, [1, 2, 3, 4]))
    assert clone.yearbook("sql", query, "--format", "csv").stdout.startswith(",".join(names))
    parquet = clone.yearbook("sql", query, "--format", "parquet").bytes
    assert pq.read_table(io.BytesIO(parquet)).column_names == names


ENDLESS = "with recursive t(n) as (select 1 union all select n + 1 from t) select max(n) from t"


@pytest.mark.parametrize(
    ("query", "limit", "said"),
    [
        (ENDLESS, ["--timeout", "1"], "took longer than 1 seconds: give it more with --timeout"),
        (
            "select count(*) from (select distinct a.range, b.range from range(10000) a, range(9999) b)",
            ["--memory", "64"],
            "needs more than 64 MB of memory: give it more with --memory",
        ),
    ],
)
def test_a_query_has_bounds(clone, released, query, limit, said):
    done = clone.yearbook("sql", query, *limit)
    assert (done.status, done.stderr) == (1, f"yearbook: the query {said}\n")


ASKING = """
from orchestration.cli import app, query

asked = query._asked
query._asked = lambda *of: print("asking", flush=True) or asked(*of)
app()
"""


def test_a_query_is_stopped_by_ctrl_c(clone, released):
    with subprocess.Popen(
        [sys.executable, "-c", ASKING, "sql", ENDLESS],
        cwd=clone.root,
        env=clone.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout.readline() == "asking\n"
        time.sleep(1)  # until DuckDB is busy with the query
        command.send_signal(signal.SIGINT)
        _, said = command.communicate(timeout=600)
    assert command.returncode == 130
    assert said == "yearbook: stopped by Ctrl-C (SIGINT); the last release stands\n"


def test_a_port_that_is_taken_is_a_sentence(clone):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = clone.yearbook("ui", "--port", str(port))
    assert done.status == 1
    assert done.stderr.startswith(f"yearbook: port {port} is taken by process {os.getpid()} (")
    assert done.stderr.endswith("): end that, or choose another with --port\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("reads_on", "done", "status"),
    [(False, "print('x' * 10**6)", 0), (True, "raise BrokenPipeError", 1)],
)
def test_a_reader_who_has_seen_enough_is_no_fault(reads_on, done, status):
    code = f"from orchestration.cli.app import place_of\nwith place_of(None): {done}"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as command:
        if not reads_on:
            command.stdout.close()
        said = command.stderr.read().decode()
    assert command.returncode == (1 if "stopped by BrokenPipeError" in said else 0) == status


@pytest.mark.parametrize("arguments", [["--help"], ["trace", "--help"]])
def test_a_reader_who_has_seen_enough_of_a_help_text_is_no_fault(clone, arguments):
    code = f"import sys; sys.argv[1:] = {arguments}\nfrom orchestration.cli import app\napp()"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], cwd=clone.root, **pipes) as command:
        command.stdout.close()
        assert command.stderr.read() == b""
    assert command.returncode == 0


@pytest.mark.parametrize("arguments", [["--help"], ["sql", "from range(9)"], ["coverage"]])
def test_output_that_cannot_be_written_is_a_sentence(clone, released, arguments):
    code = f"import sys; sys.argv[1:] = {arguments}\nfrom orchestration.cli import app\napp()"
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=clone.root,
            env=clone.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    sentence = "yearbook: the output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, sentence)


@pytest.mark.parametrize(
    ("environment", "arguments"),
    [
        ({"LC_ALL": "C", "PYTHONUTF8": "0"}, ["find", "授权"]),
        ({"PYTHONIOENCODING": "latin-1"}, ["--lang", "zh", "--help"]),
        ({"PYTHONIOENCODING": "latin-1"}, ["sql", "select '年'"]),
    ],
)
def test_what_python_was_told_to_read_or_write_without_chinese_is_a_sentence(
    clone, released, environment, arguments
):
    done = subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import app; app()", *arguments],
        cwd=clone.root,
        env=clone.environment | environment,
        capture_output=True,
        encoding="ascii",
    )
    assert done.returncode == 1
    assert done.stderr.startswith("yearbook: UnicodeEncodeError")
    assert "PYTHONUTF8=1" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_release_whose_database_was_replaced_is_damaged(clone, released, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(clone.home.root, home, symlinks=True)
    database = home / "releases" / "current" / "yearbook.duckdb"
    database.unlink()
    with duckdb.connect(str(database)) as other:
        other.execute("create schema catalog; create table catalog.release as select 1 as a")
    for command in (["sql", "select 1"], ["coverage"], ["find", "gdp"], ["trace", "gdp"]):
        done = clone.yearbook(*command, "--home", str(home))
        assert (done.status, done.stderr.count("\n")) == (1, 1)
        assert "is damaged: `yearbook refresh` makes it anew" in done.stderr


def test_coverage_names_what_no_file_provides(clone, released):
    shown = clone.yearbook("coverage").stdout
    assert "no file provides marketisation_index (control): its authors" in shown
    assert "第三方整理数据 / Compilations (new each December): Any table" in shown
    assert f"as CSV in {clone.home.landing}/compiled/<edition>: long table" in shown
    [gdp] = [line.split() for line in shown.splitlines() if " gdp " in line]
    assert gdp == ["gdp", "control", "2016-2017", "4", "0", "0", "0", "0", "2018-06-30"]


def test_coverage_as_records(clone, released):
    records = json.loads(clone.yearbook("coverage", "--json").stdout)
    [market] = [row for row in records if row["indicator_id"] == "marketisation_index"]
    [gap] = market["missing"]
    assert gap["years"]["2016"] == ["Beijing"]
    assert gap["places"][0]["folder"] == "landing/compiled/<edition>/"


def test_without_a_release_it_says_how_to_make_one(clone, tmp_path):
    done = clone.yearbook("sql", "select 1", "--home", str(tmp_path))
    assert (done.status, done.stderr.count("\n")) == (1, 1)
    assert "run `yearbook refresh`" in done.stderr


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("nothing", "there is no warehouse in {home} yet\n  yearbook demo "),
        ("files", "there are files in {home}/landing, and no release yet\n  yearbook refresh "),
        ("a release", "2018-06-30-"),
    ],
)
def test_the_command_alone_says_what_to_do_next(clone, released, tmp_path, state, said):
    other = replace(clone, home_root=tmp_path) if state != "a release" else clone
    if state == "files":
        other.land(1)
    done = other.yearbook()
    assert done.status == 0
    assert done.stdout.startswith(said.format(home=tmp_path)), done.stdout
    assert ("yearbook coverage" in done.stdout) == (state == "a release")


def test_its_version_is_that_of_the_package(clone):
    assert clone.yearbook("--version").stdout == f"yearbook {version('yearbook')}\n"


def test_a_shell_completes_commands(clone, monkeypatch):
    monkeypatch.setenv("_YEARBOOK_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "yearbook cov")
    monkeypatch.setenv("COMP_CWORD", "1")
    code = "from orchestration.cli import app; app(prog_name='yearbook')"
    assert clone.python(code).stdout == "coverage\n"


def test_a_refresh_ends_in_a_record_or_says_nothing(clone, released):
    record = json.loads(clone.yearbook("refresh", "--json").stdout)
    assert record["release"] == clone.home.releases.joinpath("current").readlink().name
    assert record["files"] == {"taken": 1} and record["cells_used"] == 4
    quiet = clone.yearbook("refresh", "--quiet")
    assert (quiet.status, quiet.stdout, quiet.stderr) == (0, "", "")
    wrong = clone.yearbook("refresh", "--quiet", "--as-of", "1900-01-01")
    assert wrong.status == 1 and wrong.stderr.startswith("yearbook: ")


def test_a_quiet_command_says_nothing_but_what_is_asked_for_or_wrong(clone, released, tmp_path):
    archive = str(tmp_path / "home.tgz")
    done = clone.yearbook("backup", archive, "--quiet")
    assert (done.status, done.stdout, done.stderr) == (0, "", "")
    wrong = clone.yearbook("restore", archive, "-q")
    assert wrong.status == 1 and wrong.stderr.startswith("yearbook: ")


@pytest.mark.parametrize("format", ["table", "csv", "json"])
def test_a_terminal_shows_a_thousand_rows_unless_told_otherwise(clone, released, format):
    parent, child = pty.openpty()
    code = "from orchestration.cli import app; app()"
    query = ["sql", "select range as n from range(1500)", "--format", format]
    with subprocess.Popen(
        [sys.executable, "-c", code, *query],
        env=clone.environment,
        stdout=child,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        os.close(child)
        shown = b""
        with suppress(OSError):  # Linux says so where the other end is closed
            while part := os.read(parent, 1 << 16):
                shown += part
        assert "only the first 1,000 rows: --limit 0 prints all" in command.stderr.read()
    os.close(parent)
    assert b"999" in shown and b"1000" not in shown
    assert "1499" in clone.yearbook(*query, "--limit", "0").stdout
    limited = clone.yearbook(*query[:2], "--format", "csv", "--limit", "2")
    assert limited.stdout == "n\n0\n1\n" and "only the first 2 rows" in limited.stderr


def test_a_query_imports_nothing_that_it_does_not_need(clone, released):
    code = (
        "import sys; from orchestration.cli import app; "
        "app(['sql', 'select 1'], standalone_mode=False); "
        "print(sorted({'dagster', 'dbt', 'numpy', 'pandas', 'pyarrow', 'yaml'} & {*sys.modules}), "
        "file=sys.stderr)"
    )
    assert clone.python(code).stderr == "[]\n"
