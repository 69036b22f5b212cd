"""A made-up economy of 31 provinces in which one latent digital level drives every series.

Nothing here is a statistic. Populations and incomes start from round numbers of the right order
(`profiles.csv`); everything else follows from the digital level, the named parameters and a fixed
seed. The sizes are chosen so that the variables of the study fall into the ranges published for
real provinces, and so that digital trade raises export sophistication by a known, region-specific
amount. An estimator or a mart that goes wrong is seen to go wrong.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SEEDS = HERE.parents[1] / "dbt_project" / "seeds"

# One of those for which the regional slopes keep their order in samples of 33 to 132 rows.
SEED = 2195
YEARS = np.arange(2008, 2023)
BASE_YEAR = 2012
BEIJING = "110000"

# Share of sophisticated exports gained per unit of the digital level: what the study looks for.
SOPHISTICATION_SLOPE = {"Eastern": 1.7, "Central": 0.85, "Western": 0.55, "Northeast": 0.35}
# The same per log point of exports that neither the digital level nor place nor year explains.
LEARNING_BY_EXPORTING = 0.2
# Growth of the digital level over ten years, relative to the level of 2012.
DIGITAL_GROWTH = {"Eastern": 0.65, "Central": 0.75, "Western": 0.75, "Northeast": 0.55}
REAL_GROWTH = {"Eastern": 0.026, "Central": 0.031, "Western": 0.029, "Northeast": 0.021}

HS_EDITION = "2012"
# What a province without and one with only sophisticated exports sells, by HS section.
PLAIN_AND_SOPHISTICATED_BASKET = {
    "VI": (0.06, 0.05),
    "VII": (0.06, 0.04),
    "VIII": (0.06, 0.01),
    "IX": (0.05, 0.005),
    "X": (0.04, 0.015),
    "XI": (0.28, 0.03),
    "XII": (0.10, 0.01),
    "XIII": (0.10, 0.02),
    "XV": (0.13, 0.05),
    "XVI": (0.08, 0.60),
    "XVII": (0.02, 0.08),
    "XVIII": (0.02, 0.09),
}
MANUFACTURED_SHARE_OF_EXPORTS = 0.93

# By how much the census found the GDP of ten years after 2008 overstated, as a fraction.
OVERSTATED_GDP = {"120000": 0.33, "150000": 0.28, "210000": 0.18, "220000": 0.24, "370000": 0.12}


@dataclass(frozen=True)
class Economy:
    """Provinces in rows (GB/T 2260 order), years in columns.

    Attributes:
        provinces: code, names and region of the 31 provinces, from the provinces seed.
        years: the years of the columns, 2008-2022.
        series: indicator -> (31, years) values in the units the yearbooks print; the names are
            those of the indicators seed.
        superseded: indicator -> (31, years) values as printed before a census revised them.
        national: indicator -> (years,) values that exist for the country only.
        exports: (31, years, products) in US dollars, products as in `products`.
        products: hs8, name_zh, section of each exported product, one a chapter.
    """

    provinces: pd.DataFrame
    years: np.ndarray
    series: dict[str, np.ndarray]
    superseded: dict[str, np.ndarray]
    national: dict[str, np.ndarray]
    exports: np.ndarray
    products: pd.DataFrame


def simulate() -> Economy:
    """The same economy at each call."""
    rng = np.random.default_rng(SEED)
    provinces = _provinces()
    cpi = _consumer_prices(rng)
    gdp_per_capita = _gdp_per_capita(provinces, cpi, rng)
    digital = _digital_level(provinces, rng)
    population = _population(provinces, rng)
    gdp = gdp_per_capita * population / 1e4  # yuan x 10 thousand persons -> 100 million yuan

    accounts = _national_accounts(provinces, gdp, population, digital, rng)
    trade = _trade(accounts["gdp"], digital, rng)
    weight = _sophisticated_weight(provinces, digital, rng)
    weight += _learnt_by_exporting(provinces, trade["exports_total"], digital)
    products, baskets = _baskets(rng)
    series = {
        "cpi": cpi,
        "population": population,
        **accounts,
        **trade,
        **_digital_indicators(provinces, population, accounts["gdp"], digital, rng),
        **_controls(accounts, digital, rng),
    }
    exports = _exports(weight, baskets, trade["exports_total"])
    machines = (products["section"] == "XVI").to_numpy()
    # Percent, as if three quarters of the machines were ICT goods.
    series["ict_goods_export_share"] = 75 * exports[..., machines].sum(-1) / exports.sum(-1)
    series |= _employment(series, digital)
    superseded = {
        "gdp": _overstated(provinces, series["gdp"]),
        "population": np.round(population * (1 + _lasting(rng, 0.015) * _decades())),
    }
    return Economy(provinces, YEARS, series, superseded, _national_constants(), exports, products)


def _by_region(provinces: pd.DataFrame, parameter: dict[str, float]) -> np.ndarray:
    return provinces["region"].map(parameter).to_numpy()[:, None]


def _standing(provinces: pd.DataFrame, profile: str) -> np.ndarray:
    """Standardised log of a profile column: how rich or how large a province is."""
    logs = np.log(provinces[profile].to_numpy())[:, None]
    return (logs - logs.mean()) / logs.std()


def _noise(rng: np.random.Generator, deviation: float) -> np.ndarray:
    """One draw a province and year."""
    return rng.normal(0, deviation, (31, len(YEARS)))


def _lasting(rng: np.random.Generator, deviation: float) -> np.ndarray:
    """One draw a province, the same in all years."""
    return rng.normal(0, deviation, (31, 1))


def _decades() -> np.ndarray:
    """Time since the base year, in tens of years."""
    return (YEARS - BASE_YEAR) / 10


def _provinces() -> pd.DataFrame:
    """The provinces with their names, region and profile, in the order of their codes."""
    areas = pd.read_csv(SEEDS / "dim_area.csv", dtype=str)
    regions = areas.set_index("area_code")["name_en"]
    provinces = areas[areas["level"] == "province"].rename(columns={"area_code": "province_code"})
    provinces["region"] = provinces["parent_code"].map(regions)
    for file in (SEEDS / "provinces.csv", HERE / "profiles.csv"):
        more = pd.read_csv(file, dtype={"province_code": str})
        provinces = provinces.merge(more, on="province_code", validate="1:1")
    return provinces


def _consumer_prices(rng: np.random.Generator) -> np.ndarray:
    """Previous year = 100."""
    return 102.0 + rng.normal(0, 0.7, len(YEARS)) + _noise(rng, 0.25)


def _gdp_per_capita(
    provinces: pd.DataFrame, cpi: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Yuan at current prices; the profile is the level of the base year."""
    real_growth = _by_region(provinces, REAL_GROWTH) + _lasting(rng, 0.004) + _noise(rng, 0.008)
    path = np.cumsum(np.log1p(real_growth) + np.log(cpi / 100), axis=1)
    path -= path[:, [int(np.flatnonzero(YEARS == BASE_YEAR)[0])]]
    return 1000 * provinces["gdp_per_capita"].to_numpy()[:, None] * np.exp(path)


def _population(provinces: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """10 thousand persons, whole numbers."""
    growth = 0.03 * _standing(provinces, "gdp_per_capita")
    drift = (growth + _lasting(rng, 0.01)) * _decades()
    return np.round(provinces["population"].to_numpy()[:, None] * np.exp(drift))


def _digital_level(provinces: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """About 0.05 to 0.8: high where incomes and markets are large, rising, with slow shocks."""
    income = _standing(provinces, "gdp_per_capita")
    size = _standing(provinces, "population")
    level = np.maximum(0.26 + 0.085 * income + 0.03 * size + _lasting(rng, 0.02), 0.08)
    growth = _by_region(provinces, DIGITAL_GROWTH) * (1 + _lasting(rng, 0.25))
    shocks = _noise(rng, 0.06)
    for year in range(1, len(YEARS)):
        shocks[:, year] += 0.6 * shocks[:, year - 1]
    return level * (1 + growth * _decades() + shocks)


def _national_accounts(
    provinces: pd.DataFrame,
    gdp: np.ndarray,
    population: np.ndarray,
    digital: np.ndarray,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """100 million yuan to one decimal; the three sectors add up to GDP as printed."""
    is_capital = (provinces["province_code"] == BEIJING).to_numpy()[:, None]
    services = np.exp(
        0.02
        + 0.3 * digital
        + 0.25 * _decades()
        + 1.15 * is_capital
        + _lasting(rng, 0.13)
        + _noise(rng, 0.03)
    )
    income = _standing(provinces, "gdp_per_capita")
    farming = np.clip(0.11 - 0.05 * income - 0.02 * _decades(), 0.005, None)
    primary = np.round(gdp * farming, 1)
    secondary = np.round((gdp - primary) / (1 + services), 1)
    tertiary = np.round(gdp - primary - secondary, 1)
    total = np.round(primary + secondary + tertiary, 1)
    return {
        "gdp": total,
        "value_added_primary": primary,
        "value_added_secondary": secondary,
        "value_added_tertiary": tertiary,
        "gdp_per_capita": np.round(total / population * 1e4),
    }


def _overstated(provinces: pd.DataFrame, gdp: np.ndarray) -> np.ndarray:
    """GDP before the economic census: the gap opens over the years, in most places by 1 %."""
    gap = provinces["province_code"].map(OVERSTATED_GDP).fillna(0.01).to_numpy()[:, None]
    return gdp * (1 + gap * np.clip((YEARS - YEARS[0]) / 10, 0, 1))


def _trade(gdp: np.ndarray, digital: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """1,000 US dollars; imports plus exports is the total as printed."""
    rates = pd.read_csv(SEEDS / "exchange_rates.csv", index_col="year")["cny_per_usd"]
    usual = digital.mean(axis=1, keepdims=True)
    openness = np.exp(
        -4.1 + 7.0 * usual + 0.5 * (digital - usual) + _lasting(rng, 0.25) + _noise(rng, 0.06)
    )
    openness = np.clip(openness, 0.012, 1.25)
    export_share = np.clip(0.58 + _lasting(rng, 0.06) + _noise(rng, 0.015), 0.4, 0.75)
    thousand_dollars = openness * gdp * 1e5 / rates.loc[YEARS].to_numpy()
    exports = np.round(thousand_dollars * export_share)
    imports = np.round(thousand_dollars * (1 - export_share))
    return {
        "trade_total": exports + imports,
        "exports_total": exports,
        "imports_total": imports,
    }


def _sophisticated_weight(
    provinces: pd.DataFrame, digital: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Weight of the sophisticated basket, linear in the digital level.

    Export sophistication is linear in the shares, so it is linear in the digital level too,
    within a year.
    """
    slope = _by_region(provinces, SOPHISTICATION_SLOPE)
    return 0.25 + slope * (digital - 0.25) + _lasting(rng, 0.03) + _noise(rng, 0.012)


def _learnt_by_exporting(
    provinces: pd.DataFrame, exports: np.ndarray, digital: np.ndarray
) -> np.ndarray:
    """Weight gained by exports beside what digital level, place and years of the region bring.

    Net of those, it leaves the effect of the digital level what it is, in every region.
    """
    gained = np.zeros_like(digital)
    for region in SOPHISTICATION_SLOPE:
        here = (provinces["region"] == region).to_numpy()
        usual = _net_of_place_and_year(digital[here])
        own = _net_of_place_and_year(np.log(exports[here]))
        own -= usual * (own * usual).sum() / (usual**2).sum()
        gained[here] = LEARNING_BY_EXPORTING * own
    return gained


def _net_of_place_and_year(values: np.ndarray) -> np.ndarray:
    by_place, by_year = values.mean(axis=1, keepdims=True), values.mean(axis=0, keepdims=True)
    return values - by_place - by_year + values.mean()


def _baskets(rng: np.random.Generator) -> tuple[pd.DataFrame, tuple[np.ndarray, ...]]:
    """The products; what the plain and the sophisticated basket hold of them, and the tastes."""
    chapters = pd.read_csv(SEEDS / "concordances" / "hs_chapters.csv", dtype=str)
    sections = chapters[chapters["hs_edition"] == HS_EDITION].set_index("code")["section"]
    products = pd.read_csv(HERE / "products.csv", dtype=str)
    products["section"] = products["hs8"].str[:2].map(sections)
    # Within a section the chapters have sizes of their own, the same in both baskets.
    size = pd.Series(rng.lognormal(0, 0.8, len(products)))
    within = (size / size.groupby(products["section"]).transform("sum")).to_numpy()
    baskets = products["section"].map(PLAIN_AND_SOPHISTICATED_BASKET)
    plain, sophisticated = np.array(baskets.to_list()).T * within
    taste = rng.lognormal(0, 0.15, (31, 1, len(products)))
    return products, (plain, sophisticated, taste)


def _exports(weight: np.ndarray, baskets: tuple[np.ndarray, ...], total: np.ndarray) -> np.ndarray:
    """US dollars by product: a mixture of the plain and the sophisticated basket."""
    plain, sophisticated, taste = baskets
    weight = np.clip(weight, 0.02, 0.98)[..., None]
    shares = ((1 - weight) * plain + weight * sophisticated) * taste
    shares /= shares.sum(-1, keepdims=True)
    return np.round(1000 * MANUFACTURED_SHARE_OF_EXPORTS * total[..., None] * shares)


def _employment(series: dict[str, np.ndarray], digital: np.ndarray) -> dict[str, np.ndarray]:
    """10 thousand persons by industry.

    Farming holds more of the labour than of the output, relatively most where it is small; the gap
    closes with the digital level, so the Theil index falls with it.
    """
    total = 0.55 * series["population"]
    farming = series["value_added_primary"] / series["gdp"]
    primary = total * (farming + 0.5 * farming**0.25 * (1 - 1.1 * digital))
    secondary = (total - primary) / (
        1 + 1.15 * series["value_added_tertiary"] / series["value_added_secondary"]
    )
    return {
        "employment_primary": np.round(primary, 2),
        "employment_secondary": np.round(secondary, 2),
        "employment_tertiary": np.round(total - primary - secondary, 2),
    }


def _digital_indicators(
    provinces: pd.DataFrame,
    population: np.ndarray,
    gdp: np.ndarray,
    digital: np.ndarray,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """The provincial indicators of the index that the yearbooks print, in printed units."""

    def own(lasting: float, passing: float) -> np.ndarray:
        """What a province has more or less of than its digital level says."""
        return np.exp(_lasting(rng, lasting) + _noise(rng, passing))

    # Compressed: with real differences in size the entropy weights would all go to the few giants.
    size = (population / population.mean()) ** 0.3
    room = np.where(provinces["is_municipality"], 0.7, 1.1)[:, None]
    researchers = 480_000 * size**2 * digital * own(0.15, 0.03)
    return {
        "internet_penetration": 34 + 62 * digital + 6 * _decades() + _noise(rng, 0.6),
        "mobile_internet_users": population * (0.38 + 0.95 * digital) * own(0.15, 0.02),
        "optical_cable_length": 1000 * room * (6 + 75 * digital) * own(0.25, 0.02),
        "rd_personnel_fte": researchers,
        "rd_expenditure": 32 * researchers * own(0.25, 0.03),
        "patent_applications_rd_institutions": 15_000 * size * digital * own(0.3, 0.04),
        "patent_grants": 30 * population * digital * own(0.2, 0.05),
        "technology_market_turnover": gdp * 0.06 * digital * own(0.3, 0.2),
    }


def _controls(
    accounts: dict[str, np.ndarray], digital: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Controls in printed units, inside the ranges published for real provinces."""
    income = np.log(accounts["gdp_per_capita"] / 40_000)
    loans_to_deposits = 0.78 + _lasting(rng, 0.11) + 0.08 * _decades() + _noise(rng, 0.02)
    deposits = accounts["gdp"] * (1.2 + 1.3 * digital) * np.exp(_noise(rng, 0.03))
    budget = accounts["gdp"] * np.exp(-1.4 - 0.35 * income + _noise(rng, 0.03))
    urban = 0.55 + 0.24 * income + _lasting(rng, 0.02) + _noise(rng, 0.006)
    pupils = 0.375 + 0.12 * digital + _lasting(rng, 0.04) + _noise(rng, 0.01)
    usual = 12.2 * (1 - np.exp(-digital.mean(axis=1, keepdims=True) / 0.26))
    market = 0.7 * usual + 2.4 + 2.4 * (_decades() - 0.5) + _lasting(rng, 0.3) + _noise(rng, 0.15)
    return {
        "urbanisation_rate": 100 * np.clip(urban, 0.29, 0.893),
        "marketisation_index": np.clip(market, 1.15, 12.3),
        "teacher_pupil_ratio": np.clip(pupils, 0.3, 0.54),
        "deposits": deposits,
        "loans": deposits * np.clip(loans_to_deposits, 0.46, 1.14),
        "budget_expenditure": budget,
        "science_expenditure": budget * (0.008 + 0.07 * digital) * np.exp(_noise(rng, 0.3)),
    }


def _national_constants() -> dict[str, np.ndarray]:
    """Percent, percent and an index from 0 to 1; exports turn digital, barriers rise."""
    decades = _decades()
    wave = 2 * np.pi * decades
    return {
        "ict_services_export_share": 16 + 4 * decades - 1.5 * np.sin(wave),
        "digital_services_export_share": 42 + 6 * decades - 2.5 * np.sin(wave + 0.4),
        "digital_trade_restrictiveness": 0.31 + 0.03 * decades + 0.004 * np.sin(wave),
    }
