"""One model as many: a model a value of a column, and one without each entity."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import SpecificationError
from analytics.estimators.design import named
from analytics.model import Model
from analytics.panel import Panel, labelled, require_column, value_labels, value_names
from analytics.results import ModelResult

Estimate = Callable[[Model, Panel], ModelResult]
# Estimates a model in one of several ways, and decides what it may do without
Attempt = Callable[[Model, Panel, Estimate], ModelResult]


def estimate_variations(model: Model, panel: Panel, attempt: Attempt) -> Iterator[ModelResult]:
    """The results that a model asks for, each by `attempt`.

    With `split_by`: one for each value, named `<id>[<value>]`, and for least squares the model
    `<id>` on all of them that tests whether their slopes are equal. A value whose rows do not
    suffice is a result with the reason.
    """
    if model.split_by is None:
        yield (_without_each if model.leave_one_out else _alone)(model, panel, attempt)
        return
    column = model.split_by.column
    groups, labels = _groups(model, panel), value_labels(panel.data, column)
    parts: dict[str, tuple[Model, np.ndarray]] = {}
    left_out = []
    for place, (value, mask) in enumerate(groups.items()):
        part = _numbered(model, place).model_copy(
            update={"id": f"{model.id}[{value}]", "split_by": None}
        )
        try:
            [result] = estimate_variations(part, panel.restricted(mask), attempt)
        except SpecificationError as error:
            result = not_estimated(part, [f"not estimated: {error}"])
        is_number = pd.api.types.is_numeric_dtype(panel.data[column].dtype)
        is_number &= value not in labels.values()
        named = column if column.isidentifier() else f"`{column}`"
        condition = f"{named} == {value if is_number else repr(value)}"
        sample = condition if model.sample is None else f"({model.sample}) and {condition}"
        yield replace(result, sample=sample)
        if reason := _cannot_be_compared(result):
            left_out.append(f"{part.id} stays out of the comparison of slopes: {reason}")
        else:
            parts[value] = (part.without(_dropped(part, result)), mask)
    if model.compares_slopes:
        yield _compared(_numbered(model, len(groups)), panel, attempt, parts, left_out)


def _compared(
    model: Model,
    panel: Panel,
    attempt: Attempt,
    parts: Mapping[str, tuple[Model, np.ndarray]],
    left_out: list[str],
) -> ModelResult:
    """The model of all parts together, which tests whether their slopes are equal."""
    assert model.split_by is not None
    column = model.split_by.column
    if len(parts) < 2:
        few = "not estimated: slopes are compared between two parts or more that have errors"
        return not_estimated(model, [few, *left_out])
    try:
        found = attempt(model, panel, lambda m, p: m.estimate_interacted(p, column, parts))
    except SpecificationError as error:
        return not_estimated(model, [f"not estimated: {error}", *left_out])
    return replace(found, warnings=tuple(sorted([*found.warnings, *left_out])))


def _cannot_be_compared(result: ModelResult) -> str | None:
    """Why a part says nothing about whether slopes are equal; None where it does."""
    if not result.terms:
        return next(w.removeprefix("not estimated: ") for w in result.warnings)
    if any(t.std_error is None for t in result.terms if _slope_name(t.equation, t.term)):
        return "its slopes have no errors"
    return None


def _dropped(model: Model, result: ModelResult) -> list[str]:
    """The regressors that the model was estimated without."""
    terms = {term.term for term in result.terms}
    columns = terms.difference(model.regressors)  # of categories
    return [
        name
        for name in model.regressors
        if name not in terms and not any(column.startswith(f"{name}[") for column in columns)
    ]


def not_estimated(model: Model, warnings: list[str]) -> ModelResult:
    """A result without numbers; the warnings say why."""
    return ModelResult(
        model_id=model.id,
        estimator=model.estimator,
        outcome=model.outcome,
        effects=str(model.absorption),
        vce=model.errors.type,
        sample=model.sample,
        table_number=model.table_number,
        column_number=model.column_number,
        warnings=tuple(sorted(warnings)),
    )


def _numbered(model: Model, place: int) -> Model:
    """The model in its column of the table: those of a split stand side by side."""
    if model.column_number is None:
        return model
    return model.model_copy(update={"column_number": model.column_number + place})


def _groups(model: Model, panel: Panel) -> dict[str, np.ndarray]:
    """The rows (n,) of each value of the column to split by, over the rows that may be used."""
    assert model.split_by is not None
    column = panel.data[require_column(model.split_by.column, panel.data)]
    codes, names = value_names(column)
    shown = labelled(names, value_labels(panel.data, model.split_by.column))
    places = {name: place for both in (names, shown) for place, name in enumerate(both)}
    wanted = list(model.split_by.values or shown)
    for value in wanted:
        if value not in places:
            raise SpecificationError(
                f"split_by: column `{column.name}` has no value {value!r}; "
                f"it has {', '.join(shown[:10])}"
            )
    if len(wanted) < 2:
        raise SpecificationError(
            f"split_by: column `{column.name}` has a single value; two or more are needed"
        )
    known = column.notna().to_numpy()
    return {value: (codes == places[value]) & known for value in wanted}


def _alone(model: Model, panel: Panel, attempt: Attempt) -> ModelResult:
    return attempt(model, panel, lambda m, p: m.estimate(p))


def _without_each(model: Model, panel: Panel, attempt: Attempt) -> ModelResult:
    """The result on all rows, with the slopes of the model without each of its entities."""
    result = _alone(model, panel, attempt)
    entity = panel.entity[panel.places(result.rows)]
    slopes = {
        name: term.estimate
        for term in result.terms
        if (name := _slope_name(term.equation, term.term)) is not None
    }
    tests: list[dict[str, Any]] = []
    found: dict[str, list[float]] = {name: [] for name in slopes}
    statistics: dict[str, float] = {}
    lost: dict[str, list[str]] = {}
    for code in np.unique(entity):
        label = panel.labels[code]
        try:
            others = panel.restricted(panel.entity != code)
            other = attempt(model, others, lambda m, p: m.repeat(p))
        except SpecificationError as error:
            lost.setdefault(str(error), []).append(label)
            continue
        terms = {
            name: term
            for term in other.terms
            if (name := _slope_name(term.equation, term.term)) is not None and name in slopes
        }
        tests.append(
            {
                "test": "leave_one_out",
                "left_out": label,
                "nobs": other.nobs,
                "terms": [
                    {
                        "equation": term.equation,
                        "term": term.term,
                        "estimate": term.estimate,
                        "std_error": term.std_error,
                        "p_value": term.p_value,
                    }
                    for term in terms.values()
                ],
            }
        )
        for name, term in terms.items():
            found[name].append(term.estimate)
            statistics[f"leave_one_out[{name} without {label}]"] = term.estimate
    for name, estimates in found.items():
        if estimates:
            statistics[f"leave_one_out_min[{name}]"] = min(estimates)
            statistics[f"leave_one_out_max[{name}]"] = max(estimates)
    warnings = [
        f"leave_one_out: without {named(labels)} not estimated: {reason}"
        for reason, labels in lost.items()
    ]
    return replace(
        result,
        statistics={**result.statistics, **statistics},
        tests=(*result.tests, *tests),
        warnings=tuple(sorted([*result.warnings, *warnings])),
    )


def _slope_name(equation: str, term: str) -> str | None:
    if term == "const":
        return None
    return term if equation == "main" else f"{equation}: {term}"
