"""The studies: estimates on the panel, as tables of schema `results`."""

import time
from collections.abc import Iterator

import dagster as dg
import pandas as pd

from analytics.figures import curve_figure, event_figures
from analytics.further_variables import joined, joined_vintages
from analytics.printed_tables import printed_markdown
from analytics.revision_impact import FROM, TO
from analytics.specification import Study, load_studies
from analytics.study_results import combined, printed_tables, result_tables, study_results
from orchestration import judgement
from orchestration.checks.gate import warning
from orchestration.keys import asset_key, group
from orchestration.metadata import described_columns, picture, table_metadata
from orchestration.resources import Warehouse
from warehouse.store import build

PROVINCES = "panel__province_year"
IMPACT = "results.revision_impact"
CURVE = "results.specification_curve"
ESTIMATES = "results.estimates"
STUDIES = load_studies()
PANELS = list(dict.fromkeys(table for study in STUDIES for table in study.tables))
TABLES = {f"results.{name}": table for name, table in result_tables(STUDIES).items()}
# Each table of the papers by its address
PRINTED = {f"results.{name}": found for name, found in printed_tables(STUDIES).items()}
DIAGNOSTICS = "diagnostics_raise_no_doubt"
ROBUST = "headline_estimates_hold_on_every_vintage"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            asset_key(table),
            deps=[asset_key(f"marts.{panel}") for panel in PANELS],
            group_name=group(table),
            kinds={"python"},
            description=declared.description,
            metadata={"dagster/column_schema": described_columns(declared.columns)},
        )
        for table, declared in TABLES.items()
    ],
    check_specs=[
        dg.AssetCheckSpec(
            ROBUST,
            asset=asset_key(IMPACT),
            description="No revision of the data changed the sign or the significance of a "
            "headline estimate",
        ),
        *(
            dg.AssetCheckSpec(
                DIAGNOSTICS,
                asset=asset_key(table),
                description="No model does without a control, an entity or enough clusters; no "
                "test speaks against it",
            )
            for table in PRINTED
        ),
    ],
    pool="duckdb_writer",
)
def studies(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Every study of `analytics/studies`, estimated on its panels, and those of the home."""
    started = time.monotonic()
    of_home = judgement.studies_of(warehouse.home)
    named = dict.fromkeys(table for study in [*STUDIES, *of_home] for table in study.tables)
    panels = build.read_tables(warehouse.home, *(f"marts.{table}" for table in named))
    history = dict(zip(named, panels, strict=True))
    with_own = [study for study in of_home if study.panel.table == PROVINCES]
    found = combined(
        [
            *(_on_its_panels(study, history) for study in STUDIES),
            *(_on_its_panels(study, history) for study in of_home if study not in with_own),
            *([_of_the_home(warehouse, with_own, history[PROVINCES])] if with_own else []),
        ]
    )
    made = build.write_results(warehouse.home, found)
    results = {f"results.{name}": rows for name, rows in found.items()}
    seconds = time.monotonic() - started
    for table, rows in results.items():
        metadata = table_metadata(made[table], seconds, is_declared=table in TABLES)
        if table == CURVE:
            metadata |= _figures(rows)
        if table == ESTIMATES:
            metadata |= _event_figures(rows)
        if table in PRINTED or table.removeprefix("results.") in printed_tables(of_home):
            metadata["table"] = dg.MetadataValue.md(printed_markdown(rows))
        if table in TABLES:
            yield dg.MaterializeResult(asset_key(table), metadata=metadata)
        else:  # of a study of the home, which the code does not know before it runs
            context.log_event(dg.AssetMaterialization(asset_key(table), metadata=metadata))
    for table, (study, number) in PRINTED.items():
        yield _diagnostics(table, study, number, found["models"])
    yield _robustness(found["revision_impact"])
    warehouse.say(f"models    {made['results.models'].rows} models in {seconds:.1f} s")


def _now(rows: pd.DataFrame) -> pd.DataFrame:
    if TO not in rows:  # a table without history
        return rows
    return rows[rows[TO].isna()].drop(columns=[FROM, TO]).reset_index(drop=True)


def _on_its_panels(study: Study, history: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """A study on the tables that it names, as they are known now and were before."""
    known = {table: _now(history[table]) for table in study.tables}
    table = study.panel.table
    return study_results([study], known[table], history[table], known)


def _of_the_home(
    warehouse: Warehouse, of_home: list[Study], vintages: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The studies of a home, on the panel and any further indicators that they name."""
    named = judgement.names_in(of_home)
    observed, provinces = build.read_tables(
        warehouse.home, "marts.fct_observation", "catalog.dim_province"
    )
    observed = observed[observed["indicator_id"].isin(named - {*vintages})]
    panel = joined(_now(vintages), _now(observed), provinces)
    has_headline = any(study.headline.models for study in of_home)
    history = joined_vintages(vintages, observed, provinces) if has_headline else vintages
    return study_results(of_home, panel, history)


def _figures(fits: pd.DataFrame) -> dict[str, dg.MarkdownMetadataValue]:
    """The specification curve of each study that has one."""
    known = fits.dropna(subset="standardised")
    return {study: picture(curve_figure(rows)) for study, rows in known.groupby("study")}


def _event_figures(estimates: pd.DataFrame) -> dict[str, dg.MarkdownMetadataValue]:
    """The effects by event time of each event study."""
    return {
        f"{study}__{name}": picture(image)
        for study, rows in estimates.groupby("study")
        for name, image in event_figures(rows).items()
    }


def _robustness(impact: pd.DataFrame) -> dg.AssetCheckResult:
    """Which headline estimates had another sign or significance on an earlier vintage."""
    changed = impact[
        impact["is_sign_changed"].fillna(False) | impact["is_significance_changed"].fillna(False)
    ]
    sentences = [
        f"{study}: {term} of {model} is {_in_words(rows.iloc[-1], 'newest_')} now; "
        + ", ".join(f"{_in_words(row)} as of {row['as_of']}" for _, row in rows.iterrows())
        for (study, model, term), rows in changed.groupby(["study", "model_id", "term"], sort=False)
    ]
    return warning(sentences, asset_key=asset_key(IMPACT), check_name=ROBUST)


def _in_words(row: pd.Series, prefix: str = "") -> str:
    return f"{row[f'{prefix}estimate']:.3f} (p {row[f'{prefix}p_value']:.3f})"


def _diagnostics(
    table: str, study: Study, number: int, models: pd.DataFrame
) -> dg.AssetCheckResult:
    """What a reader of one table has to know: one sentence for the models that share it."""
    of_table = (models["study"] == study.study) & (models["table_number"] == number)
    models = models[of_table].dropna(subset="warnings")
    warnings = [
        f"{study.study}, table {number}: {said} ({', '.join(same['model_id'])})"
        for said, same in models.groupby("warnings", sort=False)
    ]
    return warning(warnings, asset_key=asset_key(table), check_name=DIAGNOSTICS)
