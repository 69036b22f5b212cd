"""The model specification format, shared by `yearbook estimate` and `analytics/studies/*.yml`."""

import difflib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args, overload

from pydantic import (
    Field,
    FiniteFloat,
    ValidationError,
    model_validator,
)

from analytics.errors import (
    SpecificationError,
    and_others,
    expected_instead,
    meant,
    misspelt_first,
    shown,
)
from analytics.estimators.registry import AnyModel
from analytics.model import Model, check_keys
from analytics.sections import Once, PanelKeys, Section
from analytics.specification_curve import SpecificationCurve, check_curve
from analytics.yaml_text import read_text, read_yaml

STUDIES = Path(__file__).parent / "studies"  # those that come with the package


class Specification(Section):
    """A panel and the models to estimate on it.

    `labels` says what variables are called in the tables for papers.
    """

    panel: PanelKeys = PanelKeys()
    labels: dict[str, str] = Field(default_factory=dict)
    models: Annotated[tuple[AnyModel, ...], Field(min_length=1)]
    specification_curve: SpecificationCurve | None = None

    @model_validator(mode="wrap")
    @classmethod
    def _on_its_panel(cls, content: Any, handler: Callable[[Any], Self]) -> Self:
        """Only the keys of the panel tell which effects are those of entities and periods."""
        parsed = handler(content)
        models = tuple(model.on(parsed.keys_of(model)) for model in parsed.models)
        parsed = parsed.model_copy(update={"models": models})
        parsed._check()
        return parsed

    def keys_of(self, model: Model) -> PanelKeys:
        """The keys of the panel of a model. Raises ValueError for a panel that is not declared."""
        if model.panel is not None:
            raise ValueError(f"model `{model.id}`: `panel: {model.panel}` is for studies")
        return self.panel

    def _check(self) -> None:
        if twice := [name for name, n in Counter(m.id for m in self.models).items() if n > 1]:
            raise ValueError(f"two models have the id `{twice[0]}`")
        for model in self.models:
            check_keys(model, self.keys_of(model))
        if self.specification_curve is not None:
            check_curve(self.specification_curve, self.models, self.panel)


class StudyPanel(PanelKeys):
    """A panel of the warehouse."""

    table: Literal["panel__province_year", "panel__country_year", "panel__country_partner_year"] = (
        "panel__province_year"
    )


class Descriptives(Section):
    """A table of summary statistics."""

    table_number: int | None = None
    variables: Annotated[tuple[str, ...], Once]


class Headline(Section):
    """The estimates that a study is about: these terms of these models."""

    models: Annotated[tuple[str, ...], Once] = ()
    terms: Annotated[tuple[str, ...], Once] = ()


class PublishedTerm(Section):
    """A coefficient (or a threshold, or its test) as it was printed."""

    estimate: FiniteFloat
    std_error: Annotated[FiniteFloat, Field(ge=0)] | None = None
    stars: Literal["", "*", "**", "***"] = ""


class PublishedEquation(Section):
    """A column of a published table: its terms in our names, by the model that estimates them."""

    table_number: int
    column_number: int
    model_id: str
    equation: str = "main"
    nobs: Annotated[int, Field(ge=1)] | None = None
    note: str | None = None
    terms: Annotated[dict[str, PublishedTerm], Field(min_length=1)]


class Study(Specification):
    """A specification that a refresh estimates on the warehouse's panel.

    `optional_regressors` are controls that a model may go without: where no source provides
    one, or the effects absorb it, the model runs without it and says so in its warnings.
    `expected_signs` are those that the theory gives to terms, for a reader to compare.
    `panels` are further panels by the names under which models ask for them (`panel: pairs`).
    `headline` is estimated again on the panel of every vintage. `published` are the estimates of
    the literature that ours are compared with, `table_titles` what its tables are about,
    `chinese_titles` its own title and those of its tables, models and parts of models in Chinese.
    """

    study: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    panel: StudyPanel = StudyPanel()
    panels: dict[str, StudyPanel] = Field(default_factory=dict)
    optional_regressors: tuple[str, ...] = ()
    expected_signs: dict[str, Literal["+", "-"]] = Field(default_factory=dict)
    descriptives: Descriptives = Descriptives(variables=())
    headline: Headline = Headline()
    published: tuple[PublishedEquation, ...] = ()
    table_titles: dict[int, str] = Field(default_factory=dict)
    chinese_titles: dict[str, str] = Field(default_factory=dict)

    @property
    def table_numbers(self) -> list[int]:
        """The numbers of its tables, in their order."""
        numbers = {model.table_number for model in self.models} | {self.descriptives.table_number}
        return sorted(number for number in numbers if number is not None)

    @property
    def tables(self) -> list[str]:
        """The tables of the warehouse that it is estimated on, that of the first panel first."""
        return list(dict.fromkeys(panel.table for panel in (self.panel, *self.panels.values())))

    def keys_of(self, model: Model) -> StudyPanel:
        """The panel of a model. Raises ValueError for one that is not declared."""
        if model.panel is None:
            return self.panel
        if model.panel not in self.panels:
            raise ValueError(
                f"model `{model.id}`: `panels` has no `{model.panel}`; "
                f"it has {', '.join(self.panels) or 'none'}"
            )
        return self.panels[model.panel]

    def printed_name(self, number: int) -> str:
        """The name of one of its tables among those of all studies."""
        return f"{self.study}__table_{number}"

    @model_validator(mode="after")
    def _headline_is_known(self) -> Self:
        models = {model.id: model for model in self.models}
        for name in self.headline.models:
            if name not in models:
                raise ValueError(f"headline: no model has the id `{name}`")
            if models[name].split_by or models[name].leave_one_out:
                raise ValueError(f"headline: `{name}` is more than one model")
            if models[name].panel:
                raise ValueError(f"headline: `{name}` is not of the first panel")
        return self

    @model_validator(mode="after")
    def _published_is_known(self) -> Self:
        known = {model.id for model in self.models}
        for equation in self.published:
            if equation.model_id.partition("[")[0] not in known:
                raise ValueError(f"published: no model has the id `{equation.model_id}`")
        keys = Counter(
            (equation.table_number, equation.column_number, term)
            for equation in self.published
            for term in equation.terms
        )
        for (table, column, term), times in keys.items():
            if times > 1:
                raise ValueError(
                    f"published: table {table}, column {column} has `{term}` {times} times"
                )
        return self

    @model_validator(mode="after")
    def _titles_are_of_tables(self) -> Self:
        for number in self.table_titles:
            if number not in self.table_numbers:
                raise ValueError(f"table_titles: no model has the table_number {number}")
        titles = {self.title, *self.table_titles.values(), *(each.title for each in self.models)}
        titles |= {v for each in self.models if each.split_by for v in each.split_by.values}
        for title in self.chinese_titles:
            if title not in titles:
                raise ValueError(
                    "chinese_titles: neither the study nor a table, a model or a value of "
                    f"`split_by` has the title `{title}`"
                )
        return self

    def in_chinese(self, title: str) -> str:
        """A title in Chinese; the same where the study does not say it."""
        return self.chinese_titles.get(title, title)


def load_specification(path: Path) -> Specification:
    """Read a specification file, which may be that of a study.

    Raises SpecificationError naming the file, the place, the mend.
    """
    return _load(path, Specification)


def load_study(path: Path) -> Study:
    """Read a study file. Raises SpecificationError naming the file, the place and the mend."""
    return _load(path, Study)


def load_studies(*folders: Path) -> list[Study]:
    """The studies of the package and those of other folders, in order of their files.

    Raises SpecificationError for a file that is wrong, and for a name that two studies have.
    """
    studies: dict[str, Study] = {}
    for file in [file for folder in (STUDIES, *folders) for file in sorted(folder.glob("*.yml"))]:
        study = load_study(file)
        if study.study in studies:
            raise SpecificationError(
                f"{file}: another study is named `{study.study}`; choose another name"
            )
        studies[study.study] = study
    return list(studies.values())


Kind = TypeVar("Kind", bound=Specification)


def _load(path: Path, kind: type[Kind]) -> Kind:
    try:
        return _read(read_text(path), kind)
    except SpecificationError as error:
        raise SpecificationError(f"{path}: {error}") from None


def _read(text: str, kind: type[Kind]) -> Kind:
    content = read_yaml(text)
    if kind is Specification and isinstance(content, dict) and "study" in content:
        kind = Study  # type: ignore[assignment]  # a study is a specification
    return parse_specification(content, kind)


def chosen(specification: Specification, only: str) -> Specification:
    """The specification with one of its models, or with those of one of its tables ("table_3").

    Raises SpecificationError for a name that neither has.
    """
    number = only.removeprefix("table_")
    models = tuple(
        model
        for model in specification.models
        if model.id == only or (number != only and str(model.table_number) == number)
    )
    if not models:
        tables = sorted({m.table_number for m in specification.models} - {None}, key=str)
        names = [*(f"table_{table}" for table in tables), *(m.id for m in specification.models)]
        close = difflib.get_close_matches(only, names, n=1)
        mend = f"did you mean {close[0]}?" if close else f"it has {', '.join(names)}"
        raise SpecificationError(f"--only {only}: no table or model has this name; {mend}")
    return specification.model_copy(update={"models": models, "specification_curve": None})


@overload
def parse_specification(content: Any) -> Specification: ...
@overload
def parse_specification(content: Any, kind: type[Kind]) -> Kind: ...
def parse_specification(content: Any, kind: Any = Specification) -> Any:
    """Check the content of a specification (mappings and lists, as YAML gives them)."""
    if not isinstance(content, dict):
        raise SpecificationError("expected a mapping with the keys `panel` and `models`")
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise SpecificationError(_sentence(error, content, kind)) from None


def _sentence(error: ValidationError, content: dict[str, Any], kind: type[Section]) -> str:
    """The first problem in one sentence; how many more there are, so that nobody is surprised."""
    # A list of models that are wrong counts as empty, too, which is no news
    problems = misspelt_first(
        p for p in error.errors() if p["type"] != "too_short" or not p["input"]
    )
    first = problems[0]
    place, key = _place(first["loc"], content)
    given = f"`{key}` is {shown(first['input'])}"
    match first["type"]:
        case "extra_forbidden":
            known = _known_keys(first["loc"], kind)
            mend = meant(str(first["loc"][-1]), known) or f"known keys: {', '.join(known)}"
            text = f"unknown key `{key}`; {mend}"
        case "missing" if isinstance(first["loc"][-1], int):
            text = f"{given}; expected more entries"
        case "missing":
            text = f"the key `{key}` is missing"
        case "union_tag_not_found":
            text = "the key `estimator` is missing"
        case "union_tag_invalid":
            expected = first["ctx"]["expected_tags"].replace("'", "")
            tag = first["input"].get("estimator", first["ctx"]["tag"])
            text = f"`estimator` is {shown(tag)}; expected {expected}"
        case "literal_error":
            expected = first["ctx"]["expected"].replace("'", "")
            text = f"{given}; expected {expected}"
        case "value_error":
            text = str(first["ctx"]["error"])
        case "too_short":
            text = f"`{key}` is empty; expected one entry or more"
        case "model_type" | "model_attributes_type" | "dict_type":
            text = f"{given}; expected a mapping{_with_keys(first['loc'], kind)}"
        case _:
            text = f"{given}; expected {expected_instead(first)}"
    return and_others(f"{place}{text}", problems)


def _with_keys(loc: tuple[int | str, ...], kind: type[Section]) -> str:
    """The keys of the mapping that stands at a place, where it is one of declared keys."""
    try:
        return f" with the keys {', '.join(_known_keys((*loc, ''), kind))}"
    except (AttributeError, KeyError):
        return ""


def _place(loc: tuple[int | str, ...], content: Any) -> tuple[str, str]:
    """("model `baseline`: ", "effects") for ("models", 0, "fixed_effects", "effects")."""
    place, rest = "", list(loc)
    if len(loc) >= 2 and loc[0] == "models" and isinstance(loc[1], int):
        entry = content["models"][loc[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        place = f"model `{name}`: " if name and isinstance(name, str) else f"model {loc[1] + 1}: "
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
