"""The model specification format, shared by `yearbook estimate` and `analytics/studies/*.yml`."""

import difflib
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

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
    """How the covariance of the estimates is computed; `docs/estimators.md` has the formulas."""

    type: Literal["classical", "hc0", "hc1", "cluster", "driscoll_kraay"] = "classical"
    by: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    small_sample: SmallSample = "stata"
    bandwidth: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _options_fit_type(self) -> Self:
        if self.by and self.type != "cluster":
            raise ValueError(f"`by` is for clustered errors, not for type {self.type}")
        if self.bandwidth is not None and self.type != "driscoll_kraay":
            raise ValueError(f"`bandwidth` is for driscoll_kraay errors, not for type {self.type}")
        return self


class Model(Section):
    """One regression: outcome on regressors, with effects, on a sample."""

    id: Annotated[str, Field(min_length=1)]
    title: str | None = None
    table_number: int | None = None
    column_number: int | None = None
    estimator: Literal["pooled_ols", "fixed_effects"]
    outcome: str
    regressors: Annotated[tuple[str, ...], Field(min_length=1)]
    effects: Effects | None = None
    sample: str | None = None
    winsorise: Winsorise | None = None
    vce: Vce = Vce()

    @field_validator("sample")
    @classmethod
    def _sample_parses(cls, sample: str | None) -> str | None:
        if sample is not None:
            parse_sample(sample)
        return sample

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.estimator == "pooled_ols" and self.effects not in (None, "none"):
            raise ValueError(
                f"pooled_ols has no effects, but `effects` is {self.effects}: "
                "use the estimator fixed_effects"
            )
        if twice := [term for term, count in Counter(self.regressors).items() if count > 1]:
            raise ValueError(f"regressor `{twice[0]}` is listed twice")
        if self.outcome in self.regressors:
            raise ValueError(f"`{self.outcome}` is both the outcome and a regressor")
        return self

    @property
    def absorbed(self) -> Effects:
        """The effects that the model takes out: entity effects unless it says otherwise."""
        return self.effects or ("none" if self.estimator == "pooled_ols" else "entity")


class Specification(Section):
    """A panel and the models to estimate on it."""

    panel: PanelKeys = PanelKeys()
    models: Annotated[tuple[Model, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if twice := [name for name, n in Counter(m.id for m in self.models).items() if n > 1]:
            raise ValueError(f"two models have the id `{twice[0]}`")
        for model in self.models:
            _check_keys(model, self.panel)
        return self


class Descriptives(Section):
    """A table of summary statistics."""

    table_number: int | None = None
    variables: tuple[str, ...]


class Study(Specification):
    """A specification that a refresh estimates on the warehouse's panel.

    `optional_regressors` are controls that a model may go without: where no source provides
    one, or the effects absorb it, the model runs without it and says so in its warnings.
    """

    study: str
    title: str
    optional_regressors: tuple[str, ...] = ()
    descriptives: Descriptives = Descriptives(variables=())


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
    needs = {
        "entity": model.absorbed in ("entity", "two_way")
        or (model.vce.type == "cluster" and not model.vce.by),
        "time": model.absorbed in ("time", "two_way") or model.vce.type == "driscoll_kraay",
    }
    for key, needed in needs.items():
        if needed and getattr(panel, key) is None:
            raise ValueError(f"model `{model.id}` needs `panel.{key}`, which is not declared")


def _sentence(error: ValidationError, content: dict[str, Any], kind: type[Section]) -> str:
    """The first problem in one sentence; how many more there are, so that nobody is surprised."""
    problems = error.errors()
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
    """("model `baseline`: ", "effects") for the location ("models", 0, "effects")."""
    place, rest = "", list(loc)
    if len(loc) >= 2 and loc[0] == "models" and isinstance(loc[1], int):
        entry = content["models"][loc[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        place = f"model `{name}`: " if name else f"model {loc[1] + 1}: "
        rest = rest[2:]
    return place, ".".join(str(part) for part in rest) or "models"


def _known_keys(loc: tuple[int | str, ...], kind: type[Section]) -> list[str]:
    """The keys that the section holding the unknown key declares."""
    sections: dict[object, type[Section]] = {
        "panel": PanelKeys,
        "models": Model,
        "vce": Vce,
        "winsorise": Winsorise,
        "descriptives": Descriptives,
    }
    parents = [part for part in loc[:-1] if part in sections]
    return list((sections[parents[-1]] if parents else kind).model_fields)
