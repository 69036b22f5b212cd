"""The model specification format, shared by `yearbook estimate` and `analytics/studies/*.yml`."""

import difflib
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from analytics.errors import SpecificationError
from analytics.sample import parse_sample

Effects = Literal["none", "entity", "time", "two_way"]
SmallSample = Literal["stata", "lsdv", "linearmodels", "none"]
Equation = Literal["both", "difference", "level"]


class Section(BaseModel):
    """A part of a specification: a key that it does not declare is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    replications: Annotated[int, Field(ge=1)] = 999
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

    replications: Annotated[int, Field(ge=0)] = 300
    seed: Annotated[int, Field(ge=0)] = 1


class ClusterBootstrap(Bootstrap):
    """Whole clusters are drawn: those of a column, the entities, or rows without an entity."""

    replications: Annotated[int, Field(ge=0)] = 1000
    by: str | None = None


class ModelTest(Section):
    """A test beside the estimates: `hausman`, or `{joint: [x, z]}`, that all of them are 0."""

    hausman: bool = False
    joint: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        if isinstance(content, str):
            if content != "hausman":
                raise ValueError(f"`tests` has {content!r}; expected hausman or {{joint: [x, z]}}")
            return {"hausman": True}
        return content

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.hausman == bool(self.joint):
            raise ValueError("`tests` has an entry that is neither hausman nor {joint: [x, z]}")
        return self


class Instrument(Section):
    """A variable (or a lag, "L1.x") that instruments the equations as it is."""

    variable: str
    equation: Equation = "both"

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        return {"variable": content} if isinstance(content, str) else content


class GmmInstrument(Instrument):
    """A variable whose lags a to b instrument the equations; b is None for all there are."""

    lags: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)] | None] = (1, None)

    @field_validator("lags")
    @classmethod
    def _ordered(cls, lags: tuple[int, int | None]) -> tuple[int, int | None]:
        if lags[1] is not None and lags[1] < lags[0]:
            raise ValueError("`lags` is a range in ascending order, as in [2, 4] or [2, null]")
        return lags


class Split(Section):
    """The column whose values each get a model of their own; the values, or all in their order."""

    column: str
    values: tuple[str | int | float, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, content: Any) -> Any:
        return {"column": content} if isinstance(content, str) else content


class Model(Section):
    """What every model has: an outcome, a sample, and a place in a table.

    `split_by` asks for one model a value of a column, `leave_one_out` for one without each
    entity.
    """

    id: Annotated[str, Field(min_length=1)]
    title: str | None = None
    table_number: int | None = None
    column_number: int | None = None
    estimator: str
    outcome: str
    regressors: tuple[str, ...] = ()
    sample: str | None = None
    winsorise: Winsorise | None = None
    split_by: Split | None = None
    leave_one_out: Literal["entity"] | None = None

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
    def errors(self) -> Vce:
        """How the covariance is computed, where the model has the choice."""
        return Vce()


class WithEffects(Model):
    """A model that takes out effects and has a choice of errors."""

    effects: Effects | None = None
    vce: Vce = Vce()

    @property
    def absorbed(self) -> Effects:
        """The effects that the model takes out: none unless it says otherwise."""
        return self.effects or "none"

    @property
    def errors(self) -> Vce:
        """The errors that the model asks for."""
        return self.vce


class LeastSquares(WithEffects):
    """One regression: outcome on regressors, with effects, on a sample."""

    estimator: Literal["pooled_ols", "fixed_effects"]
    regressors: Annotated[tuple[str, ...], Field(min_length=1)]
    tests: tuple[ModelTest, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.estimator == "pooled_ols" and self.effects not in (None, "none"):
            raise ValueError(
                f"pooled_ols has no effects, but `effects` is {self.effects}: "
                "use the estimator fixed_effects"
            )
        for test in self.tests:
            if test.hausman and self.absorbed not in ("entity", "two_way"):
                raise ValueError("the hausman test needs a model with entity effects")
            for term in test.joint:
                if term not in self.regressors:
                    raise ValueError(f"`tests.joint` names `{term}`, which is no regressor")
        return self

    @property
    def absorbed(self) -> Effects:
        """The effects that the model takes out: entity effects unless it says otherwise."""
        return self.effects or ("none" if self.estimator == "pooled_ols" else "entity")


class InstrumentalVariables(WithEffects):
    """Two-stage least squares: `instruments` stand in for the `endogenous` regressors."""

    estimator: Literal["iv"]
    endogenous: Annotated[tuple[str, ...], Field(min_length=1)]
    instruments: Annotated[tuple[str, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _identified(self) -> Self:
        if len(self.instruments) < len(self.endogenous):
            raise ValueError(
                f"{len(self.endogenous)} endogenous regressors need as many instruments or more, "
                f"and there are {len(self.instruments)}"
            )
        if self.vce.type in ("driscoll_kraay", "wild_cluster"):
            raise ValueError(f"{self.vce.type} errors are not for the estimator iv")
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Exogenous regressors, endogenous ones and instruments."""
        return {
            "endogenous regressor": self.endogenous,
            "regressor": self.regressors,
            "instrument": self.instruments,
        }


class Mediation(WithEffects):
    """How much of the effect of `treatment` on the outcome goes through `mediator`."""

    estimator: Literal["mediation"]
    treatment: str
    mediator: str
    bootstrap: ClusterBootstrap = ClusterBootstrap()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.vce.type == "wild_cluster":
            raise ValueError("wild_cluster errors are not for the estimator mediation")
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """The treatment, the mediator and the controls."""
        return {
            "treatment": (self.treatment,),
            "mediator": (self.mediator,),
            "regressor": self.regressors,
        }


class Threshold(WithEffects):
    """A panel threshold model: the slopes of `regime_dependent` switch with a variable."""

    estimator: Literal["threshold"]
    regime_dependent: Annotated[tuple[str, ...], Field(min_length=1)]
    threshold_variable: str
    effects: Literal["entity", "two_way"] = "entity"
    thresholds: Annotated[int, Field(ge=1, le=3)] = 1
    convention: Literal["hansen1999", "xthreg", "exhaustive"] = "hansen1999"
    trim: tuple[Annotated[float, Field(ge=0, lt=0.5)], ...] = (0.05, 0.05, 0.05)
    min_regime_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.0
    grid: Annotated[int, Field(ge=1)] = 400
    bootstrap: Bootstrap = Bootstrap()

    @field_validator("trim", mode="before")
    @classmethod
    def _one_for_all(cls, trim: Any) -> Any:
        return (trim,) * 3 if isinstance(trim, int | float) else trim

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if len(self.trim) < self.thresholds:
            raise ValueError(
                f"`trim` has {len(self.trim)} entries for {self.thresholds} thresholds: "
                "give one a threshold, or one number for all"
            )
        if self.vce.type in ("driscoll_kraay", "wild_cluster"):
            raise ValueError(f"{self.vce.type} errors are not for the estimator threshold")
        return self

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Regressors whose slopes switch, and those whose slopes do not."""
        return {"regime-dependent regressor": self.regime_dependent, "regressor": self.regressors}

    @property
    def terms(self) -> tuple[str, ...]:
        """The threshold variable may be a regressor as well."""
        return tuple(dict.fromkeys([*super().terms, self.threshold_variable]))


class DynamicPanel(Model):
    """Difference or System GMM on lags of the outcome and on regressors."""

    estimator: Literal["dynamic_panel"]
    lags: Annotated[int, Field(ge=1)] = 1
    gmm_instruments: Annotated[tuple[GmmInstrument, ...], Field(min_length=1)]
    iv_instruments: tuple[Instrument, ...] = ()
    time_effects: bool = False
    transformation: Literal["difference", "system"] = "system"
    orthogonal_deviations: bool = False
    steps: Literal["one", "two"] = "two"
    collapse: bool = True
    initial_weight: Literal[1, 2, 3] = 3
    small: bool = False

    @property
    def roles(self) -> dict[str, tuple[str, ...]]:
        """Lags of the outcome, and the regressors."""
        lagged = tuple(f"L{lag}.{self.outcome}" for lag in range(1, self.lags + 1))
        return {"lagged outcome": lagged, "regressor": self.regressors}

    @property
    def absorbed(self) -> Effects:
        """Entity effects are differenced out; time effects are dummies where asked for."""
        return "two_way" if self.time_effects else "entity"


AnyModel = Annotated[
    LeastSquares | InstrumentalVariables | Mediation | Threshold | DynamicPanel,
    Field(discriminator="estimator"),
]


class Choices(Section):
    """What a specification curve varies: each list replaces a part of the base model.

    `treatment` replaces the first regressor of the base that it names (else the first one), and
    `controls` the other regressors. `factors` replaces all of them: each factor is a list of its
    measures, a combination has one measure of each, and each measure in it is the treatment once.
    """

    outcome: tuple[str, ...] = ()
    treatment: tuple[str, ...] = ()
    controls: tuple[tuple[str, ...], ...] = ()
    factors: tuple[Annotated[tuple[str, ...], Field(min_length=1)], ...] = ()
    sample: tuple[str | None, ...] = ()
    winsorise: tuple[Winsorise | None, ...] = ()
    effects: tuple[Effects, ...] = ()
    vce: tuple[Vce, ...] = ()

    @field_validator("vce", mode="before")
    @classmethod
    def _vce_from_type(cls, choices: Any) -> Any:
        if not isinstance(choices, list | tuple):
            return choices
        return [{"type": choice} if isinstance(choice, str) else choice for choice in choices]

    @field_validator("sample")
    @classmethod
    def _samples_parse(cls, samples: tuple[str | None, ...]) -> tuple[str | None, ...]:
        for sample in samples:
            if sample is not None:
                parse_sample(sample)
        return samples

    @field_validator("vce")
    @classmethod
    def _analytic(cls, choices: tuple[Vce, ...]) -> tuple[Vce, ...]:
        if any(vce.type in ("wild_cluster", "driscoll_kraay") for vce in choices):
            raise ValueError(
                "a specification curve takes classical, hc0, hc1 and cluster errors only"
            )
        return choices

    @model_validator(mode="after")
    def _factors_are_all(self) -> Self:
        if self.factors and (self.treatment or self.controls):
            raise ValueError("`factors` names all regressors: leave `treatment` and `controls` out")
        measures = Counter(measure for factor in self.factors for measure in factor)
        if twice := [measure for measure, count in measures.items() if count > 1]:
            raise ValueError(f"`factors` lists `{twice[0]}` twice")
        return self


class SpecificationCurve(Section):
    """Every combination of the choices, each a variation of the model that `base` names."""

    base: str
    choices: Choices


class Specification(Section):
    """A panel and the models to estimate on it."""

    panel: PanelKeys = PanelKeys()
    models: Annotated[tuple[AnyModel, ...], Field(min_length=1)]
    specification_curve: SpecificationCurve | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if twice := [name for name, n in Counter(m.id for m in self.models).items() if n > 1]:
            raise ValueError(f"two models have the id `{twice[0]}`")
        for model in self.models:
            _check_keys(model, self.panel)
        if self.specification_curve is not None:
            _check_curve(self.specification_curve, self.models, self.panel)
        return self


class Descriptives(Section):
    """A table of summary statistics."""

    table_number: int | None = None
    variables: tuple[str, ...]


class Headline(Section):
    """The estimates that a study is about: these terms of these models."""

    models: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


class Study(Specification):
    """A specification that a refresh estimates on the warehouse's panel.

    `optional_regressors` are controls that a model may go without: where no source provides
    one, or the effects absorb it, the model runs without it and says so in its warnings.
    `expected_signs` are those that the theory gives to terms, for a reader to compare.
    `headline` is estimated again on the panel of every vintage.
    """

    study: str
    title: str
    optional_regressors: tuple[str, ...] = ()
    expected_signs: dict[str, Literal["+", "-"]] = {}
    descriptives: Descriptives = Descriptives(variables=())
    headline: Headline = Headline()

    @model_validator(mode="after")
    def _headline_is_known(self) -> "Study":
        models = {model.id: model for model in self.models}
        for name in self.headline.models:
            if name not in models:
                raise ValueError(f"headline: no model has the id `{name}`")
            if getattr(models[name], "split_by", None) or models[name].leave_one_out:
                raise ValueError(f"headline: `{name}` is more than one model")
        return self


def load_specification(path: Path) -> Specification:
    """Read a specification file. Raises SpecificationError naming the file, the place, the mend."""
    return _load(path, Specification)


def load_study(path: Path) -> Study:
    """Read a study file. Raises SpecificationError naming the file, the place and the mend."""
    return _load(path, Study)


def study_files() -> list[Path]:
    """The study files that come with the package, in order of their names."""
    return sorted((Path(__file__).parent / "studies").glob("*.yml"))


Kind = TypeVar("Kind", bound=Specification)


def _load(path: Path, kind: type[Kind]) -> Kind:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SpecificationError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SpecificationError(f"{path}: is not text in UTF-8; save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise SpecificationError(f"{path}: is not valid YAML{place}: {problem}") from None
    try:
        return parse_specification(content, kind)
    except SpecificationError as error:
        raise SpecificationError(f"{path}: {error}") from None


def parse_specification(content: Any, kind: type[Kind] = Specification) -> Kind:
    """Check the content of a specification (mappings and lists, as YAML gives them)."""
    if not isinstance(content, dict):
        raise SpecificationError("expected a mapping with the keys `panel` and `models`")
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise SpecificationError(_sentence(error, content, kind)) from None


def _check_keys(model: Model, panel: PanelKeys) -> None:
    """A model can only use the panel keys that are declared."""
    vce, is_dynamic = model.errors, isinstance(model, Threshold | DynamicPanel)
    needs = {
        "entity": is_dynamic
        or model.absorbed in ("entity", "two_way")
        or model.leave_one_out is not None
        or (vce.is_clustered and not vce.by),
        "time": is_dynamic or model.absorbed in ("time", "two_way") or vce.type == "driscoll_kraay",
    }
    for key, needed in needs.items():
        if needed and getattr(panel, key) is None:
            raise ValueError(f"model `{model.id}` needs `panel.{key}`, which is not declared")


def _check_curve(curve: SpecificationCurve, models: tuple[Model, ...], panel: PanelKeys) -> None:
    base = next((model for model in models if model.id == curve.base), None)
    if base is None:
        raise ValueError(f"specification_curve: no model has the id `{curve.base}`")
    if not isinstance(base, LeastSquares):
        raise ValueError(
            f"specification_curve: `{curve.base}` is {base.estimator}; "
            "the base is a pooled_ols or fixed_effects model"
        )
    if base.vce.type in ("wild_cluster", "driscoll_kraay") and not curve.choices.vce:
        raise ValueError(
            f"specification_curve: `{curve.base}` has {base.vce.type} errors; "
            "give choices of classical, hc0, hc1 or cluster errors"
        )
    for effects in curve.choices.effects:
        for vce in curve.choices.vce or (base.vce,):
            _check_keys(base.model_copy(update={"effects": effects, "vce": vce}), panel)


def _sentence(error: ValidationError, content: dict[str, Any], kind: type[Section]) -> str:
    """The first problem in one sentence; how many more there are, so that nobody is surprised."""
    # A list of models that are wrong counts as empty, too, which is no news
    problems = [p for p in error.errors() if p["type"] != "too_short" or not p["input"]]
    # A key that is misspelt is unknown and, by its right name, missing
    problems.sort(key=lambda problem: problem["type"] != "extra_forbidden")
    first = problems[0]
    place, key = _place(first["loc"], content)
    match first["type"]:
        case "extra_forbidden":
            known = _known_keys(first["loc"], kind)
            close = difflib.get_close_matches(str(first["loc"][-1]), known, n=1, cutoff=0.7)
            mend = f"did you mean `{close[0]}`?" if close else f"known keys: {', '.join(known)}"
            text = f"unknown key `{key}`; {mend}"
        case "missing":
            text = f"the key `{key}` is missing"
        case "union_tag_not_found":
            text = "the key `estimator` is missing"
        case "union_tag_invalid":
            expected = first["ctx"]["expected_tags"].replace("'", "")
            text = f"`estimator` is {first['ctx']['tag']!r}; expected {expected}"
        case "literal_error":
            expected = first["ctx"]["expected"].replace("'", "")
            text = f"`{key}` is {first['input']!r}; expected {expected}"
        case "value_error":
            text = str(first["ctx"]["error"])
        case "tuple_type":
            text = f"`{key}` is {first['input']!r}; expected a list, as in [value, capital]"
        case "string_type":
            text = f"`{key}` is {first['input']!r}; expected text (put it in quotes)"
        case "too_short":
            text = f"`{key}` is empty; expected one entry or more"
        case _:
            text = f"`{key}` is {first['input']!r}; {first['msg'][0].lower()}{first['msg'][1:]}"
    more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
    return f"{place}{text}{more}"


def _place(loc: tuple[int | str, ...], content: Any) -> tuple[str, str]:
    """("model `baseline`: ", "effects") for ("models", 0, "fixed_effects", "effects")."""
    place, rest = "", list(loc)
    if len(loc) >= 2 and loc[0] == "models" and isinstance(loc[1], int):
        entry = content["models"][loc[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        place = f"model `{name}`: " if name else f"model {loc[1] + 1}: "
        rest = rest[3:]  # the estimator is there to choose the kind of model
    return place, ".".join(str(part) for part in rest) or "models"


def _known_keys(loc: tuple[int | str, ...], kind: type[Section]) -> list[str]:
    """The keys that the section holding the unknown key declares."""
    section: Any = kind
    for part in loc[:-1]:
        if isinstance(part, int):  # the place in a list
            continue
        if isinstance(section, dict):  # the kinds of models, by estimator
            section = section[part]
        else:
            section = _section(section.model_fields[part].annotation)
    return list(section.model_fields)


def _section(annotation: Any) -> Any:
    """The section that a field holds, be it optional or in a list; models are told by estimator."""
    kinds = [kind for kind in _parts(annotation) if issubclass(kind, Section)]
    if len(kinds) == 1:
        return kinds[0]
    return {
        estimator: kind
        for kind in kinds
        for estimator in get_args(kind.model_fields["estimator"].annotation)
    }


def _parts(annotation: Any) -> list[type]:
    inner = get_args(annotation)
    if not inner:
        return [annotation] if isinstance(annotation, type) else []
    return [part for argument in inner for part in _parts(argument)]
