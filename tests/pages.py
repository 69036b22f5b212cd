"""Pages of documentation: the files that they have written, the commands that they have run.

A block whose fence names a file (```` ```yaml spec.yml ````) is that file. `sh` has commands,
`console` commands behind a `$` with what they print, `text` what was printed above.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_OURS = re.compile(r"^(?:\.venv/bin/)?yearbook\b")
# What stands for a part that differs from run to run
_AND_SO_ON = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    language: str
    file: str | None
    text: str


@dataclass(frozen=True)
class Command:
    """A line of a shell, and the lines that it prints where the page shows them."""

    line: str
    printed: list[str]

    @property
    def words(self) -> list[str]:
        """The words after `yearbook`, without what is said of it behind `#` or goes to a file."""
        words = shlex.split(self.line, comments=True)[1:]
        return words[: words.index(">")] if ">" in words else words


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block(language, file or None, text) for language, file, text in found]


def commands(block: Block) -> Iterator[Command]:
    """The commands of ours in a block; others, such as make or docker, are not looked at."""
    if block.language == "sh":
        lines = (Command(line, []) for line in _whole(block.text.splitlines()))
    elif block.language == "console":
        parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
        lines = (_with_output(part.splitlines()) for part in parts)
    else:
        return
    yield from (command for command in lines if _OURS.match(command.line))


def _whole(lines: list[str]) -> Iterator[str]:
    """Lines of a shell, those joined that stand in one pair of quotes."""
    begun = ""
    for line in lines:
        begun = f"{begun}\n{line}" if begun else line
        if _is_whole(begun):
            yield begun
            begun = ""


def _is_whole(line: str) -> bool:
    try:
        shlex.split(line, comments=True)
    except ValueError:
        return False
    return True


def _with_output(lines: list[str]) -> Command:
    first = next(_whole(lines))
    return Command(first, lines[first.count("\n") + 1 :])


def walk(
    page: Path,
    run: Callable[[str], subprocess.CompletedProcess],
    folder: Path,
    is_run: Callable[[Command], bool] = lambda command: True,
) -> str:
    """Do what a page says in a folder; returns all that was printed."""
    printed = ""
    for block in blocks(page):
        if block.file:
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.text, encoding="utf-8")
        elif block.language == "text":
            assert block.text in printed, (page, block.text, printed)
        for command in filter(is_run, commands(block)):
            done = run(command.line.removeprefix(".venv/bin/"))
            assert done.returncode == 0, (page, command.line, done.stdout, done.stderr)
            printed += done.stdout + done.stderr
            lacking = _lacking(command.printed, done.stdout)
            assert not lacking, (page, command.line, lacking, done.stdout)
    return printed


def _lacking(lines: list[str], printed: str) -> list[str]:
    """Lines that a page shows and a command does not print; blanks do not matter."""
    there = {" ".join(line.split()) for line in printed.splitlines()}
    wanted = (" ".join(line.split()) for line in lines)
    return [line for line in wanted if _AND_SO_ON not in line and line not in there]
