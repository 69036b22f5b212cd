"""The lines of a home's judgement: the columns of each table, and what may stand in them.

They are those of the project's seeds. A line is about what its `KEY` says and means what its
`MEANS` say. Labels become the keys by which cells are found: they may be written as printed.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from warehouse.contract.labels import area_key, subject_key, title_key, unit_key

NOT_INDICATORS = ("exports", "imports", "input_output_flow")  # what else is corrected


def _number(text: str | None) -> str | None:
    float(text or 0)
    return text


def _positive(text: str) -> str:
    if not 0 < float(text) < float("inf"):
        raise ValueError
    return text


def _sum(text: str | None, others: ValidationInfo) -> str | None:
    """Names with " + " between them, as the models tell them apart; each but once."""
    names = [name.strip() for name in (text or "").split("+")]
    if len({*names, others.data.get("indicator_id")}) <= len(names):
        raise ValueError
    return text and " + ".join(names)


def _at_least(other: str, is_less: Callable[[str, str], bool]) -> AfterValidator:
    """The value is not less than that of another column, if both are given."""

    def check(text: str | None, others: ValidationInfo) -> str | None:
        least = others.data.get(other)
        if text and least and is_less(text, least):
            raise ValueError
        return text

    return AfterValidator(check)


def _no_key(text: str) -> str:
    if text in _BESIDE_INDICATORS:
        raise ValueError
    return text


# What stands in a column of its own where indicators are side by side
_BESIDE_INDICATORS = ("area_code", "area_name", "year", "release")
Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]*$",
        description="lower-case letters, digits and underscores, such as green_productivity, and "
        f"none of {', '.join(_BESIDE_INDICATORS)}",
    ),
    AfterValidator(_no_key),
]
Words = Annotated[str, Field(description="some text")]
AreaLabel = Annotated[str, Field(description="the label as printed"), AfterValidator(area_key)]
UnitLabel = Annotated[str, Field(description="the label as printed"), AfterValidator(unit_key)]
Subject = Annotated[str, Field(description="the label as printed"), AfterValidator(subject_key)]
Title = Annotated[str, Field(description="the title as printed"), AfterValidator(title_key)]
Bound = Annotated[
    str | None,
    Field(pattern=r"^-?[0-9.]+$", description="a number or nothing"),
    AfterValidator(_number),
]
Sum = Annotated[
    str | None,
    Field(
        description="another indicator, or the sum of several different ones, such as deposits + "
        "loans"
    ),
    AfterValidator(_sum),
]
Edition = Annotated[
    str | None,
    Field(
        pattern=r"^(19|20)[0-9]{2}(-[0-9]{2}){0,2}$",
        description="an edition such as 2020 or 2020-09, or nothing",
    ),
]
Flag = Annotated[  # spreadsheets write TRUE
    str | None,
    Field(pattern=r"^(?i:true|false)$", description="true, false or nothing"),
]
Level = Literal["0", "1", "2", "3"]
Year = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}$", description="a year such as 2019")]


class Line(BaseModel):
    """A line of a seed, all text; what may be empty may be left out, columns too."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    KEY: ClassVar[tuple[str, ...]]
    MEANS: ClassVar[tuple[str, ...]]
    # Where the values of a column stand, and which of them may be sums
    KNOWN: ClassVar[Mapping[str, str]] = {}
    SUMS: ClassVar[tuple[str, ...]] = ()


class Indicator(Line):
    KEY = ("indicator_id",)
    MEANS = (
        "name_en",
        "name_zh",
        "unit",
        "definition",
        "definition_zh",
        "dimension",
        "direction",
        "study_role",
        "is_rebased",
    )
    KNOWN: ClassVar = {"unit": "units.csv"}
    indicator_id: Name
    name_en: Words
    name_zh: str | None = None
    unit: Words
    definition: str | None = None
    definition_zh: str | None = None
    dimension: str | None = None
    direction: Annotated[Literal["1", "-1"] | None, Field(description="1, -1 or nothing")] = None
    study_role: Annotated[
        Literal["index", "control", "mediator", "determinant", "input", "proxy"] | None,
        Field(description="index, control, mediator, determinant, input, proxy or nothing"),
    ] = None
    where_to_get: str | None = None
    lowest: Bound = None
    highest: Annotated[
        Bound,
        _at_least("lowest", lambda high, low: float(high) < float(low)),
        Field(description="a number that is not below lowest, or nothing"),
    ] = None
    is_rebased: Flag = None


class IndicatorAlias(Line):
    KEY = ("source_id", "table_id", "label_key")
    MEANS = ("indicator_id",)
    KNOWN: ClassVar = {
        "source_id": "the sources and *",
        "table_id": "table_aliases.csv for {source_id}",
        "indicator_id": "indicators.csv",
    }
    source_id: Words
    table_id: Words
    label_key: Subject
    indicator_id: Words


class TableAlias(Line):
    KEY = ("source_id", "title_key")
    MEANS = ("table_id",)
    KNOWN: ClassVar = {"source_id": "the sources and *"}
    source_id: Words
    title_key: Title | None = None
    table_id: Name


class AreaAlias(Line):
    KEY = ("source_id", "area_key")
    MEANS = ("area_code",)
    KNOWN: ClassVar = {"source_id": "the sources and *", "area_code": "dim_area.csv"}
    source_id: Words
    area_key: AreaLabel
    area_code: str | None = None
    note: str | None = None


class Unit(Line):
    KEY = ("unit_key", "unit")
    MEANS = ("factor", "currency")
    unit_key: UnitLabel
    unit: Words
    factor: Annotated[
        str,
        Field(pattern=r"^[0-9.]+([eE][-+]?[0-9]+)?$", description="a number above 0"),
        AfterValidator(_positive),
    ]
    currency: Annotated[Literal["USD"] | None, Field(description="USD or nothing")] = None


class Derivation(Line):
    KEY = ("indicator_id", "proxy_level")
    MEANS = ("numerator_id", "denominator_id", "obs_status")
    KNOWN: ClassVar = dict.fromkeys(
        ("indicator_id", "numerator_id", "denominator_id"), "indicators.csv"
    )
    SUMS = ("numerator_id", "denominator_id")
    indicator_id: Words
    numerator_id: Sum
    denominator_id: Sum = None
    obs_status: Annotated[Literal["D", "X"], Field(description="D (a ratio) or X (a proxy)")]
    proxy_level: Annotated[Level, Field(description="0, 1, 2 or 3")]
    note: str | None = None


class Correction(Line):
    KEY = (
        *("source_id", "indicator_id", "area_code", "year", "first_edition", "last_edition"),
        *("category_code", "locator"),
    )
    MEANS = ("expected", "corrected")
    KNOWN: ClassVar = {
        "source_id": "the sources",
        "indicator_id": f"indicators.csv and {', '.join(NOT_INDICATORS)}",
        "area_code": "dim_area.csv",
    }
    source_id: Words
    indicator_id: Words
    area_code: Words
    year: Year
    first_edition: Edition = None
    last_edition: Annotated[
        Edition,
        _at_least("first_edition", lambda last, first: last < first[: len(last)]),
        Field(
            description="an edition such as 2020-09 that is not before first_edition, or nothing"
        ),
    ] = None
    expected: Words
    corrected: Words
    reason: Words
    evidence: Words
    category_code: str | None = None
    locator: str | None = None


KINDS: dict[str, type[Line]] = {
    "indicators": Indicator,
    "indicator_aliases": IndicatorAlias,
    "table_aliases": TableAlias,
    "area_aliases": AreaAlias,
    "units": Unit,
    "derivations": Derivation,
    "corrections": Correction,
}
