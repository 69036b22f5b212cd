"""Indicators beside the panel: now, and at each date on which either changed."""

import pandas as pd

from analytics.further_variables import joined, joined_vintages
from analytics.revision_impact import FROM, TO

PROVINCES = pd.DataFrame(
    {"province_code": ["11", "12"], "name_en": ["Beijing", "Tianjin"], "region": ["East", "East"]}
)
PANEL = pd.DataFrame(
    {
        "province_code": ["11"],
        "year": [2019],
        "province_name_en": ["Beijing"],
        "region": ["East"],
        "dige": [0.6],
    }
)
OBSERVED = pd.DataFrame(
    [
        ("x", "11", 2019, 1.0),
        ("x", "12", 1990, 2.0),
        ("y", "11", 2019, 3.0),
        ("x", "100000", 2019, 9),
    ],
    columns=["indicator_id", "area_code", "year", "value"],
)


def test_provinces_and_years_that_the_panel_lacks_are_rows_too():
    rows = joined(PANEL, OBSERVED, PROVINCES).set_index(["province_code", "year"])
    assert rows.loc[("11", 2019), ["dige", "x", "y"]].tolist() == [0.6, 1.0, 3.0]
    assert rows.loc[("12", 1990), ["province_name_en", "region", "x"]].tolist() == [
        "Tianjin",
        "East",
        2.0,
    ]
    assert rows["dige"].notna().sum() == 1 and len(rows) == 2


def test_history_changes_where_the_panel_or_an_indicator_does():
    def dates(*texts: str | None) -> pd.Series:
        return pd.to_datetime(pd.Series(texts))

    panel = pd.concat([PANEL, PANEL.assign(dige=0.7)], ignore_index=True)
    panel = panel.assign(**{FROM: dates("2020-01-01", "2022-01-01"), TO: dates("2022-01-01", None)})
    observed = OBSERVED.iloc[[0]].assign(**{FROM: dates("2021-01-01"), TO: dates(None)})
    rows = joined_vintages(panel, observed, PROVINCES)
    told = rows[[FROM, "dige", "x"]].astype(object).where(rows[[FROM, "dige", "x"]].notna(), None)
    assert told.assign(known_from=rows[FROM].dt.year).to_numpy().tolist() == [
        [2020, 0.6, None],
        [2021, 0.6, 1.0],
        [2022, 0.7, 1.0],
    ]
    assert rows[TO].dt.year.tolist()[:2] == [2021, 2022] and rows[TO].isna().iloc[2]
