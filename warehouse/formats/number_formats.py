"""What a number format shows that the number does not say (ECMA-376, part 1, 18.8.30).

Percentages, numbers in thousands and ten thousands, and years of days: workbooks of every kind
have them.
"""

import datetime
import operator
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

# The text that a format makes of a number, None where it shows no more than the number
Shown = Callable[[float], str | None]
# Formats that a workbook has without saying so, by their numbers
BUILT_IN = {"9": "0%", "10": "0.00%"}
# Day 0 of the days that a workbook counts, which may be a Macintosh's, and the last that it knows
DAY_0, DAY_0_OF_1904 = datetime.date(1899, 12, 30), datetime.date(1904, 1, 1)
_LAST_DAY = 2_958_465
_SUPERSCRIPTS = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
# What a number format shows as it stands, and what it says of language or colour
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
# The numbers that a section of a format is for
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")
_HOLDS = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
# A format of a year without month, day or hour: yyyy"年"
_OF_YEAR = re.compile(r"[^a-z;]*yyyy?[^a-z;]*(?:;.*)?", re.IGNORECASE)
# What divides the number that a format shows: a comma behind its digits, a point that is no decimal
# point (0!.0, shows ten thousands); and a word that says so
_THOUSANDS = re.compile(r"[0#?](,+)(?=[^0#?,]*(?:[.]|$))")
_SHIFTED_POINT = re.compile(r"[!\\]\.([0#?]+)")
_NEITHER = re.compile(r'"[^"]*"|\[[^\]]*\]|[_*].')
_SCALE = re.compile("[十百千万亿]+")
_NO_CHINESE = re.compile(r"\[[^\]]*\]|[^\u3400-\u9fff]")


def shown_by(code: str, day_0: datetime.date = DAY_0) -> Shown | None:
    """What a number format makes of a number; None where it shows no more than the number."""
    if not _CONDITION.search(code):
        return _shown_by(code, day_0)
    sections = [
        (_CONDITION.search(section), _shown_by(section, day_0)) for section in code.split(";")
    ]
    return partial(_by_section, sections) if any(shown for _, shown in sections) else None


def _by_section(
    sections: Sequence[tuple[re.Match[str] | None, Shown | None]], number: float
) -> str | None:
    """What the first section makes of a number whose condition holds: [>=10000]0!.0,"万";0."""
    for condition, shown in sections:
        if condition is None or _HOLDS[condition[1]](number, float(condition[2])):
            return shown(number) if shown else None
    return None


def _shown_by(code: str, day_0: datetime.date) -> Shown | None:
    """What a format without conditions, or a section of one, makes of a number."""
    plain = _LITERAL.sub("", code)
    if "%" in plain:
        return percentage
    if _OF_YEAR.fullmatch(plain):
        return partial(_year, day_0)
    positive = code.partition(";")[0]
    digits = _NEITHER.sub("", positive)
    thousands, shifted = _THOUSANDS.search(digits), _SHIFTED_POINT.search(digits)
    power = (3 * len(thousands[1]) if thousands else 0) + (len(shifted[1]) if shifted else 0)
    scale = _SCALE.search(positive)
    # Ten thousands may be so many already: 0.0"万" shows 4.4 as 4.4万, while 万元 is but its unit
    is_scaled = bool(power or _SCALE.fullmatch(_NO_CHINESE.sub("", positive)))
    return partial(_divided, power, scale[0] if scale else "") if is_scaled else None


def percentage(number: float) -> str:
    """A number as so many per cent."""
    return f"{(Decimal(repr(number)) * 100).normalize():f}%"


def divided(divisor: float, number: float) -> str:
    """So many times the divisor as a number is."""
    return f"{(Decimal(repr(number)) / Decimal(repr(divisor))).normalize():f}"


def raised(text: str) -> str:
    """A text with its digits in superscript."""
    return text.translate(_SUPERSCRIPTS)


def _divided(power: int, scale: str, number: float) -> str:
    """A number in a power of ten, and the word that its format puts behind it."""
    return f"{divided(10.0**power, number)}{scale}"


def _year(day_0: datetime.date, number: float) -> str | None:
    """The year of a day; None for what is no day."""
    is_day = 1 <= number <= _LAST_DAY - (day_0 - DAY_0).days
    return str((day_0 + datetime.timedelta(int(number))).year) if is_day else None
