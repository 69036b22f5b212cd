"""Errors that the user can mend, each one clear sentence."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

LONGEST = 60  # characters of a value that is shown in a sentence
# What each kind of problem says that there should be
WHOLE, NUMBER, PRINTED = "a whole number", "a number", "a number, as in -0.034"
EXPECTED = {
    "tuple_type": "a list, as in [value, capital]",
    "string_type": "text (put it in quotes)",
    "string_too_short": "text",
    "string_pattern_mismatch": "small letters, digits and underscores, a letter first",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": "a smaller whole number",
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "decimal_type": PRINTED,
    "decimal_parsing": PRINTED,
    "dict_type": "a mapping of names to numbers",
    "invalid_key": "a word as a key (true, false and numbers go in quotes)",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "a number below {lt}",
    "less_than_equal": "{le} or less",
    "too_long": "{max_length} entries at most",
}


class SpecificationError(ValueError):
    """A specification that is wrong, or that the panel cannot serve."""


class CollinearityError(SpecificationError):
    """A regressor adds nothing to the ones before it.

    `column` is its name in the design, `reason` why in words.
    """

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(f"regressor `{column}` {reason}: leave it out")
        self.column = column
        self.reason = reason


def shown(value: Any) -> str:
    """A value as it may stand in the file, cut where it is long."""
    text = _text(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _text(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, date | Decimal) else repr(value)


def meant(name: str, known: Iterable[str]) -> str:
    """Which known name may be meant by one that is not known; nothing where none is near."""
    by_plain = {other.casefold(): other for other in map(str, known)}
    close = difflib.get_close_matches(name.casefold(), by_plain, n=1, cutoff=0.7)
    return f"did you mean `{by_plain[close[0]]}`?" if close else ""


def misspelt_first(problems: Iterable[Any]) -> list[Any]:
    """What pydantic found: a misspelt key is unknown and, by its right name, missing."""
    return sorted(problems, key=lambda problem: problem["type"] != "extra_forbidden")


def and_others(problem: str, problems: Sequence[Any]) -> str:
    """The first problem, and how many more there are, so that nobody is surprised."""
    others = len(problems) - 1
    return (
        f"{problem} (and {others} more problem{'s' if others > 1 else ''})" if others else problem
    )


def expected_instead(problem: Mapping[str, Any]) -> str:
    """What there should be, in words, for a problem that pydantic has found."""
    words = EXPECTED.get(problem["type"], "something else")
    return words.format(**problem.get("ctx", {}))
