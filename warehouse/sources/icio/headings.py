"""Headings that go over several lines, country over industry, and labels in several columns.

WIOD's release of 2013 and the tables of the Asian Development Bank are such: their lines and their
columns are put together into one label each, as other tables print it.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations, pairwise, permutations
from pathlib import Path

MOST_LINES = 12  # of titles and headings
MOST_LABELS = 6  # columns of them at the side
MARK = "_"
GENERAL = {"TOT", "TOTAL"}  # a column of totals is output; a row may be any of them
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def one_heading(rows: Sequence[Sequence[str]], mark: str | None) -> tuple[list[str], int]:
    """The labels of the columns, and in how many of the first rows of a table they stand.

    Above a heading in one line titles may stand. Columns of labels at the side have none.
    """
    count = next((n for n, row in enumerate(rows) if _is_of_numbers(row)), 1) or 1
    head = [[cell.strip() for cell in row] for row in rows[:count]]
    lines = [line for line in head if sum(map(bool, line)) > 1] or head[:1]
    if len(lines) == 1:
        return lines[0], count
    width = max(map(len, lines))
    lines = [line + [""] * (width - len(line)) for line in lines]
    return _as_one(lines, rows[count], mark or MARK), count


def _as_one(lines: Sequence[Sequence[str]], below: Sequence[str], mark: str) -> list[str]:
    """The lines of a heading as one; `below` is the first row of numbers."""
    country, code = _country_and_code(lines)
    labels = [mark.join(filter(None, both)) for both in zip(country, code, strict=True)]
    summed = [_total_column(cells) for cells in zip(*lines, strict=True)]
    found = [total or label for total, label in zip(summed, labels, strict=True)]
    numbered = zip(below, country, strict=False)
    lead = next((n for n, (cell, home) in enumerate(numbered) if home and _is_number(cell)), 1)
    return [""] * lead + found[lead:]


def side_keys(sides: Sequence[Sequence[str]], names: Sequence[str], mark: str | None) -> list[str]:
    """What each row is called as a column, from the columns of labels at its side.

    They are the two that together are most names of columns; a total has its own name.
    """
    lead = max((len(side) for side in sides), default=0)
    known = set(names)
    ways = [_joined(sides, pair, mark or MARK) for pair in permutations(range(lead), 2)]
    none = [""] * len(sides)
    best = max(ways, key=lambda keys: len(known.intersection(keys)), default=none)
    return [
        key if key in known else _total(side) or " ".join(filter(None, side))
        for key, side in zip(best, sides, strict=True)
    ]


def _joined(sides: Sequence[Sequence[str]], pair: tuple[int, int], mark: str) -> list[str]:
    """Country and code of each row; a country may stand in the first of its rows alone."""
    keys, country = [], ""
    for side in sides:
        first, second = (side[place] if place < len(side) else "" for place in pair)
        country = first or country
        keys.append(mark.join((country, second)) if country and second else "")
    return keys


def _is_of_numbers(row: Sequence[str]) -> bool:
    """Whether a row has a label and numbers; a line of a heading may number the industries."""
    filled = [cell for cell in row if cell.strip()]
    is_named = any(cell.strip() and not _is_number(cell) for cell in row[:MOST_LABELS])
    return is_named and 2 * sum(map(_is_number, filled)) > len(filled) > 2


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell.strip()) is not None


def _country_and_code(lines: Sequence[Sequence[str]]) -> tuple[Sequence[str], Sequence[str]]:
    """The two lines that tell all columns apart, with the shortest names for industries.

    A country stands over several industries, so that its line changes less often.
    """
    carried = [(_carried_on(line, lines), line) for line in lines]
    ordered = sorted(carried, key=lambda both: _changes(both[0]))
    pairs = [(one[0], other[1]) for one, other in combinations(ordered, 2)]
    return min(pairs, key=lambda pair: (_repeated(*pair), sum(map(len, pair[1]))))


def _changes(line: Sequence[str]) -> int:
    return sum(one != other for one, other in pairwise(line))


def _repeated(one: Sequence[str], other: Sequence[str]) -> int:
    labels = [both for both in zip(one, other, strict=True) if any(both)]
    return len(labels) - len(set(labels))


def _carried_on(line: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """A line in which a label of merged cells stands in each of their columns."""
    found, label = [], ""
    for place, cell in enumerate(line):
        label = cell or label
        found.append(label if any(other[place] for other in lines) else "")
    return found


@cache
def printed_totals() -> dict[str, str]:
    """The labels of totals that are printed in words, in small letters."""
    with (Path(__file__).parent / "totals.csv").open(encoding="utf-8", newline="") as stream:
        return {row["words"]: row["label"] for row in csv.DictReader(stream)}


def _total_column(cells: Sequence[str]) -> str:
    return _total(cells) or ("OUT" if any(cell.upper() in GENERAL for cell in cells) else "")


def _total(cells: Iterable[str]) -> str:
    """The label of a total that one of the cells names, if any does."""
    return next(filter(None, (printed_totals().get(cell.casefold()) for cell in cells)), "")
