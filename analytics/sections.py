"""The parts of a specification that models share: keys of a panel, errors, draws, effects."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

Effects = Literal["none", "entity", "time", "two_way"]
# Which keys of the panel have effects
KEYS: Mapping[Effects, tuple[str, ...]] = {
    "none": (),
    "entity": ("entity",),
    "time": ("time",),
    "two_way": ("entity", "time"),
}
SmallSample = Literal["stata", "lsdv", "linearmodels", "none"]
MOST_REPLICATIONS = 100_000  # more never end, and a p value has five digits by then


def category_name(value: object) -> object:
    """What a value is called where it is a category: 2014 and 2014.0 are the same."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, bool | int | float | date) else value


Category = Annotated[str, BeforeValidator(category_name)]


def _once(entries: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
    """The entries of a list that has each once."""
    for entry, times in Counter(entries).items():
        if times > 1:
            named = f"`{entry}`" if isinstance(entry, str) else "one choice"
            raise ValueError(f"`{info.field_name}` lists {named} twice")
    return entries


Once = AfterValidator(_once)


class Section(BaseModel):
    """A part of a specification: a key that it does not declare is an error."""

    # One is built when it is used: a specification knows all estimators and names a few
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class PanelKeys(Section):
    """Which columns identify a row. `label` names entities in words ("Inner Mongolia")."""

    entity: str | None = None
    time: str | None = None
    label: str | None = None


class Winsorise(Section):
    """Quantiles beyond which a column is set to the quantile; no columns means every variable."""

    limits: tuple[float, float]
    columns: tuple[str, ...] = ()

    @field_validator("limits")
    @classmethod
    def _ordered(cls, limits: tuple[float, float]) -> tuple[float, float]:
        if not 0 <= limits[0] < limits[1] <= 1:
            raise ValueError("expected two quantiles in ascending order, as in [0.01, 0.99]")
        return limits


class Vce(Section):
    """How the covariance of the estimates is computed; `docs/estimators.md` has the formulas.

    `replications`, `seed` and `weights` are those of the wild cluster bootstrap.
    """

    type: Literal["classical", "hc0", "hc1", "cluster", "driscoll_kraay", "wild_cluster"] = (
        "classical"
    )
    by: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    small_sample: SmallSample = "stata"
    bandwidth: Annotated[int, Field(ge=0)] | None = None
    replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] = 999
    seed: Annotated[int, Field(ge=0)] = 1
    weights: Literal["rademacher", "webb"] = "rademacher"

    @model_validator(mode="after")
    def _options_fit_type(self) -> Self:
        if self.by and not self.is_clustered:
            raise ValueError(f"`by` is for clustered errors, not for type {self.type}")
        if self.bandwidth is not None and self.type != "driscoll_kraay":
            raise ValueError(f"`bandwidth` is for driscoll_kraay errors, not for type {self.type}")
        bootstrap = self.model_fields_set & {"replications", "seed", "weights"}
        if bootstrap and self.type != "wild_cluster":
            raise ValueError(
                f"`{min(bootstrap)}` is for wild_cluster errors, not for type {self.type}"
            )
        if self.type == "wild_cluster" and len(self.by) > 1:
            raise ValueError("wild_cluster errors take one variable in `by`")
        return self

    @property
    def is_clustered(self) -> bool:
        """Whether the errors are summed within clusters (of `by`, or the entities)."""
        return self.type in ("cluster", "wild_cluster")


class Bootstrap(Section):
    """Draws with replacement, the same for the same seed."""

    replications: Annotated[int, Field(ge=0, le=MOST_REPLICATIONS)] = 300
    seed: Annotated[int, Field(ge=0)] = 1


class Split(Section):
    """The column whose values each get a model of their own; the values, or all in their order."""

    column: str
    values: tuple[Category, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        return {"column": content} if isinstance(content, str) else content


class Interaction(Section):
    """An interaction with categories, and the value that the others are compared with."""

    interaction: str
    base: Category


@dataclass(frozen=True)
class Absorption:
    """All that a model takes out of its variables, and how much each row counts.

    `sets` are those beside entities and periods: columns, or several joined by colons.
    """

    panel: Effects = "none"
    sets: tuple[str, ...] = ()
    trends: bool = False  # a slope of time for each entity
    weights: str | None = None  # the column of analytic weights

    @property
    def is_plain(self) -> bool:
        """Whether there are the effects of entities and periods at most."""
        return not self.sets and not self.trends and self.weights is None

    def __str__(self) -> str:
        """In words, as in "two_way + region:year + trends"."""
        first = (self.panel,) if self.panel != "none" or not self.sets else ()
        return " + ".join([*first, *self.sets, *(("trends",) if self.trends else ())])
