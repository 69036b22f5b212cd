"""All measures of one table: computed together, kept as arrays, and as tidy tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analytics.threads import one_thread
from analytics.value_chains import content, extraction, koopman, production
from analytics.value_chains.content import Columns
from analytics.value_chains.measures import BY_PARTNER, MEASURES
from analytics.value_chains.system import System
from analytics.value_chains.table import InterCountryTable

# Below this part of value added or final production a chain is rounding, not trade
_NOTHING = 1e-12


@dataclass(frozen=True, eq=False)
class ValueChains:
    """The measures of one table, NaN where one does not exist.

    `country` has arrays (G,) in the order of `countries`; `industry` arrays of the pairs of
    `keys` (place of the country, industry); `partner` arrays (exporter, importer), none without
    extraction; `origin` the value added (source, exporter) in exports.
    """

    countries: tuple[str, ...]
    keys: tuple[tuple[int, str], ...]
    country: Columns
    industry: Columns
    origin: np.ndarray
    partner: Columns = field(default_factory=dict)

    def country_frame(self) -> pd.DataFrame:
        """One row a country, with the reason where a measure does not exist."""
        frame = pd.DataFrame({"area_code": self.countries, **self.country})
        return frame.assign(reason=_reasons(self.country, "exports"))

    def industry_frame(self) -> pd.DataFrame:
        """One row a country and industry; levels of the parts of a country are summed."""
        places, industries = zip(*self.keys, strict=True)
        areas = [self.countries[place] for place in places]
        frame = pd.DataFrame({"area_code": areas, "industry_code": industries, **self.industry})
        return frame.assign(reason=_reasons(self.industry, "output"))

    def partner_frame(self) -> pd.DataFrame:
        """One row an exporter and importer; sales at home on the diagonal alone."""
        pairs = pd.MultiIndex.from_product(
            [self.countries, self.countries], names=["exporter_code", "importer_code"]
        )
        is_home = np.eye(len(self.countries), dtype=bool)
        columns = {
            name: np.where(is_home == name.endswith("domestic_sales"), values, np.nan).ravel()
            for name, values in self.partner.items()
        }
        return pd.DataFrame(columns, index=pairs).reset_index()

    def origin_frame(self) -> pd.DataFrame:
        """One row a source of value added and an exporter; they add up to the exports."""
        pairs = pd.MultiIndex.from_product(
            [self.countries, self.countries], names=["source_code", "exporter_code"]
        )
        return pd.DataFrame({"value_added": self.origin.ravel()}, index=pairs).reset_index()

    def only(self, country: str) -> "ValueChains":
        """The same for one country: its rows, and those where it exports."""
        place = self.countries.index(country)
        is_own = np.array([home == place for home, _ in self.keys])
        return ValueChains(
            (country,),
            tuple((0, industry) for home, industry in self.keys if home == place),
            {name: values[[place]] for name, values in self.country.items()},
            {name: values[is_own] for name, values in self.industry.items()},
            self.origin[[place]][:, [place]],
        )


@one_thread()
def value_chains(
    table: InterCountryTable,
    sets: Mapping[str, np.ndarray] | None = None,
    extraction_too: bool = True,
) -> ValueChains:
    """Every measure of a table; without extraction those of Borin and Mancini are left out.

    `sets` are industries (masks (n,)) whose value added in exports is measured too. Raises
    SpecificationError if the table has no Leontief inverse.
    """
    system = System(table)
    order = np.argsort(table.home, kind="stable")  # as in_blocks sorts them
    masks = {name: mask[order] for name, mask in (sets or {}).items()}
    rows = content.by_exporting_row(system) | content.by_source_row(system)
    chains, distances = production.activities(system), production.distances(system)
    sums = {name: system.by_exporter(values) for name, values in (rows | chains).items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        country = _of_countries(system, sums, rows["exports"], distances)
        country |= content.of_industries(system, masks)
        keys, industry = _of_industries(system, rows | chains | distances)
    partner = extraction.by_partner(system) if extraction_too else {}
    country |= extraction.by_exporter(partner) if partner else {}
    if partner and BY_PARTNER in masks:
        partner |= content.of_partners(system, BY_PARTNER, masks[BY_PARTNER])
    with np.errstate(divide="ignore", invalid="ignore"):
        country |= _shares(country)
    return ValueChains(
        table.countries,
        keys,
        {name: country[name] for name in _ordered(country)},
        {name: values for name, values in industry.items() if name in MEASURES},
        content.origin(system),
        partner,
    )


def _ordered(columns: Columns) -> list[str]:
    """The columns in the order of the declared measures, then those of the user's own sets."""
    declared = [name for name in MEASURES if name in columns]
    of_sets = ("_content_domestic", "_content_foreign", "_exports_direct", "_value_added_share")
    return [
        *declared,
        *(name for name in columns if name not in MEASURES and name.endswith(of_sets)),
    ]


def _of_countries(
    system: System, sums: Columns, exports: np.ndarray, distances: Columns
) -> Columns:
    found = sums | content.absorption(system) | koopman.nine_terms(system)
    found |= koopman.indirect_value_added(system, found["kww_3"])
    for variant in ("unctad", "kpww", "kww3"):
        forward, backward = found[f"iv_{variant}"], found["fva_content"]
        shares = _ratio(forward, found["exports"]), _ratio(backward, found["exports"])
        found[f"participation_{variant}"] = shares[0] + shares[1]
        found[f"position_{variant}"] = np.log1p(shares[0]) - np.log1p(shares[1])
    up = _distance(distances["up"], system.output)
    found["upstreamness_exports"] = _ratio(system.by_exporter(up * exports), found["exports"])
    found["upstreamness_output"] = _ratio(system.by_exporter(distances["up"]), found["output"])
    found["downstreamness_output"] = _ratio(system.by_exporter(distances["down"]), found["output"])
    return found | _chains(found)


def _of_industries(system: System, rows: Columns) -> tuple[tuple[tuple[int, str], ...], Columns]:
    """Rows summed by country and industry, ratios of the sums."""
    pairs = list(zip(system.home.tolist(), system.table.industries, strict=True))
    place = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
    groups = np.array([place[pair] for pair in pairs])
    sums = {name: np.bincount(groups, values) for name, values in rows.items()}
    ratios = {
        "upstreamness": _distance(sums["up"], sums["output"]),
        "downstreamness": _distance(sums["down"], sums["output"]),
    }
    return tuple(place), sums | _chains(sums) | ratios


def _chains(sums: Columns) -> Columns:
    """Shares, lengths and position of chains from the sums of `production.activities`."""
    found: Columns = {}
    for side, whole in (("forward", "value_added"), ("backward", "final_production")):
        of_whole = {part: _ratio(sums[part], sums[whole]) for part in (side, f"{side}_simple")}
        found[f"wang_{side}"] = of_whole[side]
        found[f"wang_{side}_simple"] = of_whole[f"{side}_simple"]
        found[f"wang_{side}_complex"] = of_whole[side] - of_whole[f"{side}_simple"]
        has_chain = np.abs(sums[side]) > _NOTHING * np.abs(sums[whole])
        length = {"forward": "wang_plv", "backward": "wang_ply"}[side]
        found[length] = np.where(has_chain, _ratio(sums[f"{side}_stages"], sums[side]), np.nan)
    return found | {"wang_position": found["wang_plv"] / found["wang_ply"]}


def _shares(country: Columns) -> Columns:
    """Levels over exports."""
    levels = {
        "dva_share": ["dva_content"],
        "fva_share": ["fva_content"],
        "vax_ratio": ["vax"],
        "bm_gvc_backward_share": ["bm_gvc_backward"],
        "bm_gvc_forward_share": ["bm_gvc_forward"],
    }
    for name in country:
        if name.endswith("_content_domestic"):
            of_set = name.removesuffix("_content_domestic")
            levels[f"{of_set}_value_added_share"] = [name, f"{of_set}_content_foreign"]
    return {
        share: _ratio(np.sum([country[level] for level in of], axis=0), country["exports"])
        for share, of in levels.items()
        if all(level in country for level in of)
    }


def _distance(stages: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Stages in a unit of output; what is not made has no use but the final one."""
    return np.where(output != 0, stages / output, 1)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    return np.where(denominator != 0, numerator / denominator, np.nan)


def _reasons(columns: Columns, whole: str) -> list[str | None]:
    """Why a measure of a row does not exist: nothing is exported or made, or nothing is chained."""
    nothing = {"exports": "no exports", "output": "no output"}[whole]
    causes = {
        nothing: columns[whole] == 0,
        "no inputs cross a border before its value added does": np.isnan(columns["wang_ply"]),
        "no value added crosses a border as an input": np.isnan(columns["wang_plv"]),
    }
    return [
        "; ".join(cause for cause, holds in causes.items() if holds[row]) or None
        for row in range(len(columns[whole]))
    ]
