"""How far one machine goes: rows of customs statistics taken in and summed, as ratios.

Run with `python bench/scale.py [ROWS...]`, by default a million. The rows are made up
(seeded) in the layout of the site: UTF-8 with a mark, 14 columns, thousands set apart, 120 months
in a file each and then one more. Each side is a process of its own with one thread; what is
compared is processor time, with what the same run took for the bare work on the same bytes.
"""

import math
import shutil
import sys
import tempfile
from pathlib import Path

from measuring import Cost, cost, show

ROOT = Path(__file__).resolve().parents[1]
MONTHS = 120
GENERATE = """
import sys
from pathlib import Path
import duckdb

folder, rows, first, last = Path(sys.argv[1]), *map(int, sys.argv[2:])
database = duckdb.connect()
database.execute("set threads = 1")
for month in range(first, last):
    year, of_year = 2010 + month // 12, month % 12 + 1
    edition = folder / "customs" / f"{year}-{of_year:02}"
    edition.mkdir(parents=True)
    (edition / "_edition.yml").write_text(
        f"published_on: {year + of_year // 12}-{of_year % 12 + 1:02}-28\\nsynthetic: true\\n"
    )
    with (edition / "head").open("wb") as head:
        head.write(b"\\xef\\xbb\\xbf")
    database.execute(f'''copy (
        with drawn as (
            select
                hash(n * 7 + {month}) as a, hash(n * 11 + {month} + 1) as b, hash(n * 13 + 5) as c
            from range({rows}) as numbers(n)
        ), codes as (
            select *, 1 + a % 76 as chapter, b % 60 as item, c % 31 as place, a // 100 % 200 as p
            from drawn
        )
        select
            {year}{of_year:02} as "数据年月",
            format('{{:02d}}{{:02d}}{{:02d}}00', chapter, 1 + item // 10, 10 + item) as "商品编码",
            '商品' || chapter || '之' || item as "商品名称",
            100 + p as "贸易伙伴编码",
            '伙伴' || p as "贸易伙伴名称",
            10 + b // 1000 % 6 as "贸易方式编码",
            '方式' || b // 1000 % 6 as "贸易方式名称",
            11 + place as "注册地编码",
            ['北京市','天津市','河北省','山西省','内蒙古自治区','辽宁省','吉林省','黑龙江省','上海市',
             '江苏省','浙江省','安徽省','福建省','江西省','山东省','河南省','湖北省','湖南省','广东省',
             '广西壮族自治区','海南省','重庆市','四川省','贵州省','云南省','西藏自治区','陕西省','甘肃省',
             '青海省','宁夏回族自治区','新疆维吾尔自治区'][1 + place::int] as "注册地名称",
            format('{{:,}}', 1 + c // 7 % 99999) as "第一数量",
            '千克' as "第一计量单位",
            null as "第二数量",
            null as "第二计量单位",
            format('{{:,}}', 100 + b // 13 % 99999999) as "美元"
        from codes
    ) to '{edition / "body"}' (header, delimiter ',')''')
    with (edition / f"出口{year}{of_year:02}.csv").open("wb") as whole:
        for part in (edition / "head", edition / "body"):
            with part.open("rb") as stream:
                while piece := stream.read(1 << 24):
                    whole.write(piece)
            part.unlink()
"""
BARE = """
import sys
from pathlib import Path
import pyarrow.parquet as pq
from pyarrow import csv

for number, path in enumerate(sorted(Path(sys.argv[1]).rglob("*.csv"))):
    rows = csv.open_csv(path, csv.ReadOptions(use_threads=False))
    with pq.ParquetWriter(Path(sys.argv[2], f"{number}.parquet"), rows.schema) as writer:
        for batch in rows:
            writer.write_batch(batch)
"""
# Programs of the project look for garbage as often as its command does
TAKE = """
import sys
from pathlib import Path
import orchestration.cli.app
from warehouse.contract import files
from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots

home = Home(Path(sys.argv[1]))
with files.each_hashed_once(home.hashes):
    snapshots.take(home, landing.scan(home.landing))
    raw.read(home)
"""
SUM = """
import sys
from pathlib import Path
import orchestration.cli.app
from orchestration import dbt_runner
from warehouse.contract.home import Home
from warehouse.store import build

home = Home(Path(sys.argv[1]))
build.begin(home)
kinds = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
ran = dbt_runner.run(home, ["build", *kinds, "--select", *sys.argv[2:]])
assert ran.success, ran.result
"""
# What making the sums of every file takes, beside what the same run takes that finds them made:
# the least of four of each, for other work on the machine makes any dearer
MAKE = """
import shutil
import sys
import time
from pathlib import Path
from orchestration import dbt_runner
from warehouse.contract.home import Home
from warehouse.store import build

home = Home(Path(sys.argv[1]))

def seconds():
    build.begin(home)
    kinds = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    began = time.process_time()
    ran = dbt_runner.run(home, ["build", *kinds, "--select", "+stg_trade_code_sums"])
    assert ran.success, ran.result
    return time.process_time() - began

made, kept = [], []
for _ in range(4):
    shutil.rmtree(home.by_snapshot, ignore_errors=True)
    made.append(seconds())
    kept.append(seconds())
print(min(made) - min(kept))
"""
GROUP = """
import sys
import time
import duckdb

duckdb.sql("set threads = 1")

def seconds():
    began = time.process_time()
    duckdb.sql(
        "select period_label, area_key, substring(category_code, 1, 2) as chapter, "
        f"sum({sys.argv[2]}) as total from read_parquet('{sys.argv[1]}/raw/*/*/*/rows.parquet') "
        "where flow = 'export' group by all"
    ).fetchall()
    return time.process_time() - began

print(min(seconds() for _ in range(4)))
"""
# What a person would sum who reads the texts, and one who knows of the number beside them
FROM_TEXT, FROM_NUMBER = "cast(replace(text, ',', '') as double)", "number"


def main(sizes: list[int]) -> None:
    """Print seconds, memory and disk of each size, and the ratios to the bare work."""
    spent = {}
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            spent[rows] = _measured(Path(folder), rows)
    first, last = min(spent), max(spent)
    for name in spent[first] if first < last else []:
        growth = math.log(spent[last][name] / spent[first][name]) / math.log(last / first)
        show(f"exponent of the growth of {name}, {first:,} to {last:,} rows", growth, 1)


def _measured(folder: Path, rows: int) -> dict[str, float]:
    """Seconds of what grows with the rows."""
    home, bare = folder / "home", folder / "bare"
    bare.mkdir()
    _run(GENERATE, home / "landing", rows // MONTHS, 0, MONTHS)
    read = _run(BARE, home / "landing", bare)
    shutil.rmtree(bare)
    taken, idle = _run(TAKE, home), _run(TAKE, home)
    grouped, quickly = (_told(GROUP, home, what) for what in (FROM_TEXT, FROM_NUMBER))
    summed, kept = _run(SUM, home, "+stg_trade_code_sums"), _run(SUM, home, "+stg_trade_sums")
    making = _told(MAKE, home)
    exported = _run(SUM, home, "+int_exports")
    _print_table(
        rows,
        [
            ("bare read of CSV and write of Parquet", read),
            ("taking in", taken),
            ("taking in, nothing new", idle),
            ("dbt up to the sums of every file", summed),
            ("the same, nothing new", kept),
            ("every model up to exports by category, of kept sums", exported),
        ],
    )
    for name in ("landing", "snapshots", "raw", "by_snapshot"):
        size = sum(path.stat().st_size for path in (home / name).rglob("*") if path.is_file())
        print(f"{size / rows:7.1f}  bytes a row in {name}")
    show("taking in over the bare read", taken.seconds / read.seconds, 3)
    show("MiB of memory of taking in", taken.mebibytes, 600)
    show("sums over the hand-written group-by of texts", making / grouped, 1.5)
    show("sums over the hand-written group-by of numbers", making / quickly, 1.5)
    through = making + exported.seconds - kept.seconds
    show("sums and models up to exports over the group-by of texts", through / grouped, 1.5)
    _run(GENERATE, home / "landing", rows // MONTHS, MONTHS, MONTHS + 1)
    new = _run(TAKE, home).seconds + _run(SUM, home, "+stg_trade_code_sums").seconds
    all_of_them, nothing = taken.seconds + summed.seconds, idle.seconds + kept.seconds
    show("a new month beside 120 known, over all of them", new / all_of_them, 0.03)
    show("the same, less what nothing new takes", (new - nothing) / (all_of_them - nothing), 0.03)
    return {"taking in": taken.seconds, "sums": making, "sums and models": through}


def _told(program: str, *arguments: object) -> float:
    """The seconds that a program prints at its end: its own, without its start."""
    return float(_run(program, *arguments).said.split()[-1])


def _print_table(rows: int, costs: list[tuple[str, Cost]]) -> None:
    print(f"\n{rows:,} rows in {MONTHS} files\n\n| | processor, s | MiB |\n|---|---|---|")
    for name, each in costs:
        print(f"| {name} | {each.seconds:.1f} | {each.mebibytes:.0f} |")


def _run(program: str, *arguments: object) -> Cost:
    """A program of this project in a process of its own."""
    found = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
    return cost(sys.executable, "-c", found + program, *map(str, arguments))


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1_000_000])
