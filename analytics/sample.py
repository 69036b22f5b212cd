"""The language of `sample`: comparisons, and, or, not, in. Parsed, never evaluated as code."""

import ast
import operator
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from numbers import Real
from types import UnionType
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from analytics.errors import SpecificationError, meant, shown
from analytics.written import written_dates

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
LONGEST = 20_000  # characters: an endless text must not exhaust the parser
# Text in quotation marks, the name of a column in backticks, or a truth value as YAML has it
MARKED = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`([^`\n]+)`|\b(true|false)\b""")


def parse_sample(text: str) -> ast.expr:
    """Parse a sample expression into a tree that holds nothing but the language above.

    A name that is no single word stands in backticks. Raises SpecificationError for anything else
    (a call, an attribute, arithmetic ...).
    """
    if len(text) > LONGEST:
        raise SpecificationError(f"sample is longer than {LONGEST} characters")
    try:
        tree = ast.parse(MARKED.sub(_as_word, text.strip()), mode="eval").body
        _check(tree, text)
        _name_columns(tree, text.strip())
    except SpecificationError:
        raise
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise SpecificationError(
            f"sample `{text}` cannot be read; expected something like "
            "`year >= 2012 and region in ['Eastern', 'Central']`, the name of a column in "
            "backticks if it is no single word"
        ) from None
    return tree


def _as_word(marked: re.Match[str]) -> str:
    """A name in backticks as a word of as many bytes, so that all else keeps its place."""
    if marked[2]:
        return marked[2].title()
    return "_" * len(marked[0].encode()) if marked[1] else marked[0]


def _name_columns(tree: ast.expr, text: str) -> None:
    """Call columns what the text calls them: Python has words of its own, and one width."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = (ast.get_source_segment(text, node) or node.id).strip("`")


def sample_rows(text: str, data: pd.DataFrame) -> np.ndarray:
    """Which rows of `data` (n rows) are in the sample: a boolean array of length n.

    A comparison with a missing value is unknown, and a row is in only where the whole
    expression is known to be true, as in SQL: `not (x > 3)` does not let missing x in.
    """
    try:
        return _truth(parse_sample(text), data).fillna(False).to_numpy(dtype=bool)
    except RecursionError:
        raise SpecificationError("sample is nested too deeply; write it with fewer not") from None


def texts_not_found(text: str | None, data: pd.DataFrame) -> list[str]:
    """Warnings of texts that the sample looks for and a column never holds, perhaps misspelt."""
    sought = [] if text is None else _texts_sought(parse_sample(text))
    found = []
    for name, value in dict.fromkeys(sought):
        column = _in_words(_column(name, data), value, data)
        if _kind(column) == "text" and not column.eq(value).any():
            said = f"the sample looks for {value!r} in `{name}`, which no row of the panel has"
            found.append(": ".join(filter(None, (said, meant(value, column.dropna().unique())))))
    return found


def _texts_sought(tree: ast.expr) -> Iterator[tuple[str, str]]:
    """Every column and a text that it is, or is not, to be."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            for left, op, right in zip(
                [node.left, *node.comparators], node.ops, node.comparators, strict=False
            ):
                if isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
                    yield from _texts_beside(left, right)
                    yield from _texts_beside(right, left)


def _texts_beside(column: ast.expr, other: ast.expr) -> Iterator[tuple[str, str]]:
    if isinstance(column, ast.Name) and not isinstance(other, ast.Name):
        value = _constant(other, "")
        texts = value if isinstance(value, list) else [value]
        yield from ((column.id, text) for text in texts if isinstance(text, str))


def _check(node: ast.expr, text: str) -> None:
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, text)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand, text)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            sides = [left, *comparators]
            for left, op, right in zip(sides, ops, comparators, strict=False):
                is_membership = isinstance(op, ast.In | ast.NotIn)
                known = is_membership or type(op) in COMPARISONS
                if (
                    not known
                    or is_membership != isinstance(right, ast.List | ast.Tuple)
                    or isinstance(left, ast.List | ast.Tuple)
                ):
                    _refuse(node, text)
            for side in sides:
                if not isinstance(side, ast.Name):
                    _constant(side, text)
            if not any(isinstance(side, ast.Name) for side in sides):
                _refuse(node, text)
        case _:
            _refuse(node, text)


def _refuse(node: ast.AST, text: str) -> NoReturn:
    part = ast.get_source_segment(text.strip(), node) or text
    raise SpecificationError(
        f"sample `{text}`: `{part}` is not allowed; "
        "use comparisons of a column with values, joined by and, or, not, in, the name of a column "
        "in backticks if it is no single word"
    )


def _constant(node: ast.expr, text: str) -> Any:
    """The number, text, truth value or list of them that the node spells."""
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            if not any(isinstance(element, ast.List | ast.Tuple) for element in elements):
                return [_constant(element, text) for element in elements]
    _refuse(node, text)


def _truth(node: ast.expr, data: pd.DataFrame) -> pd.Series:
    """The value of a checked tree on each row: a nullable boolean series."""
    match node:
        case ast.BoolOp(op=joint, values=values):
            join = operator.and_ if isinstance(joint, ast.And) else operator.or_
            result = _truth(values[0], data)
            for value in values[1:]:
                result = join(result, _truth(value, data))
            return result
        case ast.UnaryOp(operand=operand):
            return ~_truth(operand, data)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            result = pd.Series(True, index=data.index, dtype="boolean")
            for op, right in zip(ops, comparators, strict=True):
                result &= _compare(left, op, right, data)
                left = right
            return result
    raise AssertionError("parse_sample lets nothing else through")


def _compare(left: ast.expr, op: ast.cmpop, right: ast.expr, data: pd.DataFrame) -> pd.Series:
    first, second = (
        _column(side.id, data) if isinstance(side, ast.Name) else _constant(side, "")
        for side in (left, right)
    )
    first, second = _in_words(first, second, data), _in_words(second, first, data)
    first, second = _same_kind(first, second), _same_kind(second, first)
    if isinstance(op, ast.In | ast.NotIn):
        result = first.isin(second)
        result = ~result if isinstance(op, ast.NotIn) else result
    else:
        result = pd.Series(COMPARISONS[type(op)](first, second), index=data.index)
    known = pd.Series(True, index=data.index)
    for side in (first, second):
        if isinstance(side, pd.Series):
            known &= side.notna()
    return result.astype("boolean").where(known, pd.NA)


def _column(name: str, data: pd.DataFrame) -> pd.Series:
    if name not in data.columns:
        said = f"sample: the panel has no column `{name}`"
        raise SpecificationError(": ".join(filter(None, (said, meant(name, data.columns)))))
    column = data[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    return _as_dates(column)


def _in_words(side: Any, other: Any, data: pd.DataFrame) -> Any:
    """A column as what its numbers mean, where the file says so and it is compared with text."""
    labels = data.attrs.get("value_labels", {})
    is_text = not isinstance(other, pd.Series) and _kind(other) == "text"
    if is_text and isinstance(side, pd.Series) and side.name in labels:
        return side.map(labels[side.name])
    return side


def _as_dates(column: pd.Series) -> pd.Series:
    """Dates, however a file stores them, as those of its place; any other column as it is."""
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.dt.to_timestamp()
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_localize(None)
    if column.dtype == object and column.notna().any() and _others(column, date).empty:
        return pd.to_datetime(column)  # Parquet has them without a time of day
    return column


def _same_kind(side: Any, other: Any) -> Any:
    """`side` in a form that can be compared with `other`.

    Text is never equal to a number, so `province_code != 540000` on a text column would keep
    every row without a word: kinds that differ are an error. A date compares with a text as a
    date and with a whole number as its year.
    """
    kinds = _kind(side), _kind(other)
    match kinds:
        case ("date", "number"):
            return side.dt.year
        case ("text", "date"):
            return _dates(side)
        case ("number", "text") | ("text", "number"):
            column, value = (side, other) if isinstance(side, pd.Series) else (other, side)
            is_text = _kind(column) == "text"
            what = f"column `{value.name}`" if isinstance(value, pd.Series) else repr(value)
            raise SpecificationError(
                f"sample: column `{column.name}` holds {'text' if is_text else 'numbers'} and is "
                f"compared with {what}; {'use' if is_text else 'leave out'} quotation marks"
            )
    return side


def _kind(side: Any) -> str:
    if isinstance(side, pd.Series):
        if pd.api.types.is_numeric_dtype(side.dtype):  # truth values count as numbers
            return "number"
        if pd.api.types.is_datetime64_any_dtype(side.dtype):
            return "date"
        if _others(side, str).empty:
            return "text"
        _require_numbers(side)
        return "number"
    values = side if isinstance(side, list) else [side]
    kinds = {"text" if isinstance(value, str) else "number" for value in values}
    if len(kinds) != 1:
        raise SpecificationError(f"sample: the list {side!r} mixes text and numbers, or is empty")
    return kinds.pop()


def _others(column: pd.Series, kind: type | UnionType) -> pd.Series:
    """What stands in a column and is not of a kind, in the order of the file's rows."""
    present = column.dropna()
    return present[~present.map(lambda value: isinstance(value, kind)).astype(bool)].sort_index()


def _require_numbers(column: pd.Series) -> None:
    others = _others(column, Real | Decimal)
    if not others.empty:
        raise SpecificationError(
            f"sample: column `{column.name}` holds neither numbers nor text nor dates throughout "
            f"({shown(others.iloc[0])} in row {others.index[0] + 1}): save it as one of them"
        )


def _dates(value: Any) -> Any:
    if isinstance(value, pd.Series):
        if (dates := written_dates(value.dropna())) is not None:
            return dates.reindex(value.index)
        raise SpecificationError(
            f"sample: column `{value.name}` holds text and is compared with a date; save it as "
            "dates such as 2012-12-31"
        )
    try:
        return pd.to_datetime(value, format="mixed")
    except (ValueError, TypeError):
        raise SpecificationError(
            f"sample: {value!r} is compared with a date; write it as '2012-12-31'"
        ) from None
