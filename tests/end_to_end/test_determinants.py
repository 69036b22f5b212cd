"""The study of determinants: whole on the demonstration, as far as they go on real files."""

import duckdb
import numpy as np
import pytest

STUDY = "study = 'export_sophistication_determinants'"
FACTORS = [
    *("ln_exports", "ln_income", "rd_intensity", "open", "industrial_upgrading"),
    *("ip_protection", "policy_support"),
]


@pytest.fixture(scope="module")
def panel(demonstration):
    with duckdb.connect(str(demonstration.release / "yearbook.duckdb"), read_only=True) as database:
        return database.execute("from marts.panel__province_year order by all").df()


def test_every_model_is_estimated_on_the_demonstration(demonstration):
    rows = demonstration.rows(
        f"select model_id, nobs from results.models where {STUDY} and estimator <> 'specification_curve'"
    )
    assert len(rows) == 19
    assert {
        model: nobs for model, nobs in rows if nobs != 341 and not model.startswith("check_")
    } == {}
    assert demonstration.rows(
        f"select count(*), count(estimate), count(distinct treatment) from results.specification_curve where {STUDY}"
    ) == [(24 * 7 * 3 * 3 * 3, 24 * 7 * 3 * 3 * 3, 12)]
    for number in range(1, 6):
        table = f"results.export_sophistication_determinants__table_{number}"
        assert demonstration.value(f"select count(*) from {table}") > 0


def test_what_the_demonstration_plants_is_found(demonstration):
    """With a PRODY that no income moves, all seven factors act as argued, and Theil's index against."""
    found = dict(
        demonstration.rows(
            "select term, verdict from results.sign_comparison where model_id = 'two_way_fixed_prody' "
            "or (model_id = 'swap_theil_fixed_prody' and term = 'theil')"
        )
    )
    assert set(found) == {*FACTORS, "theil"}
    assert {verdict.split(",")[0] for verdict in found.values()} == {"as expected"}
    assert found["theil"] == "as expected"


def test_two_way_estimates_are_those_of_dummies(demonstration, panel):
    """Least squares on dummies of provinces and years, in plain NumPy."""
    columns = [panel[factor].to_numpy() for factor in FACTORS]
    for key in ("province_code", "year"):
        codes = panel[key].to_numpy()
        columns += [(codes == code).astype(float) for code in np.unique(codes)]
    slopes, *_ = np.linalg.lstsq(
        np.column_stack(columns), panel["expy_leave_one_out"].to_numpy(), rcond=None
    )
    ours = dict(
        demonstration.rows(
            f"select term, estimate from results.estimates where {STUDY} and model_id = 'two_way'"
        )
    )
    for factor, slope in zip(FACTORS, slopes, strict=False):
        assert ours[factor] == pytest.approx(slope, rel=1e-6), factor


def test_derived_measures_are_those_of_the_printed_figures(demonstration, panel):
    def printed(indicator: str) -> np.ndarray:
        return np.array(
            [
                value
                for [value] in demonstration.rows(
                    "select value from marts.fct_observation join marts.panel__province_year as panel "
                    "on area_code = province_code and fct_observation.year = panel.year "
                    "where indicator_id = $1 order by province_code, panel.year",
                    indicator,
                )
            ]
        )

    industries = ("primary", "secondary", "tertiary")
    output = np.stack([printed(f"value_added_{name}") for name in industries])
    labour = np.stack([printed(f"employment_{name}") for name in industries])
    share = output / output.sum(0)
    theil = (share * np.log(share / (labour / labour.sum(0)))).sum(0)
    panel = panel.sort_values(["province_code", "year"])
    np.testing.assert_allclose(panel["theil"], theil, rtol=1e-9)
    assert (theil > 0).all()
    per_head = printed("rd_personnel_fte") / printed("population")
    np.testing.assert_allclose(panel["rd_personnel_per_10k"], per_head, rtol=1e-9)
    np.testing.assert_allclose(
        panel["exports_to_gdp"], printed("exports_total") / printed("gdp"), rtol=1e-9
    )


def test_as_far_as_the_published_files_go(published):
    """Exports by province, R&D expenditure and employment by industry are in none of them."""
    models = {
        model: (nobs, warnings)
        for model, nobs, warnings in published.rows(
            f"select model_id, nobs, warnings from results.models where {STUDY}"
        )
    }
    assert {model: nobs for model, (nobs, _) in models.items() if nobs is not None} == {
        **dict.fromkeys(("pooled", "pooled_fixed_prody"), 60),
        **dict.fromkeys(("two_way", "two_way_fixed_prody", "two_way_annual"), 58),
        **dict.fromkeys(("swap_rd_personnel", "swap_structure_ratio"), 58),
        **dict.fromkeys(("swap_rd_personnel_fixed_prody", "swap_structure_ratio_fixed_prody"), 58),
        **dict.fromkeys(("check_before_2020", "check_driscoll_kraay"), 58),
        "check_no_municipalities": 50,
    }
    for absent in ("ln_exports", "rd_intensity"):
        assert f"`{absent}` is missing: no source provides it" in models["two_way"][1]
    for model, measure in (
        ("swap_theil", "theil"),
        ("swap_exports_to_gdp", "exports_to_gdp"),
        ("swap_patent_grants", "patent_grants_per_10k"),
        ("check_lagged", "L1.open"),
    ):
        assert "not estimated" in models[model][1] and f"`{measure}`" in models[model][1]
    assert published.value("select count(theil) from marts.panel__province_year") == 0
    assert published.rows(
        "select distinct verdict from results.sign_comparison where term in ('theil', 'ln_exports')"
    ) == [("not estimated here",)]
    where = published.value(
        "select where_to_get from catalog.dim_indicator where indicator_id = 'employment_primary'"
    )
    assert "China Statistical Yearbook" in where


def test_without_input_output_tables_the_domestic_content_says_why(demonstration):
    assert demonstration.rows(
        "select distinct expy_yuan, reason from marts.idx_expy__province_year "
        "where variant = 'domestic_content'"
    ) == [(None, "input-output tables know no categories of this classification")]
    assert (
        demonstration.value("select count(*) from marts.idx_domestic_content__category_year") == 0
    )
