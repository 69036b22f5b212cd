"""The study on panels of the shape that the warehouse has."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from analytics.printed_tables import (
    printed_cells,
    printed_markdown,
    printed_table,
    table_markdown,
)
from analytics.specification import STUDIES, Study, load_study
from analytics.study import StudyTables, run_study
from analytics.tables import CURVE, DESCRIPTIVES, ESTIMATES, MODELS, STATISTICS

CONTROLS = ["market", "open", "fin", "urban", "edu"]


PROVINCES = {"Eastern": 10, "Central": 6, "Western": 12, "Northeast": 3}
VARIANTS = ["entropy_no_shift", "equal", "pca", "no_overlap", "provincial_only"]


@pytest.fixture(scope="module")
def whole() -> Study:
    return load_study(STUDIES / "digital_trade_export_sophistication.yml")


@pytest.fixture(scope="module")
def study(whole: Study) -> Study:
    """The baseline of the study."""
    models = [model for model in whole.models if model.table_number == 3]
    return whole.model_copy(update={"models": tuple(models), "specification_curve": None})


def _panel() -> pd.DataFrame:
    """31 provinces, 2012-2022, where only `urban` and `open` are provided as controls.

    Exports are known in 2012 and 2017, for one province in 2012 alone.
    """
    random = np.random.default_rng(0)
    names = ["Inner Mongolia", *(f"Province {number}" for number in range(2, 32))]
    rows = [
        {"province_code": str(110000 + 10000 * number), "province_name_en": name, "year": year}
        for number, name in enumerate(names)
        for year in range(2012, 2023)
    ]
    data = pd.DataFrame(rows)
    for name in ("dige", "open", "urban", "str"):
        data[name] = random.normal(size=len(data))
    data["market"] = None
    data["fin"] = np.nan
    data["expy"] = 1 + 0.3 * data["dige"] + random.normal(size=len(data))
    is_lone = (data["province_name_en"] == "Inner Mongolia") & (data["year"] == 2017)
    data.loc[~data["year"].isin([2012, 2017]) | is_lone, "expy"] = None
    data["share_imputed"] = np.where(data["year"] == 2012, 0.5, 0.25)
    return data


def _complete_panel() -> pd.DataFrame:
    """The same provinces and years with every column known."""
    random = np.random.default_rng(1)
    data = _panel()
    number = data.groupby("province_code", sort=False).ngroup()
    regions = [region for region, count in PROVINCES.items() for _ in range(count)]
    data["region"] = number.map(dict(enumerate(regions)))
    data["is_municipality"] = number < 4
    trend = 0.1 * (data["year"] - 2012)
    for name in [*CONTROLS, "str"]:
        data[name] = random.normal(size=len(data)) + 0.1 * number + trend
    data["str"] += 0.5 * data["dige"]
    data["expy"] = 0.3 * data["dige"] + 0.2 * data["str"] + trend + random.normal(size=len(data))
    for variant in VARIANTS:
        data[f"dige_{variant}"] = data["dige"] + 0.1 * random.normal(size=len(data))
    for variant in ("fixed_prody", "leave_one_out"):
        data[f"expy_{variant}"] = data["expy"] + 0.1 * random.normal(size=len(data))
    data["expy_yuan"] = 10_000 * np.exp(data["expy"])
    return data


@pytest.fixture(scope="module")
def whole_tables(whole: Study) -> StudyTables:
    return run_study(whole, _complete_panel())


@pytest.fixture
def panel() -> pd.DataFrame:
    return _panel()


@pytest.fixture(scope="module")
def tables(study: Study) -> StudyTables:
    return run_study(study, _panel())


def test_tables_have_the_columns_of_the_contract(tables):
    for table, declared in (
        (tables.models, MODELS),
        (tables.estimates, ESTIMATES),
        (tables.statistics, STATISTICS),
        (tables.descriptives, DESCRIPTIVES),
        (tables.specification_curve, CURVE),
    ):
        assert dict(table.dtypes.astype(str)) == declared.types
    assert not tables.estimates.duplicated(["study", "model_id", "equation", "term"]).any()
    assert not tables.statistics.duplicated(["study", "model_id", "name"]).any()


def test_baseline_on_the_rows_that_there_are(tables):
    models = tables.models.set_index("model_id")
    pooled, two_way = models.loc["baseline_pooled"], models.loc["baseline_two_way"]
    assert models["table_number"].tolist() == [3, 3, 3, 3]
    assert models["column_number"].tolist() == [1, 2, 3, 4]
    assert models["nobs"].tolist() == [61, 61, 60, 60]
    assert models["n_entities"].tolist() == [31, 31, 30, 30]
    assert models["n_dropped_missing"].tolist() == [280] * 4
    assert pd.isna(pooled["entities_dropped"])
    assert two_way["entities_dropped"] == "Inner Mongolia"
    assert "Inner Mongolia dropped" in two_way["warnings"]
    controls = tables.estimates[tables.estimates["model_id"] == "baseline_two_way_controls"]
    assert controls["term"].tolist() == ["dige", "open", "urban", "const"]
    for name in ("market", "fin", "edu"):
        sentence = f"control `{name}` is missing: no source provides it"
        assert sentence in models.loc["baseline_two_way_controls", "warnings"]
        assert sentence in models.loc["baseline_pooled_controls", "warnings"]


def test_share_of_imputed_inputs_is_that_of_the_rows_used(tables):
    shares = tables.statistics[tables.statistics["name"] == "share_imputed"]
    shares = shares.set_index("model_id")["value"]
    assert shares["baseline_pooled"] == pytest.approx((31 * 0.5 + 30 * 0.25) / 61)
    assert shares["baseline_two_way"] == pytest.approx((30 * 0.5 + 30 * 0.25) / 60)


def test_descriptives_are_over_the_rows_where_a_variable_is_known(tables, panel):
    found = tables.descriptives.set_index("variable")
    assert list(found.index) == ["expy", "dige", *CONTROLS, "str"]
    assert found["nobs"].to_dict() == {
        "expy": 61,
        "dige": 341,
        "market": 0,
        "open": 341,
        "fin": 0,
        "urban": 341,
        "edu": 0,
        "str": 341,
    }
    assert found.loc["expy", "sd"] == pytest.approx(panel["expy"].astype(float).std(ddof=1))
    assert pd.isna(found.loc["market", "mean"])


def test_a_control_that_the_effects_absorb_is_left_out_and_named(study, panel):
    panel["urban"] = panel["province_code"].astype(float)
    models = run_study(study, panel).models.set_index("model_id")
    assert models.loc["baseline_two_way_controls", "nobs"] == 60
    sentence = "control `urban` is absorbed by the two_way effects and is left out"
    assert sentence in models.loc["baseline_two_way_controls", "warnings"]
    assert "absorbed" not in models.loc["baseline_pooled_controls", "warnings"]


def test_a_control_that_is_missing_here_and_there_is_counted(study, panel):
    panel.loc[panel["province_code"] == "120000", "open"] = None
    models = run_study(study, panel).models.set_index("model_id")
    assert models.loc["baseline_pooled_controls", "nobs"] == 59
    sentence = "control `open` is missing in 2 of 61 rows"
    assert sentence in models.loc["baseline_pooled_controls", "warnings"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"dige": None}, "no row has all of `expy`, `dige`"),
        ({"expy": 1.0}, "the outcome has the single value 1"),
        ({"dige": 1.0}, "regressor `dige` has the single value 1"),
    ],
)
def test_what_cannot_be_estimated_is_a_row_with_the_reason(study, panel, change, reason):
    tables = run_study(study, panel.assign(**change))
    assert len(tables.models) == 4
    assert tables.models["nobs"].isna().all()
    assert tables.models["warnings"].str.contains(f"not estimated: {reason}", regex=False).all()
    assert len(tables.estimates) == len(tables.statistics) == 0
    assert "not estimated" in table_markdown(tables, study)


def test_a_panel_without_columns_or_rows_does_not_stop_a_refresh(study, panel):
    lacking = run_study(study, panel.drop(columns=["expy", "province_name_en", "str"]))
    assert lacking.models["warnings"].str.contains("the panel has no column `expy`").all()
    assert run_study(study, panel.head(0)).models["nobs"].isna().all()


def test_the_same_panel_gives_the_same_tables(study, panel, tables):
    again = run_study(study, panel.sample(frac=1, random_state=1))
    for name in ("models", "estimates"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(tables, name), check_exact=True)


def test_markdown_has_a_column_a_model_and_says_what_is_missing(study, tables):
    text = printed_markdown(printed_cells(printed_table(tables, study, 3)))
    lines = text.splitlines()
    assert {line.count("|") for line in lines if line.startswith("|")} == {6}
    assert "(4) baseline_two_way_controls" in lines[0]
    assert "| N | 61 | 61 | 60 | 60 |" in lines
    assert "| Clusters | 31 | 31 | 30 | 30 |" in lines
    assert lines.index(next(line for line in lines if line.startswith("| const"))) == 5
    assert any(line.startswith("- (3) Inner Mongolia dropped") for line in lines)


def test_the_printed_descriptives_have_a_column_a_statistic(study, tables):
    cells = printed_cells(printed_table(tables, study, 2))
    assert not cells.duplicated(["row_number", "column_number"]).any()
    assert list(cells["column_label"].unique()) == [
        *("N", "Mean", "SD", "Minimum", "Median", "Maximum")
    ]
    assert printed_markdown(cells).splitlines()[2].startswith("| expy | 61 |")


def test_every_table_of_the_paper_has_its_columns(whole_tables):
    models = whole_tables.models
    estimated = models.dropna(subset=["nobs"]).set_index("model_id")
    assert len(estimated) == len(models) - 1  # the curve has no rows of its own
    columns = models.groupby("table_number")["column_number"].apply(list).to_dict()
    assert columns == {
        3: [1, 2, 3, 4],
        4: [1, 2, 3, 4, 5],
        5: [1],
        6: [1],
        7: [1],
        8: list(range(1, 20)),
    }
    nobs = estimated["nobs"].to_dict()
    assert [nobs[f"region[{region}]"] for region in PROVINCES] == [110, 66, 132, 33]
    assert [nobs[name] for name in ("region", "mediation_structure", "threshold_double")] == [
        341
    ] * 3
    assert nobs["robust_no_municipalities"] == 27 * 11
    assert nobs["robust_before_2020"] == 31 * 8
    assert nobs["robust_winsorised"] == 341
    assert nobs["robust_system_gmm"] == nobs["robust_lagged"] == 31 * 10
    assert nobs["robust_no_tibet"] == 341  # this panel has invented codes


def test_numbers_of_every_kind_of_model_are_statistics(whole_tables):
    statistics = whole_tables.statistics
    names = statistics.groupby("model_id")["name"].apply(set)
    wanted = {
        "baseline_two_way_controls": ["hausman_p", "hausman_robust_p", "share_imputed"],
        "region": ["equal_slopes_p", "equal_slopes[dige]_p"],
        "mediation_structure": ["indirect_effect", "sobel_z", "bootstrap_bc_ci_high"],
        "threshold_double": ["single_p_value", "double_crit_05", "gamma_2"],
        "threshold_single": ["gamma", "single_f_statistic", "single_ci_low_1"],
        "robust_system_gmm": ["n_instruments", "hansen_p", "ar2_p", "diff_hansen_p"],
        "robust_leave_one_out": ["leave_one_out_min[dige]", "leave_one_out_max[dige]"],
        "errors_wild_cluster": ["bootstrap_replications"],
        "specification_curve": ["share_positive", "share_positive_significant"],
    }
    for model, expected in wanted.items():
        assert set(expected) <= names[model], model
    assert not statistics.duplicated(["study", "model_id", "name"]).any()
    instruments = statistics.query("model_id == 'robust_system_gmm' and name == 'n_instruments'")
    assert instruments["value"].item() <= 31


def test_curve_of_the_study_is_complete(whole_tables):
    fits = whole_tables.specification_curve
    assert len(fits) == 4 * 6 * 4 * 4 * 2 * 3 * 2
    assert fits["reason"].isna().all()
    assert not fits.duplicated(list(CURVE.columns)[2:9]).any()


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.head(0),
        lambda data: data[["province_code", "year"]],
        lambda data: data.drop(columns=["region", "is_municipality", "str"]),
        lambda data: data.assign(expy=1.0),
        lambda data: data.assign(dige=np.nan),
        lambda data: data.assign(str=1.0),
        lambda data: data[data["year"].isin([2012, 2017])],
        lambda data: data[data["year"] == 2012],
        lambda data: data.groupby("province_code").head(1),
        lambda data: data[data["region"] == "Northeast"],
        lambda data: data.sample(60, random_state=0),
        lambda data: pd.concat([data, data.head(1)]),
    ],
)
def test_no_panel_stops_a_refresh(whole, change):
    # few draws and fits: the question is whether anything is raised
    draws = {"replications": 10}
    models = tuple(
        model.model_copy(update={"bootstrap": model.bootstrap.model_copy(update=draws)})
        if hasattr(model, "bootstrap")
        else model
        for model in whole.models
    )
    tables = run_study(whole.model_copy(update={"models": models}), change(_complete_panel()))
    models = tables.models
    assert len(models) >= 27
    lacking = models[models["nobs"].isna() & (models["estimator"] != "specification_curve")]
    assert lacking["warnings"].str.startswith("not estimated: ").all()
    assert tables.estimates["estimate"].notna().all()
    assert table_markdown(tables, whole)


def test_instruments_go_with_the_control_that_is_missing(whole):
    data = _complete_panel().assign(market=np.nan)
    gmm = [model for model in whole.models if model.estimator == "dynamic_panel"]
    part = whole.model_copy(update={"models": tuple(gmm), "specification_curve": None})
    tables = run_study(part, data)
    assert tables.models["nobs"].item() == 310
    assert "control `market` is missing" in tables.models["warnings"].item()
    assert "market" not in set(tables.estimates["term"])


@pytest.mark.slow
def test_reading_a_specification_does_not_wait_for_the_estimators():
    code = (
        "import sys, analytics.study, numpy\n"
        "unwanted = {'linearmodels', 'numpy.f2py.crackfortran', 'unittest'} & {*sys.modules}\n"
        "numpy.testing.assert_equal(1, 1)\n"  # it is there for whoever uses it
        "sys.exit(', '.join(unwanted) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
