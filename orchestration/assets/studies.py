"""The studies: estimates on the panel, as tables of schema `results`."""

import time
from collections.abc import Iterator
from dataclasses import fields

import dagster as dg
import pandas as pd

from analytics.comparison import published_comparison
from analytics.errors import SpecificationError
from analytics.figures import curve_figure
from analytics.printed import printed_markdown, printed_numbers, printed_table
from analytics.revision_impact import revision_impact
from analytics.specification import Study, load_study, study_files
from analytics.study import StudyTables, run_study
from orchestration.keys import asset_key, group
from orchestration.metadata import picture, table_metadata
from orchestration.resources import Warehouse
from warehouse.store import build

PANEL = "marts.panel__province_year"
VINTAGES = "marts.panel__province_year__vintages"
PUBLISHED = "seeds.published_estimates"
COMPARISON = "results.published_comparison"
IMPACT = "results.revision_impact"
STUDIES = [load_study(file) for file in study_files()]
TIDY = {field.name: f"results.{field.name}" for field in fields(StudyTables)}
# Each table of the paper by its address
PRINTED = {
    f"results.{study.study}__table_{number}": (study, number)
    for study in STUDIES
    for number in printed_numbers(study)
}
# What a table is made from besides the panel
ALSO_FROM = {COMPARISON: [asset_key(PUBLISHED)], IMPACT: [asset_key(VINTAGES)]}
DIAGNOSTICS = "diagnostics_raise_no_doubt"
ROBUST = "headline_estimates_hold_on_every_vintage"


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            asset_key(table),
            deps=[asset_key(PANEL), *ALSO_FROM.get(table, [])],
            group_name=group(table),
            kinds={"python"},
            description=PRINTED[table][0].title if table in PRINTED else None,
        )
        for table in (*TIDY.values(), COMPARISON, IMPACT, *PRINTED)
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
def studies(warehouse: Warehouse) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Every study of `analytics/studies`, estimated on the panel."""
    started = time.monotonic()
    panel = build.read_table(warehouse.home, PANEL)
    try:
        done = {study.study: run_study(study, panel) for study in STUDIES}
    except SpecificationError as error:
        raise dg.Failure(f"studies: {error}") from None
    tidy = {
        table: pd.concat([getattr(tables, name) for tables in done.values()], ignore_index=True)
        for name, table in TIDY.items()
    }
    published = build.read_table(warehouse.home, PUBLISHED)
    comparison = published_comparison(
        published, *(tidy[TIDY[name]] for name in ("estimates", "statistics", "models"))
    )
    printed = {
        table: printed_table(done[study.study], study, number)
        for table, (study, number) in PRINTED.items()
    }
    vintages = _intervals(build.read_table(warehouse.home, VINTAGES))
    impact = pd.concat([revision_impact(study, vintages) for study in STUDIES], ignore_index=True)
    results = {**tidy, COMPARISON: comparison, IMPACT: impact, **printed}
    build.write_results(
        warehouse.home, {table.removeprefix("results."): rows for table, rows in results.items()}
    )
    made = build.tables(warehouse.home)
    seconds = time.monotonic() - started
    for table in results:
        metadata = table_metadata(made[table], seconds)
        if table == TIDY["specification_curve"]:
            metadata |= _figures(results[table])
        if table in PRINTED:
            metadata["table"] = dg.MetadataValue.md(printed_markdown(printed[table]))
        yield dg.MaterializeResult(asset_key(table), metadata=metadata)
    for table, (study, number) in PRINTED.items():
        yield _diagnostics(table, study, number, done[study.study])
    yield _robustness(impact)
    warehouse.say(f"models    {made['results.models'].rows} models in {seconds:.1f} s")


def _intervals(copies: pd.DataFrame) -> pd.DataFrame:
    """Each copy of the panel as known from its vintage date until the next."""
    dates = sorted(copies["as_of"].unique())
    until = copies["as_of"].map(dict(zip(dates, dates[1:])))
    return copies.rename(columns={"as_of": "known_from"}).assign(known_to=until)


def _figures(fits: pd.DataFrame) -> dict[str, dg.MarkdownMetadataValue]:
    """The specification curve of each study that has one."""
    known = fits.dropna(subset="standardised")
    return {study: picture(curve_figure(rows)) for study, rows in known.groupby("study")}


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
    return dg.AssetCheckResult(
        asset_key=asset_key(IMPACT),
        check_name=ROBUST,
        passed=not sentences,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(sentences) or None,
    )


def _in_words(row: pd.Series, prefix: str = "") -> str:
    return f"{row[f'{prefix}estimate']:.3f} (p {row[f'{prefix}p_value']:.3f})"


def _diagnostics(table: str, study: Study, number: int, tables: StudyTables) -> dg.AssetCheckResult:
    """What a reader of one table has to know: one sentence for the models that share it."""
    models = tables.models[tables.models["table_number"] == number].dropna(subset="warnings")
    warnings = [
        f"{study.study}, table {number}: {said} ({', '.join(same['model_id'])})"
        for said, same in models.groupby("warnings", sort=False)
    ]
    return dg.AssetCheckResult(
        asset_key=asset_key(table),
        check_name=DIAGNOSTICS,
        passed=not warnings,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(warnings) or None,
    )
