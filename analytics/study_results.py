"""Everything that studies bring forth: which tables, and their rows."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

import pandas as pd

from analytics import tables
from analytics.printed_tables import model_titles, printed_cells, printed_table
from analytics.published_audit import published_audit
from analytics.revision_impact import revision_impact
from analytics.specification import Study
from analytics.study import StudyTables, run_study
from analytics.tables import Table

# One table for all studies
SHARED = {
    "models": tables.MODELS,
    "titles": tables.TITLES,
    "estimates": tables.ESTIMATES,
    "statistics": tables.STATISTICS,
    "threshold_search": tables.THRESHOLD_SEARCH,
    "descriptives": tables.DESCRIPTIVES,
    "specification_curve": tables.CURVE,
    "sign_comparison": tables.SIGN_COMPARISON,
    "published_comparison": tables.PUBLISHED_COMPARISON,
    "published_audit": tables.PUBLISHED_AUDIT,
    "revision_impact": tables.REVISION_IMPACT,
}


def printed_tables(studies: Sequence[Study]) -> dict[str, tuple[Study, int]]:
    """The tables as they would be printed, by name: of which study, and its number there."""
    return {
        study.printed_name(number): (study, number)
        for study in studies
        for number in study.table_numbers
    }


def result_tables(studies: Sequence[Study]) -> dict[str, Table]:
    """Every table of results by name: those of all studies, then each as it would be printed."""
    found = dict(SHARED)
    for name, (study, number) in printed_tables(studies).items():
        title = study.table_titles.get(number)
        found[name] = tables.printed(number, title, study.in_chinese(title or ""))
    return found


def study_results(
    studies: Sequence[Study],
    panel: pd.DataFrame,
    vintages: pd.DataFrame,
    further: Mapping[str, pd.DataFrame] | None = None,
) -> dict[str, pd.DataFrame]:
    """The rows of every table of `result_tables`.

    `panel` has one row an entity and period; `vintages` the same with its history, as
    `revision_impact` wants it; `further` the tables of further panels, by name. Nothing raises for
    what they lack: a model that cannot be estimated is a row with the reason.
    """
    done = {study.study: run_study(study, panel, further) for study in studies}
    rows = {
        field.name: _together(field.name, [getattr(made, field.name) for made in done.values()])
        for field in fields(StudyTables)
    }
    of_study = [(study, done[study.study]) for study in studies]
    impact = [revision_impact(study, vintages) for study in studies]
    audits = [published_audit(study) for study in studies]
    return {
        **rows,
        "titles": _together("titles", [titles(study, made.models) for study, made in of_study]),
        "published_audit": _together("published_audit", audits),
        "revision_impact": _together("revision_impact", impact),
        **{
            name: printed_cells(printed_table(done[study.study], study, number))
            for name, (study, number) in printed_tables(studies).items()
        },
    }


def titles(study: Study, models: pd.DataFrame) -> pd.DataFrame:
    """What a study and its models are called (`tables.TITLES`)."""
    declared = {model.id: model for model in study.models}
    rows = [
        {
            "study": study.study,
            "model_id": name,
            "study_en": study.title,
            "study_zh": study.in_chinese(study.title),
            "model_en": ": ".join(parts),
            "model_zh": "：".join(map(study.in_chinese, parts)),
        }
        for name in models["model_id"]
        for parts in [model_titles(declared, name)]
    ]
    return tables.TITLES.frame(rows)


def combined(parts: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """The tables of several calls of `study_results` as one, each study's rows in their order."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: pd.concat([part[name] for part in parts if name in part], ignore_index=True)
        for name in names
    }


def _together(name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([SHARED[name].frame([]), *parts], ignore_index=True)
