"""Our estimates beside the published ones, and beside the signs that theory gives them."""

import numpy as np
import pandas as pd

from analytics.specification import Study
from analytics.tables import PUBLISHED_COMPARISON, SIGN_COMPARISON

SIGNIFICANT = 0.05
MATCHED_BY = ["study", "model_id", "equation", "term"]


def published_estimates(study: Study) -> pd.DataFrame:
    """The published estimates that a study is compared with, one row each, in their order."""
    columns = [*MATCHED_BY, "table_number", "column_number"]
    columns += ["published_estimate", "published_std_error", "published_nobs"]
    rows = [
        {
            "study": study.study,
            "model_id": equation.model_id,
            "equation": equation.equation,
            "term": term,
            "table_number": equation.table_number,
            "column_number": equation.column_number,
            "published_estimate": printed.estimate,
            "published_std_error": printed.std_error,
            "published_nobs": equation.nobs,
        }
        for equation in study.published
        for term, printed in equation.terms.items()
    ]
    return pd.DataFrame(rows, columns=columns)


def published_comparison(
    published: pd.DataFrame,
    estimates: pd.DataFrame,
    statistics: pd.DataFrame | None = None,
    models: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Set each published estimate beside ours; one row a published estimate, in their order.

    `published` has the columns of `published_estimates`: study, table_number, column_number,
    model_id, term, published_estimate, published_std_error, and `equation` where it is not `main`.
    `estimates` has those of `tables.ESTIMATES`, `statistics` those of `tables.STATISTICS`: a
    threshold that was published is compared with ours as a term without an
    error. `models` (`tables.MODELS`) gives our number of rows beside the published one. Ours are
    unique by study, model, equation and term (pandas' MergeError where not).

    The verdict is "same sign and within two joint errors", where the estimates are no further apart
    than 2 sqrt(se² + se²), "same sign" where they are or an error is missing, "opposite sign", or
    "not estimated here". An estimate of exactly 0 has no sign to differ.
    """
    ours = estimates[[*MATCHED_BY, "estimate", "std_error"]]
    if statistics is not None:
        as_terms = statistics.rename(columns={"name": "term", "value": "estimate"})
        ours = pd.concat([ours, as_terms.assign(equation="main")])
    ours = ours.rename(columns={"estimate": "our_estimate", "std_error": "our_std_error"})
    left = published.assign(
        equation=published["equation"].fillna("main") if "equation" in published else "main"
    )
    # Codes read from a file and from a database differ in type, not in text
    left, ours = (table.astype(dict.fromkeys(MATCHED_BY, "string")) for table in (left, ours))
    table = left.merge(ours, on=MATCHED_BY, how="left", validate="many_to_one")
    if models is not None:
        rows = models[["study", "model_id", "nobs"]].astype(
            {"study": "string", "model_id": "string"}
        )
        rows = rows.rename(columns={"nobs": "our_nobs"})
        table = table.merge(rows, on=["study", "model_id"], how="left", validate="many_to_one")
    absent = [name for name in ("published_nobs", "our_nobs") if name not in table]
    table = table.assign(**dict.fromkeys(absent, pd.NA))
    table = table.astype({n: t for n, t in PUBLISHED_COMPARISON.types.items() if n in table})
    theirs, our = table["published_estimate"], table["our_estimate"]
    table["same_sign"] = (theirs * our >= 0).astype("boolean")  # NA where either is missing
    joint = (table["published_std_error"] ** 2 + table["our_std_error"] ** 2) ** 0.5
    is_within = ((theirs - our).abs() <= 2 * joint).fillna(False)
    same = table["same_sign"]
    table["verdict"] = np.select(
        [same.isna(), ~same.fillna(False), is_within],
        ["not estimated here", "opposite sign", "same sign and within two joint errors"],
        default="same sign",
    )
    return PUBLISHED_COMPARISON.typed(table)


def sign_comparison(study: Study, estimates: pd.DataFrame) -> pd.DataFrame:
    """Our estimate of each term that theory gives a sign; one row a model and term.

    `estimates` has the columns of `tables.ESTIMATES`. The verdict is "as expected" or "opposite",
    with "not significant" where p is 5 % or more, or "not estimated here".
    """
    expected = pd.DataFrame(
        [
            {"study": study.study, "model_id": model.id, "term": term, "expected_sign": sign}
            for model in study.models
            for term, sign in study.expected_signs.items()
            if term in model.regressors
        ],
        columns=["study", "model_id", "term", "expected_sign"],
    ).astype("string")
    ours = estimates.loc[
        estimates["equation"] == "main", ["model_id", "term", "estimate", "p_value"]
    ]
    table = expected.merge(ours, on=["model_id", "term"], how="left", validate="one_to_one")
    estimate = table["estimate"]
    agrees = (estimate > 0) == (table["expected_sign"] == "+")
    significant = (table["p_value"] < SIGNIFICANT).fillna(False)
    table["verdict"] = np.select(
        [estimate.isna(), agrees.fillna(False) & significant, agrees.fillna(False), significant],
        ["not estimated here", "as expected", "as expected, not significant", "opposite"],
        default="opposite, not significant",
    )
    return SIGN_COMPARISON.typed(table)
