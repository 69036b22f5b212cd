"""The audit of the published estimates that a study is compared with."""

from dataclasses import asdict
from typing import Any

import pandas as pd

from analytics.audit import audit, parse_published
from analytics.specification import PublishedEquation, Study
from analytics.tables import PUBLISHED_AUDIT


def published_audit(study: Study) -> pd.DataFrame:
    """What cannot be, or is unusual, in the published numbers; the columns of PUBLISHED_AUDIT.

    A study has the numbers as numbers, without the zeros at their ends: the audit allows for
    coarser rounding then, and finds less, never more.
    """
    report = audit(parse_published({"tables": [_column(study, each) for each in study.published]}))
    rows = [
        {
            **asdict(finding),
            "study": study.study,
            "finding": number,
            "check_name": finding.check,
            "table_number": finding.table,
            "column_number": finding.column,
        }
        for number, finding in enumerate(report.findings, start=1)
    ]
    return PUBLISHED_AUDIT.frame(rows)


def _column(study: Study, equation: PublishedEquation) -> dict[str, Any]:
    """A published column as the audit reads it."""
    outcomes = {model.id: getattr(model, "outcome", None) for model in study.models}
    return {
        "table": str(equation.table_number),
        "column": str(equation.column_number),
        "outcome": outcomes.get(equation.model_id) if equation.equation == "main" else None,
        "note": equation.note,
        "n": equation.nobs,
        "terms": [
            {
                "term": name,
                "coef": str(printed.estimate),
                "se": None if printed.std_error is None else str(printed.std_error),
                "stars": printed.stars,
            }
            for name, printed in equation.terms.items()
        ],
    }
