"""Further variables beside those of the panel: one row an indicator, area and year, made wide."""

import pandas as pd

from analytics.revision_impact import FROM, TO

KEYS = ["province_code", "year"]


def joined(panel: pd.DataFrame, observed: pd.DataFrame, provinces: pd.DataFrame) -> pd.DataFrame:
    """The panel with a column for each indicator of `observed`, in the unit that it has there.

    Provinces and years that only `observed` has are rows too, described by `provinces`; areas of
    another level are none. Columns: `observed` has indicator_id, area_code, year and value,
    `provinces` province_code and what describes it, as `panel` does (`name_en` for
    `province_name_en`).
    """
    of_provinces = observed[observed["area_code"].isin(provinces["province_code"])]
    wide = of_provinces.pivot(index=["area_code", "year"], columns="indicator_id", values="value")
    rows = panel.merge(wide.rename_axis(KEYS), how="outer", on=KEYS)
    described = provinces.rename(columns={"name_en": "province_name_en"}).set_index(KEYS[0])
    for column in described.columns.intersection(panel.columns):
        rows[column] = rows[KEYS[0]].map(described[column])
    return rows


def joined_vintages(
    panel: pd.DataFrame, observed: pd.DataFrame, provinces: pd.DataFrame
) -> pd.DataFrame:
    """The same at each date on which the panel or an indicator changed, until the next."""
    changes = [rows[name] for rows in (panel, observed) for name in (FROM, TO)]
    dates = sorted(pd.to_datetime(pd.concat(changes)).dropna().unique())
    found = [
        joined(_known_on(panel, date), _known_on(observed, date), provinces).assign(
            **{FROM: date, TO: until}
        )
        for date, until in zip(dates, [*dates[1:], pd.NaT])
    ]
    return pd.concat(found, ignore_index=True)


def _known_on(rows: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    known_from, known_to = (pd.to_datetime(rows[name]) for name in (FROM, TO))
    return rows[(known_from <= date) & ~(known_to <= date)].drop(columns=[FROM, TO])
