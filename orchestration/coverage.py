"""What the data cover: how much there is of each variable of the study, and what is absent."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

STUDY_ROLES = ("index", "control", "determinant")
COUNTS = {
    "areas_reported": "reported",
    "areas_imputed": "imputed",
    "areas_derived": "derived",
    "areas_proxied": "proxy",
    "areas_missing": "missing",
}


def summarise(indicators: "pd.DataFrame", coverage: "pd.DataFrame") -> "pd.DataFrame":
    """One row a variable of the study, from `catalog.dim_indicator` and `catalog.coverage`.

    Columns: indicator_id, study_role, first_year and last_year with a value (NULL where no file
    provides one), the counts of COUNTS in area-years, newest_published_on, where_to_get.
    """
    known = [column for column in COUNTS if column != "areas_missing"]
    has_value = coverage[coverage[known].sum(axis=1) > 0]
    by_indicator = has_value.groupby("indicator_id")["year"].agg(first_year="min", last_year="max")
    counts = coverage.groupby("indicator_id")[list(COUNTS)].sum().rename(columns=COUNTS)
    newest = coverage.groupby("indicator_id")["newest_published_on"].max()
    wanted = indicators[indicators["study_role"].isin(STUDY_ROLES)]
    return (
        wanted[["indicator_id", "study_role", "where_to_get"]]
        .join(by_indicator.astype("Int64"), on="indicator_id")
        .join(counts.astype("Int64"), on="indicator_id")
        .join(newest, on="indicator_id")
        .sort_values(["study_role", "indicator_id"], ascending=[False, True])
        .reset_index(drop=True)
    )


def without_source(summary: "pd.DataFrame") -> "pd.DataFrame":
    """The variables that no file provides in any year."""
    return summary[summary["first_year"].isna()]
