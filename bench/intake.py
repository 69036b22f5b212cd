"""Time of taking in a landing folder, as a ratio to a bare read of the same files.

Run with `python bench/intake.py [landing]`; without a folder, the published files beside the
project, else a demonstration edition. Each side is a new process, imports and all. Bare is what
python-calamine, msoffcrypto and csv need to turn the bytes into Python lists; taking in also
hashes and copies the bytes, bounds the parser, labels every cell and writes it to Parquet.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT.parent / "shared" / "landing"
GOAL = 5.0
BARE = """
import csv, io, sys
from pathlib import Path
from python_calamine import CalamineError, CalamineWorkbook

def sheets(data):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]

def decrypted(data):
    import msoffcrypto
    plain = io.BytesIO()
    book = msoffcrypto.OfficeFile(io.BytesIO(data))
    book.load_key(password="VelvetSweatshop")
    book.decrypt(plain)
    return plain.getvalue()

for path in Path(sys.argv[1]).rglob("*.*"):
    data = path.read_bytes()
    if path.suffix == ".csv":
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        list(csv.reader(io.StringIO(text, newline="")))
    elif path.suffix in (".xls", ".xlsx"):
        try:
            sheets(data)
        except CalamineError:
            sheets(decrypted(data))
"""
# What has to be loaded before anything is taken in; pyarrow loads pandas with its first array
IMPORTS = """
import pandas
from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots
"""
INTAKE = """
import sys
from pathlib import Path
from warehouse.intake import landing, raw, snapshots
from warehouse.contract.home import Home

home = Home(Path(sys.argv[2]))
snapshots.take(home, landing.scan(Path(sys.argv[1])))
raw.read(home)
"""
DEMONSTRATION = """
import sys
from pathlib import Path
from warehouse import demonstration

demonstration.write(Path(sys.argv[1]))
"""


def main(landing: Path | None, repetitions: int = 5) -> None:
    """Print the seconds of both, wall and processor, the best of several, and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        if landing is None:
            landing = Path(folder) / "landing"
            seconds(DEMONSTRATION, landing)
        homes = [Path(folder) / f"home{number}" for number in range(repetitions)]
        bare = best([seconds(BARE, landing) for _ in homes])
        intake = best([seconds(INTAKE, landing, home) for home in homes])
        imports = best([seconds(IMPORTS) for _ in homes])
    print("| | wall, s | processor, s |")
    print("|---|---|---|")
    rows = {"bare read": bare, "taking in": intake, "of that, imports": imports}
    for name, (wall, processor) in rows.items():
        print(f"| {name} | {wall:.2f} | {processor:.2f} |")
    print(f"| ratio (goal {GOAL:g}) | {intake[0] / bare[0]:.2f} | {intake[1] / bare[1]:.2f} |")


def seconds(program: str, *arguments: Path) -> tuple[float, float]:
    """Wall and processor time of a program in a new process, with those that it starts."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", program, *map(str, arguments)], check=True, cwd=ROOT)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - started
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def best(runs: list[tuple[float, float]]) -> tuple[float, float]:
    """The least of each time: what disturbs a run only adds to it."""
    return min(wall for wall, _ in runs), min(processor for _, processor in runs)


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else PUBLISHED
    main(given if given.is_dir() else None)
