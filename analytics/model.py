"""What every model has: its place in a table, its terms, its sample, its effects and errors.

An estimator is a module of `analytics.estimators` with a class of its own that is a Model.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, PrivateAttr, field_validator, model_validator

from analytics.sample import parse_sample
from analytics.sections import (
    KEYS,
    Absorption,
    Effects,
    Interaction,
    PanelKeys,
    Section,
    Split,
    Vce,
    Winsorise,
)

if TYPE_CHECKING:
    from analytics.panel import Panel
    from analytics.results import ModelResult


class Model(Section):
    """What every model has: an outcome, a sample, and a place in a table.

    `split_by` asks for one model a value of a column, `leave_one_out` for one without each
    entity. The numbers of `categorical` columns are codes. `panel` names one of the further
    panels of a study.
    """

    needed_keys: ClassVar[frozenset[str]] = frozenset()  # of the panel, whatever the effects
    compares_slopes: ClassVar[bool] = False  # of the parts of a split, by `estimate_interacted`

    id: Annotated[str, Field(min_length=1)]
    title: str | None = None
    table_number: int | None = None
    column_number: int | None = None
    panel: str | None = None
    estimator: str
    outcome: str
    regressors: tuple[str, ...] = ()
    sample: str | None = None
    winsorise: Winsorise | None = None
    categorical: tuple[str, ...] = ()
    split_by: Split | None = None
    leave_one_out: Literal["entity"] | None = None

    _bases: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _with_bases(cls, content: Any, handler: Callable[[Any], Self]) -> Self:
        """Interactions with a base are terms like any others, and their bases stand beside."""
        bases: dict[str, str] = {}
        if isinstance(content, dict) and isinstance(content.get("regressors"), list | tuple):
            terms = [_term(entry, bases) for entry in content["regressors"]]
            content = {**content, "regressors": terms}
        model = handler(content)
        model._bases.update(bases)
        return model

    @property
    def bases(self) -> Mapping[str, str]:
        """The value that the others of an interaction are compared with, where one is declared."""
        return self._bases

    @field_validator("sample")
    @classmethod
    def _sample_parses(cls, sample: str | None) -> str | None:
        if sample is not None:
            parse_sample(sample)
        return sample

    @model_validator(mode="after")
    def _terms_differ(self) -> Self:
        explanatory = [term for terms in self.roles.values() for term in terms]
        if twice := [term for term, count in Counter(explanatory).items() if count > 1]:
            role = next(role for role, terms in self.roles.items() if twice[0] in terms)
            raise ValueError(f"{role} `{twice[0]}` is listed twice")
        for role, terms in self.roles.items():
            if self.outcome in terms:
                article = "an" if role[0] in "aeiou" else "a"
                raise ValueError(f"`{self.outcome}` is both the outcome and {article} {role}")
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The explanatory terms by what they are; a term has one role."""
        return {"regressor": self.regressors}

    @property
    def terms(self) -> tuple[str, ...]:
        """Every term that a row must have, the outcome first."""
        explanatory = (term for terms in self.roles.values() for term in terms)
        return tuple(dict.fromkeys([self.outcome, *explanatory]))

    @property
    def absorbed(self) -> Effects:
        """The effects that the model takes out."""
        return "none"

    @property
    def absorption(self) -> Absorption:
        """The same with what else is taken out, and the weights."""
        return Absorption(self.absorbed)

    def on(self, keys: PanelKeys) -> Self:
        """The model as it is on a panel with these keys; ValueError where it cannot be."""
        return self

    @property
    def errors(self) -> Vce:
        """How the covariance is computed, where the model has the choice."""
        return Vce()

    def estimate(self, panel: "Panel") -> "ModelResult":
        """The estimates as they are printed, with all that is asked for beside them.

        Raises SpecificationError where the panel cannot serve the model, and CollinearityError
        where a regressor adds nothing to the ones before it.
        """
        raise NotImplementedError

    def repeat(self, panel: "Panel") -> "ModelResult":
        """The estimates alone, for the many times that other rows give them once more."""
        raise NotImplementedError

    def estimate_interacted(
        self, panel: "Panel", column: str, parts: Mapping[str, tuple["Model", np.ndarray]]
    ) -> "ModelResult":
        """All parts of a split in one model: the model of each value, and its rows (n,)."""
        raise NotImplementedError

    @property
    def controls(self) -> tuple[str, ...]:
        """The terms that a model may do without where a study says so."""
        return self.regressors

    def without(self, controls: Collection[str]) -> Self:
        """The model without these controls, wherever it names them."""
        kept = {
            key: tuple(name for name in getattr(self, key) if name not in controls)
            for key in ("regressors", "categorical")
        }
        return self.model_copy(update=kept)


class WithEffects(Model):
    """A model that takes out effects and has a choice of errors.

    The effect of an entity or period with a single row fits the row exactly. Stata's xtreg and
    areg keep such rows and reghdfe drops them; `keep_singletons` chooses.
    """

    # Whether its errors may be those of a wild cluster bootstrap
    resamples_errors: ClassVar[bool] = True

    effects: Effects | None = None
    vce: Vce = Vce()
    keep_singletons: bool | None = None

    @model_validator(mode="after")
    def _errors_suit_the_estimator(self) -> Self:
        if self.vce.type == "wild_cluster" and not self.resamples_errors:
            raise ValueError(f"wild_cluster errors are not for the estimator {self.estimator}")
        return self

    @property
    def keeps_singletons(self) -> bool:
        """Whether rows that an effect fits exactly count: not unless the model says so."""
        return bool(self.keep_singletons)

    @property
    def absorbed(self) -> Effects:
        """The effects that the model takes out: none unless it says otherwise."""
        return self.effects or "none"

    @property
    def errors(self) -> Vce:
        """The errors that the model asks for."""
        return self.vce


class LinearModel(WithEffects):
    """A linear model, which takes any number of sets of effects, trends and weights.

    `effects` may list columns, and pairs of them: [province, year, "region:year"]. `trends` gives
    each entity a slope of time, `weights` names a column of analytic weights (Stata's [aw]).
    """

    trends: Literal["entity"] | None = None
    weights: str | None = None

    _sets: tuple[str, ...] = PrivateAttr(default=())

    @model_validator(mode="wrap")
    @classmethod
    def _with_sets(cls, content: Any, handler: Callable[[Any], Self]) -> Self:
        """A list of effects stands beside the field until the keys of the panel are known."""
        sets: tuple[str, ...] = ()
        if isinstance(content, dict) and isinstance(content.get("effects"), list | tuple):
            sets = _distinct_sets(content["effects"])
            content = {**content, "effects": None}
        model = handler(content)
        model._sets = sets
        return model

    @property
    def absorption(self) -> Absorption:
        """The effects, trends and weights that the model asks for."""
        return Absorption(self.absorbed, self._sets, self.trends is not None, self.weights)

    def on(self, keys: PanelKeys) -> Self:
        """The model with the effects of entities and periods told from the others of its list."""
        model = self
        if self._sets:
            named = {str(keys.entity): "entity", str(keys.time): "time"} | {
                key: key for key in ("entity", "time")
            }
            of_keys = {named[name] for name in self._sets if name in named}
            panel = next(e for e, both in KEYS.items() if set(both) == of_keys)
            model = self.model_copy(update={"effects": panel})
            model._sets = tuple(name for name in self._sets if name not in named)
        if model.trends and "entity" not in KEYS[model.absorbed]:
            raise ValueError(f"model `{self.id}`: `trends` of entities need their effects as well")
        return model


def _distinct_sets(entries: Collection[Any]) -> tuple[str, ...]:
    for entry in entries:
        if not isinstance(entry, str):
            raise ValueError(
                f"`effects` has {entry!r}; expected columns, as in [province, year, region:year]"
            )
    names = [":".join(part.strip() for part in entry.split(":")) for entry in entries]
    if not names:
        raise ValueError("`effects` is empty; leave it out, or write none")
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ValueError(f"`effects` lists `{twice[0]}` twice")
    return tuple(names)


def _term(entry: Any, bases: dict[str, str]) -> Any:
    """A regressor as a term, from `{interaction: "treat:year", base: 2014}` too."""
    if not isinstance(entry, dict):
        return entry
    if entry.keys() != {"interaction", "base"} or not all(
        isinstance(value, str | int) for value in entry.values()
    ):
        raise ValueError(
            f"`regressors` has {entry!r}; expected a term, "
            'or {interaction: "treat:year", base: 2014}'
        )
    interaction = Interaction.model_validate(entry)
    bases[interaction.interaction] = interaction.base
    return interaction.interaction


def check_keys(model: Model, panel: PanelKeys) -> None:
    """A model can only use the panel keys that are declared; ValueError where it does not."""
    vce = model.errors
    needs = {
        "entity": "entity" in model.needed_keys
        or "entity" in KEYS[model.absorbed]
        or model.leave_one_out is not None
        or (vce.is_clustered and not vce.by),
        "time": "time" in model.needed_keys
        or "time" in KEYS[model.absorbed]
        or model.absorption.trends
        or vce.type == "driscoll_kraay",
    }
    for key, needed in needs.items():
        if needed and getattr(panel, key) is None:
            raise ValueError(
                f"model `{model.id}` needs `panel.{key}`, which is not declared: name its column, "
                "as in `panel: {entity: firm, time: year}`"
            )
