"""The demonstration edition: its bytes, its way through the readers, and its calibration.

The variables of the study are computed here from the raw cells with numpy, independently of the
marts, so that the demonstration and the marts check each other.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from linearmodels.panel import PanelOLS, PooledOLS

from warehouse import demonstration
from warehouse.contract.home import Home
from warehouse.intake import landing, raw, snapshots
from warehouse.sources import sources

pytestmark = pytest.mark.slow

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
YEARS = [str(year) for year in range(2012, 2023)]
AREAS = pd.read_csv(SEEDS / "dim_area.csv", dtype=str)
PROVINCES = (
    AREAS[AREAS["level"] == "province"]
    .rename(columns={"area_code": "province_code"})
    .assign(region=lambda rows: rows["parent_code"].map(AREAS.set_index("area_code")["name_en"]))
    .reset_index(drop=True)
)
SOURCES = [
    *("nbs_portal", "tech_yearbook", "customs", "compiled", "oecd", "world_bank"),
    *("wind", "csmar", "cnipa", "neri"),
]
CONTROLS = ["market", "open", "fin", "urban", "edu"]
# Ranges published for the real provinces, labels read as they must be meant.
PUBLISHED_RANGES = {
    "dige": (0.05, 0.75),
    "market": (0.0112, 0.1236),
    "open": (0.0114, 1.2531),
    "fin": (0.4474, 1.1497),
    "urban": (0.2887, 0.8930),
    "edu": (0.2981, 0.5433),
    "str": (0.6492, 4.8940),
    "expy": (0.9, 1.9),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("demonstration"))
    demonstration.write(home.landing)
    snapshots.take(home, landing.scan(home.landing))
    raw.read(home)
    return home


@pytest.fixture(scope="module")
def values(home) -> pd.DataFrame:
    """The value cells that make the panel, provinces by code, years as text."""
    paths = [path for source in SOURCES for path in raw.parquet_files(home, source)]
    rows = [pd.read_parquet(path).assign(role="value") for path in raw.trade_row_files(home)]
    cells = pd.concat([*map(pd.read_parquet, paths), *rows], ignore_index=True)
    names = PROVINCES.melt("province_code", ["name_zh", "name_zh_full", "name_en"])
    keys = names["value"].str.replace(" ", "").str.lower()
    codes = dict(zip(keys, names["province_code"])) | {"chongqin": "500000", "mongolia": "150000"}
    # a database names the province in the name of the series
    series = cells["indicator_key"].str.partition(":")
    is_series = cells["source_id"] == "wind"
    cells.loc[is_series, "area_key"] = series[0]
    cells.loc[is_series, "indicator_key"] = series[2]
    return cells[cells["role"] == "value"].assign(
        province=lambda cell: cell["area_key"].map(codes),
        year=lambda cell: cell["period_label"].str[:4],
        number=lambda cell: pd.to_numeric(cell["text"].str.replace(",", "")),
    )


@pytest.fixture(scope="module")
def panel(values) -> pd.DataFrame:
    """The variables of the study, one row a province and year."""

    exports = values[~values["file_name"].str.endswith(".json")]

    def of(edition: str, label: str) -> np.ndarray:
        return _grid(exports[(exports["edition"] == edition) & (exports["indicator_key"] == label)])

    def of_yearbook(label: str) -> np.ndarray:
        is_asked_for = (values["source_id"] == "tech_yearbook") & (values["indicator_key"] == label)
        return _grid(values[is_asked_for])

    def of_country(source: str, label: str) -> np.ndarray:
        country = values[values["area_key"].isin(["全国", "chn"])]
        series = (country["source_id"] == source) & (country["indicator_key"] == label)
        by_year = country[series].set_index("year")["number"]
        return np.broadcast_to(by_year[YEARS], (31, len(YEARS)))

    gdp = of("2023-06", "地区生产总值")
    income = of("2023-06", "人均地区生产总值")
    rates = pd.read_csv(SEEDS / "exchange_rates.csv", index_col="year")["cny_per_usd"]
    yuan_100m = rates[[int(year) for year in YEARS]].to_numpy() / 1e5
    imports_to_gdp = of("2023-12", "按经营单位所在地分进口总额") * yuan_100m / gdp
    index = [
        of("2023-12", "互联网普及率"),
        of("2023-12", "移动互联网用户"),
        of("2023-12", "长途光缆线路长度"),
        of_yearbook("r&d人员全时当量"),
        of_yearbook("r&d经费内部支出"),
        of_yearbook("专利申请受理数"),
        of("2023-12", "ict产品出口占比"),
        of_country("world_bank", "bx.gsr.ccis.zs"),
        of_country("compiled", "数字服务出口占比"),
        income,
        imports_to_gdp,
        -of_country("oecd", "stri"),
    ]
    real_income = income / _price_level(of("2023-06", "consumerpriceindex"))
    variables = {
        "expy": np.log(_expy(_exports_by_section(values), real_income) / 1e4),
        "dige": _entropy_index(np.stack([one.ravel() for one in index], axis=1)),
        "market": of("2023-12", "市场化总指数") / 100,
        "open": of("2023-12", "按经营单位所在地分进出口总额") * yuan_100m / gdp,
        "fin": of("2023-12", "金融机构本外币各项贷款余额")
        / of("2023-12", "金融机构:本外币:存款余额"),
        "urban": of("2023-12", "城镇人口比重") / 100,
        "edu": of("2023-12", "师生比"),
        "str": of("2023-06", "第三产业增加值") / of("2023-06", "第二产业增加值"),
    }
    keys = [PROVINCES["province_code"], [int(year) for year in YEARS]]
    rows = pd.MultiIndex.from_product(keys, names=["province", "year"])
    panel = pd.DataFrame({name: one.ravel() for name, one in variables.items()}, index=rows)
    panel["region"] = np.repeat(PROVINCES["region"].to_numpy(), len(YEARS))
    return panel


def _grid(cells: pd.DataFrame, years: list[str] = YEARS) -> np.ndarray:
    """(31, years) numbers; fails on a missing or a second cell."""
    provincial = cells.dropna(subset="province")
    grid = provincial.pivot(index="province", columns="year", values="number")
    grid = grid.loc[PROVINCES["province_code"], years]
    assert not grid.isna().any(axis=None)
    return grid.to_numpy()


def _price_level(cpi: np.ndarray) -> np.ndarray:
    """P_2012 = 1, P_t = P_t-1 * CPI_t / 100."""
    return np.cumprod(np.column_stack([np.ones(len(cpi)), cpi[:, 1:] / 100]), axis=1)


def _exports_by_section(values: pd.DataFrame) -> np.ndarray:
    """(31, 11, 12) exports; a section that a province does not export is 0."""
    chapters = pd.read_csv(SEEDS / "concordances" / "hs_chapters.csv", dtype=str)
    sections = chapters.drop_duplicates("code").set_index("code")["section"]
    customs = values[values["source_id"] == "customs"]
    section = customs["category_code"].str[:2].map(sections)
    table = customs.assign(section=section).pivot_table(
        index=["province", "year"], columns="section", values="number", aggfunc="sum"
    )
    keys = pd.MultiIndex.from_product([PROVINCES["province_code"], YEARS])
    return table.loc[keys].fillna(0).to_numpy().reshape(31, len(YEARS), 12)


def _expy(exports: np.ndarray, income: np.ndarray) -> np.ndarray:
    """Hausmann, Hwang and Rodrik (2007), PRODY of the same year; in the unit of income."""
    share = exports / exports.sum(-1, keepdims=True)
    prody = (share / share.sum(0) * income[..., None]).sum(0)
    return (share * prody).sum(-1)


def _entropy_index(indicators: np.ndarray) -> np.ndarray:
    """Pooled entropy weights with a shift of 1e-4; every column counts positively."""
    lowest, highest = indicators.min(0), indicators.max(0)
    scaled = (indicators - lowest) / (highest - lowest)
    parts = (scaled + 1e-4) / (scaled + 1e-4).sum(0)
    redundancy = 1 + (parts * np.log(parts)).sum(0) / np.log(len(parts))
    return scaled @ (redundancy / redundancy.sum())


def _two_way(panel: pd.DataFrame, regressors: list[str]):
    model = PanelOLS(panel["expy"], panel[regressors], entity_effects=True, time_effects=True)
    return model.fit(cov_type="clustered", cluster_entity=True)


def test_every_run_writes_the_same_bytes(home, tmp_path):
    demonstration.write(tmp_path)
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert again == {
        path.relative_to(home.landing): path.read_bytes() for path in home.landing.rglob("*.*")
    }


def test_every_edition_says_that_it_is_synthetic(home):
    editions = list(home.landing.glob("*/*/"))
    assert len(editions) > 25
    for edition in editions:
        declared = yaml.safe_load((edition / "_edition.yml").read_text(encoding="utf-8"))
        assert declared["synthetic"] is True, edition
        assert declared["publisher"] == "SYNTHETIC demonstration data", edition


def test_every_file_is_taken_whole(home):
    files = pd.read_parquet(raw.files_path(home))
    assert files.loc[(files["role"] != "taken") | files["reason"].notna()].empty
    assert files["synthetic"].all()


def test_files_say_synthetic_where_the_layout_has_notes(home):
    without_notes = {"AnnualbyProvince.csv"} | {f"出口{year}.csv" for year in YEARS}
    for name, source in sources().items():
        for path in [] if source.holds_matrices else raw.parquet_files(home, name):
            cells = pd.read_parquet(path)
            if cells["file_name"].iloc[0] not in without_notes:
                notes = cells.loc[cells["role"] != "value", "text"].dropna()
                assert notes.str.contains("SYNTHETIC").any(), cells["file_name"].iloc[0]


def test_accounts_add_up(values):
    portal = values[values["edition"] == "2023-06"]

    def of(label: str) -> np.ndarray:
        return _grid(portal[portal["indicator_key"] == label])

    sectors = sum(of(f"第{sector}产业增加值") for sector in "一二三")
    np.testing.assert_allclose(sectors, of("地区生产总值"), atol=0.051)
    per_head = of("地区生产总值") / of("年末常住人口") * 1e4
    np.testing.assert_allclose(per_head, of("人均地区生产总值"), atol=0.51)


def test_the_provinces_add_up_to_what_the_country_reports(home, values):
    [path] = raw.parquet_files(home, "un_comtrade")
    cells = pd.read_parquet(path)
    reported = cells[cells["role"] == "value"].set_index(["indicator_key", "period_label"])["text"]
    portal = values[values["edition"] == "2023-12"]
    for flow, label in (("x", "按经营单位所在地分出口总额"), ("m", "按经营单位所在地分进口总额")):
        thousand_dollars = _grid(portal[portal["indicator_key"] == label]).sum(axis=0)
        of_flow = reported[f"{flow}/total"][YEARS].astype(float)
        np.testing.assert_array_equal(of_flow, 1000 * thousand_dollars)


def test_earlier_vintages_overstate_gdp(values):
    gdp = values[values["indicator_key"] == "地区生产总值"]
    tianjin = gdp[(gdp["province"] == "120000") & (gdp["year"] == "2017")]
    by_edition = tianjin.set_index("edition")["number"]
    assert 1.2 < by_edition["2018-06"] / by_edition["2023-06"] < 1.4
    assert by_edition["2019-03"] == by_edition["2018-06"]


def test_the_census_breaks_the_series_of_one_province(home, values):
    """An archived answer before the census: its note names Tianjin, which the census cut most."""
    census = [str(year) for year in range(2012, 2018)]

    def of(edition: str, label: str) -> np.ndarray:
        held = values[(values["edition"] == edition) & (values["indicator_key"] == label)]
        return _grid(held[held["year"].isin(census)], census)

    labels = ["地区生产总值", *(f"第{sector}产业增加值" for sector in "一二三")]
    before, after = ([of(edition, label) for label in labels] for edition in ("2019-03", "2023-06"))
    np.testing.assert_allclose(sum(before[1:]), before[0], atol=1e-4)
    revision = after[0] / before[0] - 1
    is_cut = (PROVINCES["province_code"] == "120000").to_numpy()
    assert (revision < 0).all()
    assert revision.min() == revision[is_cut][0, -1]
    assert -0.25 < revision.min() < -0.2
    assert np.median(revision) == pytest.approx(-0.007, abs=2e-3)
    per_head = before[0] / of("2019-03", "年末常住人口") * 1e4
    np.testing.assert_allclose(per_head, of("2019-03", "人均地区生产总值"), atol=0.51)
    announced = values[(values["edition"] == "2019-03") & (values["year"] == "2018")]
    assert len(announced) == 31 * 6 and announced["text"].isna().all()

    [path] = [p for p in raw.parquet_files(home, "nbs_portal") if "2019-03" in p.parts]
    cells = pd.read_parquet(path)
    notes = cells[cells["role"] == "note"].set_index("indicator_label")["text"]
    assert "统计范围有变" in notes["地区生产总值"] and "天津" not in notes["年末常住人口"]


def test_an_answer_of_the_portal_repeats_its_exports(values):
    portal = values[values["edition"] == "2023-12"]
    is_answer = portal["file_name"].str.endswith(".json")
    for label in ("移动互联网用户", "互联网普及率"):
        is_asked_for = portal["indicator_key"] == label
        answer, export = (_grid(portal[is_asked_for & own]) for own in (is_answer, ~is_answer))
        np.testing.assert_array_equal(answer, export)


def test_variables_lie_in_the_published_ranges(panel):
    assert len(panel.dropna()) == 341
    for variable, (lowest, highest) in PUBLISHED_RANGES.items():
        assert panel[variable].between(lowest, highest).all(), panel[variable].describe()
    assert panel["dige"].mean() == pytest.approx(0.32, abs=0.03)
    assert panel["open"].median() == pytest.approx(0.14, abs=0.03)


@pytest.mark.parametrize("regressors", [["dige"], ["dige", *CONTROLS]])
def test_digital_trade_raises_sophistication(panel, regressors):
    pooled = PooledOLS(panel["expy"], panel[regressors].assign(const=1.0))
    for fit in (
        pooled.fit(cov_type="clustered", cluster_entity=True),
        _two_way(panel, regressors),
    ):
        assert fit.params["dige"] > 0 and fit.pvalues["dige"] < 0.001


@pytest.mark.parametrize("regressors", [["dige"], ["dige", *CONTROLS]])
def test_the_slope_falls_from_east_to_northeast(panel, regressors):
    slopes = [
        _two_way(panel[panel["region"] == region], regressors).params["dige"]
        for region in ("Eastern", "Central", "Western", "Northeast")
    ]
    assert slopes == sorted(slopes, reverse=True) and slopes[-1] > 0
