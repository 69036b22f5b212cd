"""A made-up world of 36 economies in which a latent digital level drives what they trade.

Nothing here is a statistic, and no year of a memorandum is one: sizes, levels and years are drawn.
The digital level lowers the imported content of what an economy makes, so that its position in
value chains rises, more so along the Belt and Road, and with a memorandum by a step; what the
study says can be compared with the parameters below.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from warehouse.demonstration.economy import SEEDS
from warehouse.demonstration.files import write_text
from warehouse.demonstration.layouts import NOTE, SAMPLE, write_edition
from warehouse.formats.written_workbooks import EPOCH

SEED = 71
PUBLISHED_ON = "2023-12-31"
YEARS = np.arange(2010, 2023)
CHINA, REST = "CHN", "ROW"
ECONOMIES = (
    *("CHN", "USA", "JPN", "DEU", "GBR", "FRA", "ITA", "BRA", "CAN", "KOR", "AUS", "MEX", "ESP"),
    *("NLD", "CHE", "SWE", "BEL", "AUT", "IRL", "IND", "IDN", "TUR", "POL", "RUS", "THA", "VNM"),
    *("MYS", "SGP", "PHL", "KAZ", "CZE", "HUN", "ROU", "PAK", "EGY", "SAU"),
)
# The industries of the tables: how much of a final demand, how open to imports, inputs by output
INDUSTRIES = ("A", "C10T25", "C26", "J61T63")
OF_DEMAND = np.array([0.10, 0.36, 0.14, 0.40])
OPENNESS = np.array([0.8, 1.2, 1.5, 0.4])
INPUTS = np.array(
    [
        [0.20, 0.15, 0.02, 0.02],
        [0.20, 0.28, 0.18, 0.08],
        [0.02, 0.06, 0.26, 0.06],
        [0.08, 0.11, 0.14, 0.14],
    ]
)
# What the digital level does to the share of imports in inputs, and what a memorandum does
LESS_IMPORTED = 0.16
LESS_IMPORTED_ALONG_THE_ROAD = 0.12
LESS_IMPORTED_WITH_A_MEMORANDUM = 0.02
# What it does to that in final demand, and to trade between two (both levels multiplied)
MORE_FINAL_IMPORTS = 0.25
MORE_TRADE_OF_BOTH = 1.5
MORE_TRADE_WITH_MEMORANDA = 0.25
# Of those along the road so many signed, a few in each of these years; one is contested
SIGNING = (2014, 2015, 2016, 2017, 2018)
ROUNDS = 60


@dataclass(frozen=True)
class World:
    """Economies in rows (ECONOMIES), years in columns (YEARS).

    Attributes:
        is_along_the_road: (36,) whether it is one of the 65.
        signed: (36,) year of the memorandum, 0 where there is none.
        digital: (36, years) latent level, about 0.05 to 1.
        size: (36, years) final demand in million US dollars.
    """

    is_along_the_road: np.ndarray
    signed: np.ndarray
    digital: np.ndarray
    size: np.ndarray


def simulate() -> World:
    """The same world at each call."""
    rng = np.random.default_rng(SEED)
    groups = pd.read_csv(SEEDS / "countries.csv", dtype=str).set_index("iso3")["bri_group"]
    along = groups.loc[list(ECONOMIES)].notna().to_numpy()
    signs = along & (rng.random(len(ECONOMIES)) < 0.8)
    signed = np.where(signs, rng.choice(SIGNING, len(ECONOMIES)), 0)
    decades = (YEARS - 2010) / 10
    shocks = rng.normal(0, 0.03, (len(ECONOMIES), len(YEARS)))
    for year in range(1, len(YEARS)):
        shocks[:, year] += 0.6 * shocks[:, year - 1]
    level = rng.uniform(0.2, 0.55, len(ECONOMIES)) - 0.08 * along
    growth = rng.uniform(0.1, 0.35, len(ECONOMIES))
    digital = np.clip(level[:, None] + growth[:, None] * decades + shocks, 0.03, None)
    rank = np.arange(1, len(ECONOMIES) + 1)
    start = 9e6 * rank**-0.9 * rng.lognormal(0, 0.2, len(ECONOMIES))
    pace = rng.uniform(0.01, 0.05, len(ECONOMIES)) + 0.02 * along
    return World(along, signed, digital, start[:, None] * np.exp(10 * pace[:, None] * decades))


def write_world(landing: Path) -> None:
    """Write inter-country tables, indicators and memoranda of the world below `landing`."""
    world = simulate()
    rng = np.random.default_rng(SEED + 1)
    tables = landing / "icio" / PUBLISHED_ON[:7]
    write_edition(tables, PUBLISHED_ON, "Inter-country tables, million US dollars.")
    _write_tables(_tables(world, rng), tables / "world.zip")
    folder = landing / "compiled" / PUBLISHED_ON[:4]
    indicators, memoranda = _indicators(world, rng), _memoranda(world)
    columns = {
        name: {"indicator": name, "unit": unit}
        for name, unit in UNITS.items()
        if name in indicators
    }
    years = {name: {"indicator": name, "unit": UNITS[name]} for name in memoranda.columns[1:]}
    by = {"area_column": "economy"}
    write_edition(
        folder,
        PUBLISHED_ON,
        "Indicators and memoranda of economies.",
        {
            "indicators.csv": {**by, "year_column": "year", "columns": columns},
            "memoranda.csv": {**by, "year": int(YEARS[-1]), "columns": years},
        },
    )
    for name, frame in (("indicators", indicators), ("memoranda", memoranda)):
        printed = frame.to_csv(index=False, float_format="%.8g", lineterminator="\n")
        write_text(folder / f"{name}.csv", [NOTE, printed.rstrip()], "utf-8")


def _tables(world: World, rng: np.random.Generator) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Year, intermediate (n, n) and final sales (n, G) of a balanced table, the rest last."""
    economies, industries = len(ECONOMIES) + 1, len(INDUSTRIES)
    places = rng.uniform(0, 1, (economies, 2))
    distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    talent = rng.lognormal(0, 0.3, (economies, industries))
    lasting = rng.normal(0, 0.03, (2, economies))
    for number, year in enumerate(YEARS):
        digital = np.append(world.digital[:, number], 0.3)
        size = np.append(world.size[:, number], 0.4 * world.size[:, number].sum())
        has_signed = np.append((world.signed > 0) & (world.signed <= year), False)
        noise = rng.normal(0, 0.004, (2, economies))
        attraction = (
            0.8 * np.log(size)[:, None]
            - 2 * distance
            + MORE_TRADE_OF_BOTH * np.outer(digital, digital)
            + MORE_TRADE_WITH_MEMORANDA * np.outer(has_signed, has_signed)
        )
        np.fill_diagonal(attraction, -np.inf)
        abroad = np.exp(attraction)[:, :, None] * talent[:, None]
        abroad /= abroad.sum(axis=0)
        along = np.append(world.is_along_the_road, False)
        imported = 0.62 - 0.025 * np.log(size) + lasting + noise
        imported[0] -= digital * (LESS_IMPORTED + LESS_IMPORTED_ALONG_THE_ROAD * along)
        imported[0] -= LESS_IMPORTED_WITH_A_MEMORANDUM * has_signed
        imported[1] += MORE_FINAL_IMPORTS * (digital - 0.4)
        of_inputs, of_final = (
            _sources(abroad, np.clip(np.outer(share, OPENNESS), 0.02, 0.9)) for share in imported
        )
        yield (int(year), *_balanced(of_inputs, of_final, size))


def _sources(abroad: np.ndarray, imported: np.ndarray) -> np.ndarray:
    """Shares (source, importer, industry) of sources in what an importer uses of an industry."""
    shares = abroad * imported
    place = np.arange(len(imported))
    shares[place, place] = 1 - imported
    return shares


def _balanced(
    of_inputs: np.ndarray, of_final: np.ndarray, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sales by which every row's output is what it sells, in million dollars."""
    n = of_inputs.shape[0] * len(INDUSTRIES)
    coefficients = np.einsum("sri,ij->sirj", of_inputs, INPUTS).reshape(n, n)
    final = np.einsum("sri,i,r->sir", of_final, OF_DEMAND, size).reshape(n, -1)
    demand = final.sum(axis=1)
    output = demand
    for _ in range(ROUNDS):  # of inputs of inputs; a solver's threads would cost more
        output = demand + coefficients @ output
    return coefficients * output, final


def _write_tables(tables: Iterator[tuple[int, np.ndarray, np.ndarray]], path: Path) -> None:
    """A zip of one CSV a year in the wide layout of the OECD, whole millions."""
    countries = (*ECONOMIES, REST)
    rows = [f"{country}_{industry}" for country in countries for industry in INDUSTRIES]
    heading = ",".join(["V1", *rows, *(f"{country}_HFCE" for country in countries)])
    with zipfile.ZipFile(path, "w") as archive:
        for year, intermediate, final in tables:
            values = np.rint(np.hstack([intermediate, final])).astype(int).tolist()
            text = io.StringIO()
            text.write(f"{heading}\n")
            for label, row in zip(rows, values, strict=True):
                text.write(f"{label},{','.join(map(str, row))}\n")
            part = zipfile.ZipInfo(f"SYNTHETIC_{year}.csv", EPOCH)
            archive.writestr(part, text.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=1)


# Indicators by the unit in which they are printed
UNITS = {
    "internet_penetration": "%",
    "fixed_broadband_per_100": "per 100 people",
    "mobile_subscriptions_per_100": "per 100 people",
    "secure_servers_per_million": "per 1 million people",
    "rd_intensity": "%",
    "researchers_per_million": "per 1 million people",
    "high_technology_export_share": "%",
    "ict_goods_export_share": "%",
    "ict_services_export_share": "%",
    "digital_services_export_share": "%",
    "gdp_per_capita_usd": "current US$",
    "gdp_per_capita_constant_usd": "constant 2015 US$",
    "imports_gs_to_gdp": "%",
    "digital_trade_restrictiveness": "0-1",
    "population_midyear": "number",
    "fdi_inflow_share": "%",
    "manufacturing_share": "%",
    "tertiary_enrolment": "%",
    "value_added_primary_share": "%",
    "value_added_secondary_share": "%",
    "value_added_tertiary_share": "%",
    "resident_patents_per_million": "per 1 million people",
    "domestic_credit_share": "%",
    "royalty_payments": "current US$",
    "bri_signed_year": "year",
    "bri_unclear": "0-1",
}


def _indicators(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """What the index, the mediators and the controls are made of, in the years of the sample."""
    sampled = np.isin(YEARS, SAMPLE)
    digital, size = world.digital[:, sampled], world.size[:, sampled]
    shape = digital.shape

    def own(lasting: float, passing: float) -> np.ndarray:
        return np.exp(rng.normal(0, lasting, (shape[0], 1)) + rng.normal(0, passing, shape))

    income = 9_000 * np.exp(2.2 * digital.mean(axis=1, keepdims=True)) * own(0.3, 0.02)
    primary, secondary = 6 * own(0.4, 0.02), 38 - 14 * digital * own(0.1, 0.03)
    printed = {
        "internet_penetration": np.clip(30 + 70 * digital, None, 98),
        "fixed_broadband_per_100": 42 * digital * own(0.1, 0.02),
        "mobile_subscriptions_per_100": 90 + 50 * digital * own(0.2, 0.02),
        "secure_servers_per_million": 9_000 * digital**2 * own(0.3, 0.1),
        "rd_intensity": 3 * digital * own(0.2, 0.03),
        "researchers_per_million": 5_500 * digital * own(0.2, 0.03),
        "high_technology_export_share": 26 * digital * own(0.3, 0.05),
        "ict_goods_export_share": 16 * digital * own(0.4, 0.05),
        "ict_services_export_share": 17 * digital * own(0.3, 0.05),
        "digital_services_export_share": 20 + 40 * digital * own(0.1, 0.02),
        "gdp_per_capita_usd": income * own(0, 0.02),
        "gdp_per_capita_constant_usd": income,
        "imports_gs_to_gdp": 35 * own(0.4, 0.04),
        "digital_trade_restrictiveness": np.clip(0.4 - 0.3 * digital * own(0.2, 0.05), 0.02, 0.9),
        "population_midyear": 1e6 * size / income,
        "fdi_inflow_share": 3 * own(0.3, 0.3),
        "manufacturing_share": 17 * own(0.2, 0.03),
        "tertiary_enrolment": 45 * own(0.3, 0.03),
        "value_added_primary_share": primary,
        "value_added_secondary_share": secondary,
        "value_added_tertiary_share": 100 - primary - secondary,
        "resident_patents_per_million": 900 * digital * own(0.4, 0.05),
        "domestic_credit_share": 40 + 90 * digital * own(0.3, 0.04),
        "royalty_payments": 4_000 * size * digital * own(0.4, 0.05),
    }
    keys = pd.MultiIndex.from_product([ECONOMIES, YEARS[sampled]], names=["economy", "year"])
    frame = pd.DataFrame({name: values.ravel() for name, values in printed.items()}, keys)
    # What other files say of China is not said twice
    frame.loc[CHINA, [name for name in frame if name in OF_OTHER_FILES]] = np.nan
    return frame.reset_index()


OF_OTHER_FILES = (
    "digital_services_export_share",
    "digital_trade_restrictiveness",
    "ict_services_export_share",
)


def _memoranda(world: World) -> pd.DataFrame:
    """Who signed in which year; of the last one it is contested."""
    signed = np.flatnonzero(world.signed)
    return pd.DataFrame(
        {
            "economy": [ECONOMIES[place] for place in signed],
            "bri_signed_year": world.signed[signed],
            "bri_unclear": (signed == signed[-1]).astype(int),
        }
    )
