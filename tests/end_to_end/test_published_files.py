"""The main job on real files: numbers that were computed by hand or stand in the files themselves."""

import json

import pytest

STUDY = "study = 'digital_trade_export_sophistication'"


def test_both_vintages_are_kept_and_the_newer_official_one_is_preferred(published):
    cell = "indicator_id = 'gdp' and area_code = '120000' and year = 2017"
    vintages = published.rows(
        f"select value from marts.fct_observation__vintages where {cell} and source_id = 'nbs_portal' "
        "order by published_on"
    )
    assert vintages == [(18549.19,), (12450.6,)]
    assert published.rows(
        f"select value, unit, source_id, locator from marts.fct_observation where {cell}"
    ) == [(12450.6, "100 million yuan", "nbs_portal", "D6")]


def test_sophistication_of_both_input_output_years(published):
    expy = {
        (code, year): value
        for code, year, value in published.rows(
            "select province_code, year, expy_yuan from marts.idx_expy__province_year "
            "where classification = 'io42_manufacturing_17' and variant = 'annual'"
        )
    }
    known = {key for key, value in expy.items() if value is not None}
    assert sum(year == 2012 for _, year in known) == 30
    assert sum(year == 2017 for _, year in known) == 31
    assert round(expy["310000", 2012]) == 46137
    assert round(expy["310000", 2017]) == 57170
    assert round(expy["630000", 2017]) == 52432


def test_domestic_content_of_exports(published):
    """Figures of the tables of all provinces, added up and computed apart from the models."""
    content = {
        (code, year): (round(composite), round(domestic), round(share, 4), provinces)
        for code, year, composite, domestic, share, provinces in published.rows(
            "select category_code, year, composite_content_yuan, domestic_content_yuan, "
            "domestic_content_share, provinces from marts.idx_domestic_content__category_year"
        )
    }
    assert len(content) == 2 * 17
    assert content["12", 2012] == (38948, 36464, 0.9362, 31)
    assert content["20", 2012] == (48854, 41268, 0.8447, 31)
    assert content["12", 2017] == (52166, 49287, 0.9448, 31)
    assert content["20", 2017] == (57854, 50765, 0.8775, 31)
    by_share = sorted(
        (share, code) for (code, year), (*_, share, _) in content.items() if year == 2017
    )
    assert [code for _, code in by_share[:2]] == ["11", "20"]  # oil and circuits come from abroad
    assert published.rows(
        "select province_code, year, round(indices.expy_yuan), round(exp(expy_domestic_content) * 10000) "
        "from marts.idx_expy__province_year as indices join marts.panel__province_year as panel "
        "using (province_code, year) where variant = 'domestic_content' "
        "and province_code in ('310000', '440000') order by all"
    ) == [
        ("310000", 2012, 40197, 40197),
        ("310000", 2017, 51607, 51607),
        ("440000", 2012, 39950, 39950),
        ("440000", 2017, 51741, 51741),
    ]


def test_a_province_without_exports_has_no_sophistication_but_a_reason(published):
    rows = published.rows(
        "select expy_yuan, expy_log, expy_z, reason from marts.idx_expy__province_year "
        "where province_code = '150000' and year = 2012"
    )
    assert len(rows) == 4
    assert set(rows) == {(None, None, None, "the province reports no exports")}


def test_index_rests_on_six_indicators_and_says_which_are_missing(published):
    assert published.rows(
        "select min(year), max(year), count(*), min(indicators_used), max(indicators_used) "
        "from marts.idx_digital_trade__province_year "
        "where variant = 'entropy' and digital_trade_index is not null"
    ) == [(2012, 2018, 217, 6, 6)]
    weights = published.rows(
        "select indicator_id, weight is null, proxy_level, reason from marts.idx_digital_trade__weights "
        "where (universe, variant) = ('province', 'entropy')"
    )
    proxies = {name for name, _, level, _ in weights if level in (1, 2)}
    assert proxies == {
        "internet_penetration",
        "mobile_internet_users",
        "optical_cable_length",
        "patent_applications_rd_institutions",
    }
    missing = {name: reason for name, is_missing, _, reason in weights if is_missing}
    assert len(missing) == 6
    assert all(reason.startswith("no source provides it") for reason in missing.values())
    assert (
        published.value(
            "select count(distinct obs_status) from marts.fct_observation where indicator_id = any($1) "
            "and obs_status <> 'X' and value is not null",
            sorted(proxies),
        )
        == 0
    )


def test_firms_are_not_taken_for_all_performers(published):
    """The compilation's R&D columns count large industrial firms only."""
    sources = published.rows(
        "select distinct source_id from marts.fct_observation__vintages where indicator_id = 'rd_personnel_fte'"
    )
    assert sources == [("tech_yearbook",)]
    assert (
        published.value(
            "select count(*) from marts.fct_observation where indicator_id = 'rd_expenditure'"
        )
        == 0
    )


def test_trade_in_two_currencies_becomes_one_series(published):
    trade = {
        year: (value, status)
        for year, value, status in published.rows(
            "select year, value, obs_status from marts.fct_observation "
            "where indicator_id = 'trade_total' and area_code = '120000' and year between 2014 and 2016"
        )
    }
    in_2014 = 13388608.00 / 1e4 * 6.1428
    assert trade[2014] == (pytest.approx(in_2014), "A")
    assert trade[2016] == (6776.31, "A")
    assert trade[2015] == (pytest.approx((in_2014 + 6776.31) / 2), "I")
    assert published.rows(
        "select input_year, input_role from marts.observation_input where indicator_id = 'trade_total' "
        "and area_code = '120000' and year = 2015 order by input_position"
    ) == [(2014, "neighbour before"), (2016, "neighbour after")]


def test_baseline_regressions(published):
    models = {
        model: (nobs, dropped, warnings)
        for model, nobs, dropped, warnings in published.rows(
            f"select model_id, nobs, entities_dropped, warnings from results.models where {STUDY} "
            "and table_number = 3"
        )
    }
    assert {model: nobs for model, (nobs, _, _) in models.items()} == {
        "baseline_pooled": 61,
        "baseline_pooled_controls": 61,
        "baseline_two_way": 60,
        "baseline_two_way_controls": 60,
    }
    assert models["baseline_two_way"][1] == "Inner Mongolia"
    for missing in ("market", "fin", "edu"):
        assert f"`{missing}`" in models["baseline_two_way_controls"][2]
    terms = published.rows(
        f"select term from results.estimates where {STUDY} and model_id = 'baseline_two_way_controls' order by all"
    )
    assert terms == [("const",), ("dige",), ("open",), ("urban",)]


def test_rejected_files_and_copies(published, landing):
    [(name, reason)] = published.rows(
        "select edition || '/' || file_name, reason from catalog.rejected_file"
    )
    assert name == "2026-04/分省年度数据.csv"
    assert "province" in reason
    assert published.rows("select file_name from catalog.dim_file where role = 'copy'") == [
        ("分省年度数据 (1).csv",)
    ]
    files = [file for file in landing.glob("*/*/*") if file.name != "_edition.yml"]
    assert published.value("select count(*) from catalog.dim_file") == len(files)


def test_no_published_file_is_held_back(published):
    """Censuses, a fall of a third in Tianjin, two currencies in one compilation: all revisions."""
    assert published.rows("select file_name from catalog.dim_file where role = 'held'") == []
    compared = published.rows(
        "select value from marts.fct_observation__vintages where indicator_id = 'gdp' "
        "and area_code = '120000' and year = 2017 and source_id = 'nbs_portal'"
    )
    assert len(compared) == 2


def test_a_proven_misprint_is_corrected_and_says_so(published, yearbook):
    assert published.rows(
        "select file_name, locator, text_printed, text_used from catalog.correction"
    ) == [("gdp.xlsx", "sheet1!C678", "144.52", "141.52")]
    assert published.rows(
        "select value, obs_status, locator from marts.fct_observation__vintages where is_corrected"
    ) == [(141.52, "A", "sheet1!C678")]
    for name in ("gdp", "地区生产总值"):  # the value, and the heading that is printed
        told = yearbook("trace", name, "黑龙江", "1975", home=published.home).stdout
        assert '144.52" 亿元 in sheet1!C678' in told and 'corrected to "141.52": one digit' in told


def test_a_split_of_a_province_breaks_its_series(published):
    assert published.rows(
        "select distinct area_code, last_year_before, part_code from catalog.definition_break order by all"
    ) == [("440000", 1987, "460000"), ("510000", 1996, "500000")]


def test_every_published_value_has_an_address(published):
    assert (
        published.value(
            "select count(*) from marts.fct_observation__vintages where locator is null or snapshot_sha256 is null"
        )
        == 0
    )
    assert (
        published.value("select count(*) from catalog.note where text like '%第四次全国经济普查%'")
        > 0
    )


def test_coverage_tells_what_no_file_provides(published, yearbook):
    done = yearbook("coverage", "--home", str(published.home))
    assert done.returncode == 0, done.stderr
    for name in (
        "rd_expenditure",
        "ict_goods_export_share",
        "ict_services_export_share",
        "digital_services_export_share",
        "imports_to_gdp",
        "digital_trade_restrictiveness",
        "marketisation_index",
        "loan_deposit_ratio",
        "teacher_pupil_ratio",
    ):
        assert name in done.stdout, name


def test_coverage_of_areas_says_why_a_year_is_missing(published, yearbook):
    def asked(*arguments):
        return yearbook("coverage", *arguments, "--home", str(published.home))

    shown = asked("--areas", "北京, Germany").stdout
    beijing, germany = shown.split("Germany, in years")
    [staff] = [line.split() for line in beijing.splitlines() if " rd_personnel_fte " in line]
    assert staff == [
        *("rd_personnel_fte", "2012-2018", "7", "0", "0", "0", "tech_yearbook", "2019-12-31")
    ]
    assert (
        "missing 2019-2022, no file prints it for this area and year: rd_personnel_fte" in beijing
    )
    assert "no file provides it: bri_left_year" in germany and "rd_personnel" not in germany
    records = json.loads(asked("--areas", "province", "--json").stdout)
    assert len({row["area_code"] for row in records}) == 31
    [gap] = [
        gap
        for row in records
        if (row["area"], row["indicator_id"]) == ("Beijing", "rd_personnel_fte")
        for gap in row["missing"]
    ]
    assert gap["years"] == [2019, 2020, 2021, 2022]
    for areas, sentence in [("Germny", "did you mean Germany"), (",", "no area is named: write")]:
        refused = asked("--areas", areas)
        assert refused.returncode == 1 and sentence in refused.stderr


def test_query_from_the_command_line(published, yearbook):
    done = yearbook(
        "sql",
        "select area_code, year, value from marts.fct_observation "
        "where indicator_id = 'gdp' and area_code = '120000' and year = 2017",
        "--format",
        "json",
        "--home",
        str(published.home),
    )
    assert json.loads(done.stdout) == [{"area_code": "120000", "year": 2017, "value": 12450.6}]
