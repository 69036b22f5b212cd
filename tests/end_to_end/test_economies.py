"""Economies of the world on published files: what is known of each, their index, their EXPY."""

import hashlib
import json
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest
import yaml

# Of whom what is exported by chapter, and the income: the golden numbers of three areas, with India without income
EXPORTS = {842: (80, 20), 276: (500, 500), 156: (10, 90), 699: (1, 9)}
INCOMES = {"USA": 2.0, "DEU": 4.0, "CHN": 8.0}
# Twice as much was earned in 2009, before the sample begins
YEARS = {2009: 2, 2012: 1}
EXPY = {"USA": 3.714286, "DEU": 4.571429, "100000": 5.714286}
MEMORANDA = "economy,signed,left\nItaly,2019,2023\n哈萨克斯坦,2014,\nVietnam,2017,\n"


def answer(code: str, name: str, values: dict[str, float]) -> str:
    rows = [
        {
            "indicator": {"id": code, "value": name},
            "country": {"id": "", "value": ""},
            "countryiso3code": economy,
            "date": str(year),
            "value": value * times,
            "unit": "",
        }
        for economy, value in values.items()
        for year, times in YEARS.items()
    ]
    return json.dumps([{"page": 1, "pages": 1, "per_page": 9, "total": len(rows)}, rows])


def trade() -> str:
    constant = {
        "typeCode": "C", "freqCode": "A", "flowCode": "X", "partnerCode": 0,
        "partner2Code": 0, "classificationCode": "H4", "customsCode": "C00", "motCode": 0,
    }  # fmt: skip
    data = [
        constant
        | {"period": str(year), "reporterCode": reporter}
        | {"cmdCode": code, "primaryValue": 1000 * value}
        for year in YEARS
        for reporter, values in EXPORTS.items()
        for code, value in zip(("01", "02"), values, strict=True)
    ]
    return json.dumps({"count": len(data), "data": data, "error": ""})


@pytest.fixture(scope="module")
def world(tmp_path_factory, refreshed, landing):
    home = tmp_path_factory.mktemp("world")
    published = landing.parent / "landing_world"
    if not published.is_dir():
        pytest.skip("the files of the world are not beside the project (../shared/landing_world)")
    shutil.copytree(published / "world_bank", home / "landing" / "world_bank")
    tables = home / "landing" / "icio"
    shutil.copytree(
        published / "icio", tables, ignore=shutil.ignore_patterns("1995*", "2000*", "2011*")
    )
    small = landing.parent / "references" / "value_chain" / "layouts" / "2018"
    shutil.copytree(small, tables / "2018-12")
    (tables / "2018-12" / "_edition.yml").write_text(
        "published_on: 2018-12-01\nfiles: {ICIO2018_2007.CSV: {unit: billion}}\n"
    )
    for path, declared, text in [
        (
            "world_bank/2024-07/NY.GDP.PCAP.KD.json",
            "",
            answer("NY.GDP.PCAP.KD", "GDP per capita (constant 2015 US$)", INCOMES | {"WLD": 3.0}),
        ),
        ("un_comtrade/2024-07/trade.json", "", trade()),
        (
            "compiled/2024-07/memoranda.csv",
            "files:\n  memoranda.csv:\n    year: 2020\n    area_column: economy\n    columns: "
            "{signed: {indicator: bri_signed_year, unit: year}, "
            "left: {indicator: bri_left_year, unit: year}}\n",
            MEMORANDA,
        ),
    ]:
        file = home / "landing" / path
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        (file.parent / "_edition.yml").write_text(f"published_on: 2024-07-01\n{declared}")
    return refreshed(home, "refresh")


def test_every_economy_is_an_area_and_no_group_is(world):
    assert world.value("select count(*) from catalog.dim_country") > 200
    [vietnam] = world.rows(
        "select iso3, iso2, iso_numeric, name_zh, world_bank_region, bri_group, bri_signed_year "
        "from catalog.dim_country where name_en = 'Viet Nam'"
    )
    assert vietnam == ("VNM", "VN", "704", "越南", "East Asia & Pacific", "ASEAN", 2017)
    assert world.rows(
        "select area_code, bri_status, bri_left_year from catalog.dim_country "
        "where bri_status is not null order by 1"
    ) == [("ITA", "left", 2023), ("KAZ", "signed", None), ("VNM", "signed", None)]
    groups = "select upper(code) from catalog.country_code where is_group"
    assert not world.rows(
        f"select area_code from marts.fct_observation where area_code in ({groups})"
    )
    assert (
        world.value(
            "select value from marts.printed_series "
            "where area_label = 'WLD' and series_label = 'SP.POP.TOTL' and year = 2022"
        )
        > 7e9
    )
    assert not world.rows("select * from catalog.rejected_cell where source_id = 'world_bank'")


def test_the_index_of_economies_is_that_of_the_reference(world, landing):
    file = landing.parent / "references" / "value_chain" / "country_index.yml"
    golden = yaml.safe_load(file.read_text(encoding="utf-8"))
    ours = {"NY.GDP.PCAP.CD": "gdp_per_capita_usd"} | dict(
        world.rows("select upper(label_key), indicator_id from catalog.indicator_alias")
    )
    weights = world.rows(
        "select indicator_id, weight, entropy, observations from marts.idx_digital_trade__weights "
        "where universe = 'country' and variant = 'entropy' and weight is not null"
    )
    assert {name: weight for name, weight, *_ in weights} == pytest.approx(
        {ours[code]: weight for code, weight in golden["weights"].items()}, rel=1e-10
    )
    assert {row[3] for row in weights} == {golden["observations"]}
    found = {
        (code, year): index
        for code, year, index in world.rows(
            "select coalesce(iso3, area_code), year, digital_trade_index "
            "from marts.idx_digital_trade__country_year join catalog.dim_country using (area_code) "
            "where variant = 'entropy' and digital_trade_index is not null"
        )
    }
    assert len({code for code, _ in found}) == golden["countries"]
    for code in ("CHN", "USA", "SGP", "KAZ", "IND"):
        for year, index in golden[code].items():
            assert found[code, year] == pytest.approx(index, rel=1e-10)


def test_expy_of_economies_leaves_out_whose_income_is_unknown(world):
    rows = world.rows(
        "select area_code, expy_usd, reason from marts.idx_expy__country_year "
        "where variant = 'annual' and classification = 'hs_2' and year = 2012"
    )
    known = {area: expy for area, expy, _ in rows if expy is not None}
    assert known == pytest.approx(EXPY, abs=1e-6)
    reasons = {area: reason for area, _, reason in rows}
    assert reasons["IND"].startswith("its own income is not known")
    assert reasons["FRA"] == "the country reports no exports"
    assert world.rows(
        "select category_code, round(prody_usd, 6) from marts.idx_prody_world__category_year "
        "where variant = 'annual' and year = 2012 order by 1"
    ) == [("01", 3.142857), ("02", 6.0)]


def test_commands_know_economies(world, yearbook):
    home = ["--home", str(world.home)]
    traced = yearbook("trace", "internet_penetration", "Vietnam", "2015", *home).stdout
    assert "internet_penetration, Viet Nam 2015" in traced
    assert "IT.NET.USER.ZS.json" in traced
    index = yearbook("trace", "digital_trade", "KAZ", "2015", *home).stdout
    assert "digital trade index of economies, entropy, Kazakhstan 2015 = 0.25342" in index
    covered = yearbook("coverage", *home).stdout
    assert "no file provides researchers_per_million of economies" in covered
    assert "imports_gs_to_gdp" in yearbook("find", "NE.IMP.GNFS.ZS", *home).stdout


def test_the_panel_of_economies_has_no_group_and_no_province(world):
    [(rows, areas, first, last)] = world.rows(
        "select count(*), count(distinct area_code), min(year), max(year) "
        "from marts.panel__country_year"
    )
    assert (rows, first, last) == (13 * areas, 2010, 2022)
    assert areas == world.value("select count(*) from catalog.dim_country")
    assert world.rows(
        "select name_en, is_bri, bri_signed_year, round(digital_trade, 4), round(ln_income, 6) "
        "from marts.panel__country_year where area_code = '100000' and year = 2012"
    ) == [("China", False, None, 0.1859, 2.079442)]


def test_a_measure_is_traced_to_its_rows_and_columns(world, yearbook, landing):
    golden = pd.read_csv(
        landing.parent / "references" / "value_chain" / "wiod_2007_country.csv", index_col="country"
    )
    home = ["--home", str(world.home)]
    traced = yearbook("trace", "value_chain", "China", "2007", "--measure", "kww_3", *home).stdout
    assert traced.startswith("kww_3, China 2007 = ") and "table of 2018-12" in traced  # the newest
    assert "billion USD as what they sell" in traced
    of_edition = ("trace", "value_chain/kww_3/2013-11", "中国", "2007", *home)
    traced = yearbook(*of_edition).stdout
    assert f"kww_3, China 2007 = {golden.loc['CHN', 't3']:.10g}" in traced
    assert "v_s Σ_r Σ_{t≠r,s} B_sr Y_rt, Koopman, Wang and Wei" in traced
    assert "rows 212:246, columns HD:IL and, of final demand, BDK:BDO" in traced
    assert "of icio/2013-11/2007_WIOD.zip" in traced and "by 0.056 % of output" in traced
    kind, key = "value_chain", "kww_3/100000/2007/2013-11"
    steps = world.rows(
        "select depth, role, input_kind, input_value, file_name, snapshot_sha256 "
        f"from marts.trace('{kind}', '{key}')"
    )
    [whole, origin] = [row for row in steps if row[2] in (kind, "value_added_origin")]
    assert [whole[3], origin[3]] == pytest.approx([golden.loc["CHN", "exgr_dva"]] * 2)
    blocks = [row for row in steps if row[2] == "inter_country_block"]
    sha256 = hashlib.sha256(
        (world.home / "landing" / "icio" / "2013-11" / "2007_WIOD.zip").read_bytes()
    ).hexdigest()
    assert {row[4:] for row in blocks} == {("2007_WIOD.zip", sha256)}


@pytest.mark.parametrize(
    ("measure", "sentence"),
    [
        ("kww3", '"kww3" is no measure of value_chain; did you mean kww_3'),
        ("kww_1", "there is no value_chain/kww_1 of China 2008: there are 2007"),
    ],
)
def test_a_measure_that_is_not_there_is_a_sentence(world, yearbook, measure, sentence):
    home = ["--home", str(world.home)]
    done = yearbook("trace", "value_chain", "China", "2008", "--measure", measure, *home)
    assert done.returncode == 1 and sentence in done.stderr


def test_a_matrix_says_how_many_of_its_cells_are_used(world):
    assert world.rows(
        "select file_name, cells_used, cells_not_used from catalog.dim_file "
        "where source_id = 'icio' order by 1"
    ) == [("2007_WIOD.zip", 2357705, 0), ("ICIO2018_2007.CSV", 2250, 296)]
    [unused] = world.rows(
        "select sentence, cells from catalog.unused_cell where file_name = 'ICIO2018_2007.CSV'"
    )
    first = '"CHN_TAXSUB → CHN_HFCE" in ICIO2018_2007.CSV AF32'
    assert unused == (f"in rows that are no industry, first {first}", 296)


def test_catalogs_of_value_chains(world, yearbook):
    home = ["--home", str(world.home)]
    covered = yearbook("coverage", *home).stdout
    [wiod] = [line.split() for line in covered.splitlines() if line.startswith("  2013-11")]
    assert wiod == ["2013-11", "2007", "41", "35", "0.056", "%", "2013-11-15"]
    assert "no inter-country table is of 2005-2006, 2008-2022: as CSV" in covered
    for name, place in [
        ("价值链地位", "marts.idx_value_chain__country_year"),
        ("德国", "catalog.dim_country"),
        ("Beijing", "catalog.dim_province"),
        ("Electrical and optical equipment", "marts.idx_value_chain__country_industry_year"),
    ]:
        assert place in yearbook("find", name, *home).stdout
    assert world.rows(
        "select isic_revision, name_zh, divisions, is_manufacturing from catalog.dim_industry "
        "where industry_code in ('30t33', '58T63') order by 1"
    ) == [(3, "电气和光学设备", "30-33", True), (4, "信息和通信", "58-63", False)]
    [(text, unit)] = world.rows(
        "select comment, unit from duckdb_columns() join catalog.dim_measure on measure = column_name "
        "where table_name = 'idx_value_chain__country_year' and measure = 'wang_plv'"
    )
    assert text.startswith("forward length of chains: ") and text.endswith(f"(2017) [{unit}]")


def test_the_page_from_a_table_to_a_regression(world, walk, landing, tmp_path):
    """Of two years, the two-way estimate is the slope of the differences: by the reference."""
    published = landing.parent / "landing_world" / "icio" / "2013-11"
    with zipfile.ZipFile(tmp_path / "wiod.zip", "w") as archive:
        for year in (2000, 2007):
            with zipfile.ZipFile(published / f"{year}_WIOD.zip") as one:
                [name] = one.namelist()
                archive.writestr(name, one.read(name))
    before = world.release
    printed = walk("value-chain-regression.md", tmp_path, home=world.home)
    golden = [
        pd.read_csv(
            landing.parent / "references" / "value_chain" / f"wiod_{year}_country.csv",
            index_col="country",
        ).drop(index="ROW", errors="ignore")
        for year in (2000, 2007)
    ]
    share, position = (
        golden[1].eval(formula) - golden[0].eval(formula)
        for formula in ("(ict_domestic + ict_foreign) / exports", "position_unctad_dvx")
    )
    slope = np.polyfit(share, position, 1)[0]
    found = json.loads((tmp_path / "results" / "results.json").read_text(encoding="utf-8"))
    models = {model["model_id"]: model for model in found["models"]}
    assert models["two_way"]["nobs"] == 2 * len(share) == 80
    assert models["two_way"]["terms"][0]["estimate"] == pytest.approx(slope, rel=1e-6)
    assert world.release == before  # there was nothing new
    assert "position_unctad, China 2007 = " in printed and "rows 212:246 columns HD:IL" in printed


def test_expy_of_an_economy_is_traced_to_its_cells(world, yearbook):
    home = ["--home", str(world.home)]
    traced = yearbook("trace", "expy", "Germany", "2012", *home).stdout
    assert f"EXPY of economies, annual, Germany 2012 = {EXPY['DEU']:.7}"[:-1] in traced
    assert "share 0.5 × PRODY 6 = 3" in traced and "of un_comtrade/2024-07/trade.json" in traced
    for kind, key, number in (
        ("expy", "'annual', 'hs_2', 'DEU', 2012", EXPY["DEU"]),
        ("prody", "'annual', 'hs_2', '02', 2012", 6),
        ("prody", "'fixed_prody', 'hs_2', '02', 2009", 6),
    ):
        inputs = f"from marts.inputs_of_country_{kind}({key})"
        assert world.value(f"select sum(contribution) {inputs}") == pytest.approx(number, abs=1e-6)
    assert world.rows(
        "select input_kind, contribution from "
        "marts.inputs_of_country_exports('hs_2', '02', '100000', 2012)"
    ) == [("cell", 90)]
    # in SQL down to each of the cells: two chapters and the income of the three that have one
    [(cells, expy)] = world.rows(
        "select count(distinct case when input_kind = 'cell' then input_key end), "
        "sum(case when depth = 1 then contribution end) "
        "from marts.trace('country_expy', 'annual/hs_2/DEU/2012')"
    )
    assert (cells, expy) == (9, pytest.approx(EXPY["DEU"], abs=1e-6))
    prody = yearbook("trace", "country_prody/02", "2012", *home).stdout
    assert "exporter: gdp_per_capita_constant_usd, China 2012 = 8 US dollars" in prody


def test_costs_of_trade_are_those_of_the_reference(world, landing):
    file = landing.parent / "references" / "value_chain" / "mechanisms.yml"
    golden = yaml.safe_load(file.read_text(encoding="utf-8"))[2007]
    of_china = dict(
        world.rows(
            "select partner_code, trade_cost from marts.fct_trade_cost__country_partner_year "
            "where (table_edition, area_code, scope) = ('2013-11', '100000', 'manufacturing')"
        )
    )
    assert of_china == pytest.approx(golden["tau_CHN"], rel=1e-11)
    means = {
        area: {"trade_cost_trade_weighted": weighted, "trade_cost_simple_mean": simple}
        for area, weighted, simple in world.rows(
            "select iso3, sum(trade_cost * trade) / sum(trade), avg(trade_cost) "
            "from marts.fct_trade_cost__country_partner_year join catalog.dim_country "
            "using (area_code) where (table_edition, scope) = ('2013-11', 'manufacturing') "
            "and trade_cost is not null group by iso3"
        )
    }
    for area, values in golden["by_country"].items():
        assert means[area] == pytest.approx({name: values[name] for name in means[area]}, rel=1e-11)


def test_who_has_no_memorandum_never_signed_once_a_file_of_them_is_landed(world):
    cohorts = dict(world.rows("select area_code, bri_cohort from catalog.dim_country"))
    found = {area: cohorts[area] for area in ("ITA", "KAZ", "VNM", "USA", "100000")}
    assert found == {"ITA": 2019, "KAZ": 2014, "VNM": 2017, "USA": 0, "100000": None}


def test_what_is_found_of_a_claim_moves_with_the_tables(world, published):
    asked = "select value_found, year_found, verdict from catalog.stylised_fact where fact_id = 37"
    assert published.rows(asked) == [(None, None, "not_reproducible")]
    newest = world.value(
        "select position_unctad from marts.idx_value_chain__country_year "
        "where (table_edition, area_code) = ('2018-12', '100000')"
    )
    assert world.rows(asked) == [(newest, 2007, "not_reproducible")]


def test_the_study_of_economies_says_what_it_lacks(world):
    models = world.rows(
        "select nobs, warnings from results.models where study = 'digital_trade_value_chain'"
    )
    assert all(nobs is None and "not estimated" in warnings for nobs, warnings in models)
