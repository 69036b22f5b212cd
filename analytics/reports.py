"""From a specification file and a panel file to a folder of results."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import SpecificationError
from analytics.figures import curve_figure, model_figures
from analytics.panel_files import read_panel
from analytics.paper_tables import Style, paper_table
from analytics.printed_tables import escaped, table_markdown, tables_of
from analytics.results import (
    Estimate,
    ModelResult,
    tidy_estimates,
    tidy_models,
    tidy_statistics,
    tidy_threshold_search,
)
from analytics.specification import Specification, Study, chosen, load_specification
from analytics.study import StudyTables, estimate_study, run_curve, run_specification
from analytics.table_files import write_tables
from analytics.tables import CURVE, DESCRIPTIVES, PUBLISHED_COMPARISON, SIGN_COMPARISON

TERM = (
    *("equation", "term", "estimate", "std_error", "statistic", "p_value", "ci_low", "ci_high"),
    *("vif", "vif_within"),
)
MODEL = (
    "model_id",
    "estimator",
    "convention",
    "nobs",
    "n_entities",
    "n_periods",
    "n_dropped_missing",
    "n_singletons",
)


def estimate_files(
    specification_path: Path,
    panel_path: Path,
    out: Path,
    only: str | None = None,
    tables: Path | None = None,
    style: Style | None = None,
) -> list[ModelResult]:
    """Estimate the models of a file on the panel of another, and write the results to `out`.

    `only` chooses a model, or a table ("table_3"). With `tables`, the tables for papers are
    written there, in a style; variables are called what the specification or the panel calls
    them. Raises SpecificationError, one sentence, for anything that the user can mend.
    """
    specification = load_specification(specification_path)
    if only is not None:
        specification = chosen(specification, only)
    keys = specification.panel
    data = read_panel(panel_path, [key for key in (keys.entity, keys.time) if key is not None])
    study = specification_path.stem
    fits = None
    if isinstance(specification, Study):
        results, fits = estimate_study(specification, data)
        fits = fits if len(fits) else None
    else:
        results = run_specification(specification, data)
        if (curve := run_curve(specification, data, study)) is not None:
            fits, summary = curve
            results.append(summary)
    write_results(out, study, specification, results, fits)
    if tables is not None:
        style = style or Style()
        known = data.attrs.get("variable_labels", {}) | specification.labels
        named = replace(style, labels={**style.labels, **known})
        printed = tables_of(result_frames(study, results, fits), specification)
        write_tables([paper_table(table, named) for table in printed], tables)
    return results


def write_results(
    out: Path,
    study: str,
    specification: Specification,
    results: list[ModelResult],
    fits: pd.DataFrame | None = None,
) -> None:
    """Write results.json, results.md, the tidy tables and the figures into `out`.

    `fits` are those of a specification curve. Raises SpecificationError where `out` cannot be
    written.
    """
    tables = result_frames(study, results, fits)
    written = {"estimates": tables.estimates, "models": tables.models}
    written["statistics"] = tables.statistics
    if fits is not None:
        written["specification_curve"] = fits
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "results.json").write_text(results_json(results), encoding="utf-8")
        markdown = results_markdown(tables, specification, results)
        (out / "results.md").write_text(markdown, encoding="utf-8")
        for name, table in written.items():
            table.to_parquet(out / f"{name}.parquet", index=False)
        if fits is not None and fits["standardised"].notna().any():
            (out / "specification_curve.png").write_bytes(curve_figure(fits))
        tests = {result.model_id: result.tests for result in results}
        for name, image in model_figures(tables.estimates, tests).items():
            (out / f"{name}.png").write_bytes(image)
    except OSError as error:
        raise SpecificationError(f"{out}: cannot be written ({error.strerror or error})") from None


def result_frames(
    study: str, results: list[ModelResult], fits: pd.DataFrame | None = None
) -> StudyTables:
    """The tidy tables of results; those that only a study of the warehouse has are empty."""
    return StudyTables(
        models=tidy_models(study, results),
        estimates=tidy_estimates(study, results),
        statistics=tidy_statistics(study, results),
        threshold_search=tidy_threshold_search(study, results),
        descriptives=DESCRIPTIVES.frame([]),
        specification_curve=fits if fits is not None else CURVE.frame([]),
        sign_comparison=SIGN_COMPARISON.frame([]),
        published_comparison=PUBLISHED_COMPARISON.frame([]),
    )


def results_json(results: Iterable[ModelResult]) -> str:
    """The results as JSON; what does not exist is null."""
    models = [
        {
            **{name: getattr(result, name) for name in MODEL},
            "terms": [_term(term) for term in result.terms],
            "statistics": dict(result.statistics),
            "tests": list(result.tests),
            "warnings": list(result.warnings),
        }
        for result in results
    ]
    return json.dumps(_plain({"models": models}), ensure_ascii=False, indent=1, allow_nan=False)


def results_markdown(
    tables: StudyTables, specification: Specification, results: Iterable[ModelResult]
) -> str:
    """The coefficients side by side, then the statistics and tests of each model."""
    parts = ["# Results\n", table_markdown(tables, specification)]
    for result in results:
        parts.append(f"## {result.model_id}\n")
        parts.append(_counted(result))
        statistics = tables.statistics[tables.statistics["model_id"] == result.model_id]
        if len(statistics):
            values = statistics.set_index("name")["value"]
            lines = [f"| {escaped(name)} | {value:.6g} |" for name, value in values.items()]
            parts.append("\n".join(["| statistic | value |", "|---|---:|", *lines]) + "\n")
        if "vif_max" in result.statistics:
            parts.append(_inflation_markdown(result))
    return "\n".join(parts)


def _inflation_markdown(result: ModelResult) -> str:
    """The variance inflation factors of a model as a table."""
    lines = ["| regressor | VIF | VIF net of the effects |", "|---|---:|---:|"]
    for term in result.terms:
        if term.vif is not None:
            net = "" if term.vif_within is None else f"{term.vif_within:.4g}"
            lines.append(f"| {escaped(term.term)} | {term.vif:.4g} | {net} |")
    return "\n".join(lines) + "\n"


def _counted(result: ModelResult) -> str:
    """Which rows were used and which were lost, in a sentence."""
    if result.nobs is None:
        return "No rows of its own.\n"
    convention = f", convention {result.convention}" if result.convention else ""
    sample = f" Sample: `{result.sample}`." if result.sample else ""
    return (
        f"{result.estimator}{convention}: {result.nobs} rows, {result.n_entities} entities, "
        f"{result.n_periods} periods; {result.n_dropped_missing or 0} rows lost to missing values, "
        f"{result.n_singletons or 0} to singletons.{sample}\n"
    )


def _term(term: Estimate) -> dict[str, Any]:
    return {name: getattr(term, name) for name in TERM}


def _plain(value: Any) -> Any:
    """The same in what JSON knows; numbers that are none (nan, infinity) are null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
