"""Economies of the world on published files: what is known of each, their index, their EXPY."""

import json
import shutil

import pytest
import yaml

# Of whom what is exported by chapter, and the income: the golden numbers of three areas, with India without income
EXPORTS = {842: (80, 20), 276: (500, 500), 156: (10, 90), 699: (1, 9)}
INCOMES = {"USA": 2.0, "DEU": 4.0, "CHN": 8.0}
EXPY = {"USA": 3.714286, "DEU": 4.571429, "100000": 5.714286}
MEMORANDA = "economy,signed,left\nItaly,2019,2023\n哈萨克斯坦,2014,\nVietnam,2017,\n"


def answer(code: str, name: str, values: dict[str, float]) -> str:
    rows = [
        {
            "indicator": {"id": code, "value": name},
            "country": {"id": "", "value": ""},
            "countryiso3code": economy,
            "date": "2012",
            "value": value,
            "unit": "",
        }
        for economy, value in values.items()
    ]
    return json.dumps([{"page": 1, "pages": 1, "per_page": 9, "total": len(rows)}, rows])


def trade() -> str:
    constant = {
        "typeCode": "C", "freqCode": "A", "period": "2012", "flowCode": "X", "partnerCode": 0,
        "partner2Code": 0, "classificationCode": "H4", "customsCode": "C00", "motCode": 0,
    }  # fmt: skip
    data = [
        constant | {"reporterCode": reporter, "cmdCode": code, "primaryValue": 1000 * value}
        for reporter, values in EXPORTS.items()
        for code, value in zip(("01", "02"), values, strict=True)
    ]
    return json.dumps({"count": len(data), "data": data, "error": ""})


@pytest.fixture(scope="module")
def world(tmp_path_factory, refreshed, landing):
    home = tmp_path_factory.mktemp("world")
    published = landing.parent / "landing_world" / "world_bank" / "2026-03"
    if not published.is_dir():
        pytest.skip("the files of the world are not beside the project (../shared/landing_world)")
    shutil.copytree(published, home / "landing" / "world_bank" / "2026-03")
    tables = home / "landing" / "icio" / "2013-11"
    tables.mkdir(parents=True)
    for name in ("2007_WIOD.zip", "2011_WIOD.zip", "_edition.yml"):
        shutil.copy(published.parents[1] / "icio" / "2013-11" / name, tables)
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
        "where variant = 'annual' order by 1"
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


def test_costs_of_trade_are_those_of_the_reference(world, landing):
    file = landing.parent / "references" / "value_chain" / "mechanisms.yml"
    golden = yaml.safe_load(file.read_text(encoding="utf-8"))[2007]
    of_china = dict(
        world.rows(
            "select partner_code, trade_cost from marts.fct_trade_cost__country_partner_year "
            "where (area_code, year, scope) = ('100000', 2007, 'manufacturing')"
        )
    )
    assert of_china == pytest.approx(golden["tau_CHN"], rel=1e-11)
    means = {
        area: {"trade_cost_trade_weighted": weighted, "trade_cost_simple_mean": simple}
        for area, weighted, simple in world.rows(
            "select iso3, sum(trade_cost * trade) / sum(trade), avg(trade_cost) "
            "from marts.fct_trade_cost__country_partner_year join catalog.dim_country "
            "using (area_code) where (year, scope) = (2007, 'manufacturing') "
            "and trade_cost is not null group by iso3"
        )
    }
    for area, values in golden["by_country"].items():
        assert means[area] == pytest.approx({name: values[name] for name in means[area]}, rel=1e-11)


def test_the_panel_has_value_chains_of_one_edition_and_their_mechanisms(world):
    rows = world.rows(
        "select count(*), count(position_unctad), count(trade_cost), count(import_penetration), "
        "count(ln_foreign_rd_embodied), count(digital_infrastructure) > 30, min(year), max(year) "
        "from marts.panel__country_year where value_chain_edition = '2013-11'"
    )
    assert rows == [(40, 40, 40, 40, 0, True, 2011, 2011)]
    assert world.value(
        "select round(position_unctad, 3) from marts.panel__country_year "
        "where area_code = '100000' and year = 2011"
    ) == pytest.approx(-0.014)


def test_who_has_no_memorandum_never_signed_once_a_file_of_them_is_landed(world):
    cohorts = dict(world.rows("select area_code, bri_cohort from catalog.dim_country"))
    found = {area: cohorts[area] for area in ("ITA", "KAZ", "VNM", "USA", "100000")}
    assert found == {"ITA": 2019, "KAZ": 2014, "VNM": 2017, "USA": 0, "100000": None}


def test_what_is_found_of_a_claim_moves_with_the_tables(world, published):
    asked = (
        "select round(value_found, 2), year_found, verdict from catalog.stylised_fact "
        "where fact_id in (36, 37) order by fact_id"
    )
    assert published.rows(asked) == [(None, None, "not_reproducible")] * 2
    assert world.rows(asked) == [
        (0.33, 2011, "not_reproducible"),
        (-0.01, 2011, "not_reproducible"),
    ]


def test_the_study_of_economies_says_what_it_lacks(world):
    models = dict(
        world.rows(
            "select model_id, nobs from results.models where study = 'digital_trade_value_chain'"
        )
    )
    assert models["pooled"] == 39  # one year alone has a table and an index
    assert models["two_way"] is None
    assert world.rows(
        "select count(*) from results.models where nobs is null and warnings is null"
    ) == [(0,)]
