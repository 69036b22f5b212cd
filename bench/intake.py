"""Time of taking in a landing folder, as a ratio to a bare read of the same files.

Run with `python bench/intake.py [landing]`; without a folder, the published files beside the
project, else a demonstration edition. Each side is a new process, imports and all. Bare is what
python-calamine, msoffcrypto and csv need to turn the bytes into Python lists; taking in also
hashes and copies the bytes, bounds the parser, labels every cell and writes it to Parquet.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT.parent / "shared" / "landing"
GOAL = 2.0
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
INTAKE = """
import sys
from pathlib import Path
from warehouse import landing, raw, snapshots
from warehouse.home import Home

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
    """Print the seconds of both, the best of several, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        if landing is None:
            landing = Path(folder) / "landing"
            seconds(DEMONSTRATION, landing)
        bare = min(seconds(BARE, landing) for _ in range(repetitions))
        homes = [Path(folder) / f"home{number}" for number in range(repetitions)]
        intake = min(seconds(INTAKE, landing, home) for home in homes)
    print(f"{bare:6.2f} s  bare read")
    print(f"{intake:6.2f} s  taking in")
    print(f"taking in / bare {intake / bare:.2f} (goal {GOAL:g})")


def seconds(program: str, *arguments: Path) -> float:
    """Wall time of a program in a new process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", program, *map(str, arguments)], check=True, cwd=ROOT)
    return time.perf_counter() - started


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else PUBLISHED
    main(given if given.is_dir() else None)
