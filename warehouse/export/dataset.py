"""The values of a selection as one table, and beside it what each variable is and rests on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from warehouse.export.selection import PANELS, Language, NotThere, Selection, Variable

KEYS = ["area_code", "year"]
FACTS = "marts.fct_observation"
_OF_VALUE = (
    *("value", "unit", "obs_status", "proxy_level", "missing_reason", "published_on"),
    *("source_id", "series_vintage"),
)
_STATUSES = {"imputed": "I", "derived": "D", "proxies": "X"}
# What a reader is told in either language
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "area_id": "Number of the area in this file; area_code is its code",
        "area_code": "Area (GB/T 2260; economies: ISO 3166)",
        "area_name": "Name of the area",
        "year": "Reference year",
        "variable": "Indicator, or column of the panel",
        "label": "Its name",
        "value": "Value",
        "unit": "Unit",
        "obs_status": "A published, P provisional, E estimate, I imputed, D derived, X proxy",
        "proxy_level": "0 exact, 1 close, 2 weak, 3 national constant",
        "missing_reason": "Why there is no value",
        "published_on": "When the value was published",
        "source_id": "Source",
        "series_vintage": "Vintage of the series",
        "release": "Release that the row is from",
        "computed": "computed here",
        "absent": "no file provides it",
        "absent_then": "no file published by {} provides it",
        "known_then": ", as known on {}",
        "counted": "; {first_year}-{last_year}, {values} values",
        "imputed": ", {} imputed",
        "derived": ", {} derived",
        "proxies": ", {} proxies",
        "newest": "; published {}",
    },
    "zh": {
        "area_id": "本文件内的地区序号；代码见area_code",
        "area_code": "地区代码（GB/T 2260；经济体为ISO 3166）",
        "area_name": "地区名称",
        "year": "年份",
        "variable": "指标或面板变量",
        "label": "指标名称",
        "value": "数值",
        "unit": "单位",
        "obs_status": "A 公布值，P 初步，E 估计，I 插补，D 推算，X 代理",
        "proxy_level": "0 精确，1 接近，2 较弱，3 全国常数",
        "missing_reason": "缺失原因",
        "published_on": "公布日期",
        "source_id": "来源",
        "series_vintage": "数据版本",
        "release": "所属数据发布版",
        "computed": "本库计算",
        "absent": "暂无文件提供",
        "absent_then": "{}之前公布的文件均未提供",
        "known_then": "，截至{}已知",
        "counted": "; {first_year}-{last_year}年，{values}个数值",
        "imputed": "，其中插补{}个",
        "derived": "，其中推算{}个",
        "proxies": "，其中代理变量{}个",
        "newest": "; {}公布",
    },
}


@dataclass(frozen=True)
class Dataset:
    """A table for a file.

    `rows` has the keys, the variables (or, where `is_long`, one row a variable) and the release;
    `sources` one row a variable and source: label, unit, definition, source, years, values and how
    many of them were not published, dates of publication. `label` says of which release it is.
    """

    rows: pd.DataFrame
    sources: pd.DataFrame
    variables: tuple[Variable, ...]
    label: str
    newest_published_on: date
    language: Language
    is_long: bool

    def labels(self, columns: Iterable[str]) -> dict[str, str]:
        """What each column is."""
        own = {variable.name: variable.label(self.language) for variable in self.variables}
        words = own | WORDS[self.language]
        return {column: words[column] for column in columns}

    def notes(self) -> list[str]:
        """Release, sources and vintages in sentences, the release first."""
        words = WORDS[self.language]
        return [self.label, *(_note(row, words) for row in self.sources.to_dict("records"))]


def read(
    release: duckdb.DuckDBPyConnection,
    selection: Selection,
    language: Language = "en",
    is_long: bool = False,
    said: Callable[[str], str] = str,
) -> Dataset:
    """The values that are selected, in the order of area and year.

    `said` gives an English text of the release in the language.
    """
    found = _values(release, selection)
    variables = tuple(_in_one_unit(variable, found) for variable in selection.variables)
    selection = replace(selection, variables=variables)
    [(name, label, newest)] = release.execute(
        "select release, label, newest_published_on from catalog.release"
    ).fetchall()
    areas = release.execute(
        f"select area_code, name_{language} as area_name from catalog.dim_area"
    ).df()
    rows = _long(found, selection, language, said) if is_long else _wide(found, selection)
    rows.insert(1, "area_name", rows["area_code"].map(areas.set_index("area_code")["area_name"]))
    in_english, known_then = (
        WORDS[each]["known_then"].format(selection.as_of) if selection.as_of else ""
        for each in ("en", language)
    )
    return Dataset(
        rows=rows.assign(release=f"{name}{in_english}"),
        sources=_sources(release, found, selection, language, said),
        variables=selection.variables,
        label=f"{said(label)}{known_then}",
        newest_published_on=newest,
        language=language,
        is_long=is_long,
    )


def _values(release: duckdb.DuckDBPyConnection, selection: Selection) -> pd.DataFrame:
    """One row a value: variable, area_code, year and what `marts.fct_observation` says of it."""
    names = [variable.name for variable in selection.variables if variable.panel is None]
    parts = [
        f"select indicator_id as variable, area_code, year, {', '.join(_OF_VALUE)} "
        f"from {_table(FACTS, selection)} where indicator_id in (select unnest($names))"
    ]
    for variable in selection.variables:
        parts += [_of_panel(each, selection) for each in (variable, *variable.others) if each.panel]
    bounds = "(len($areas) = 0 or list_contains($areas, area_code)) and "
    bounds += "(len($years) = 0 or list_contains($years, year))"
    return release.execute(
        f"from ({' union all by name '.join(parts)}) where {bounds} "
        "order by variable, area_code, year",
        {"names": names, "areas": list(selection.areas), "years": list(selection.years)},
    ).df()


def _of_panel(variable: Variable, selection: Selection) -> str:
    """The SQL of the values of a column of a panel."""
    assert variable.panel
    return (
        f"select '{variable.name}' as variable, {PANELS[variable.panel]} as area_code, year, "
        f"\"{variable.name}\" as value, '{variable.unit}' as unit "
        f"from {_table(variable.panel, selection)} where value is not null"
    )


def _in_one_unit(variable: Variable, found: pd.DataFrame) -> Variable:
    """The variable as the panel has it whose values were found. Raises NotThere for two units."""
    printed = {*found.loc[found["variable"] == variable.name, "unit"]}
    there = {each.unit: each for each in (*variable.others, variable) if each.unit in printed}
    if len(there) > 1:
        one, other = sorted(there)
        raise NotThere(
            f"{variable.name} is in {one} for some of these areas and in {other} for others: ask "
            "for one kind of them, with --areas province or --areas country"
        )
    return there.popitem()[1] if there else variable


def _table(address: str, selection: Selection) -> str:
    """A table of the release, as it was known on the date asked for."""
    if selection.as_of is None:
        return address
    history = f"{address}__as_of" if address == FACTS else f"{address}__vintages"
    held = "known_from <= '{0}' and coalesce(known_to, '9999-12-31') > '{0}'"
    return f"(from {history} where {held.format(selection.as_of)})"


def _wide(found: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    names = [variable.name for variable in selection.variables]
    values = found.dropna(subset=["value"])
    wide = values.pivot(index=KEYS, columns="variable", values="value").reindex(columns=names)
    return wide.astype(float).rename_axis(columns=None).reset_index()


def _long(
    found: pd.DataFrame, selection: Selection, language: Language, said: Callable[[str], str]
) -> pd.DataFrame:
    labels = {variable.name: variable.label(language) for variable in selection.variables}
    rows = found[[*KEYS, "variable", *_OF_VALUE]].sort_values([*KEYS, "variable"])
    rows.insert(3, "label", rows["variable"].map(labels))
    units = {variable.name: variable.unit_in(language) for variable in selection.variables}
    rows["unit"] = rows["variable"].map(units)
    rows["missing_reason"] = rows["missing_reason"].map(said, na_action="ignore")
    return rows.reset_index(drop=True)


def _sources(
    release: duckdb.DuckDBPyConnection,
    found: pd.DataFrame,
    selection: Selection,
    language: Language,
    said: Callable[[str], str],
) -> pd.DataFrame:
    """One row a variable and source, in the order asked for; what no file has is a row, too."""
    titles = release.execute(
        f"select source_id, title_{language}, publisher from catalog.dim_source"
    ).fetchall()
    known = {source: f"{title}, {said(publisher)}" for source, title, publisher in titles}
    rows = []
    for variable in selection.variables:
        values = found[(found["variable"] == variable.name) & found["value"].notna()]
        about = {
            "variable": variable.name,
            "label": variable.label(language),
            "unit": variable.unit_in(language),
            "definition": variable.defined_in(language),
        }
        for source, part in values.groupby("source_id", dropna=False, sort=True):
            title = known.get(source) or _computed(variable, language, said)
            rows.append(about | {"source": title} | _counted(part))
        if values.empty:
            rows.append(
                about | {"source": _absent(variable, selection, language, said), "values": 0}
            )
    columns = ["variable", "label", "unit", "definition", "source", "first_year", "last_year"]
    columns += ["values", *_STATUSES, "first_published_on", "newest_published_on"]
    counts = ["first_year", "last_year", "values", *_STATUSES]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(counts, "Int64"))


def _absent(
    variable: Variable, selection: Selection, language: Language, said: Callable[[str], str]
) -> str:
    """Why there is no value, and where to get the file unless it was a matter of the date."""
    words = WORDS[language]
    if selection.as_of is not None:
        return words["absent_then"].format(selection.as_of)
    return f"{words['absent']}: {said(variable.where_to_get)}".removesuffix(": ")


def _computed(variable: Variable, language: Language, said: Callable[[str], str]) -> str:
    formula = f": {said(variable.formula)}" if variable.formula else ""
    return WORDS[language]["computed"] + formula


def _counted(values: pd.DataFrame) -> dict[str, object]:
    """Years, values and dates of publication of the values of one source."""
    published = pd.to_datetime(values["published_on"]).dropna().dt.date
    return {
        "first_year": values["year"].min(),
        "last_year": values["year"].max(),
        "values": len(values),
        **{name: (values["obs_status"] == code).sum() for name, code in _STATUSES.items()},
        "first_published_on": published.min() if len(published) else None,
        "newest_published_on": published.max() if len(published) else None,
    }


def _note(row: dict[str, Any], words: dict[str, str]) -> str:
    """What one row of the sources says, in a sentence."""
    told = f"{row['variable']}: {row['label']}; {row['source']}"
    if not row["values"]:
        return told
    counts = [words[name].format(row[name]) for name in _STATUSES if row[name]]
    newest = row["newest_published_on"]
    published = words["newest"].format(newest) if newest else ""
    return "".join([told, words["counted"].format_map(row), *counts, published])
