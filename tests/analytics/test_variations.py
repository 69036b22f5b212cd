"""One model as many: split by a column, and without each entity."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analytics.errors import SpecificationError
from analytics.results import ModelResult
from analytics.sections import category_name
from analytics.specification import parse_specification
from analytics.study import run_specification


def _panel() -> pd.DataFrame:
    """30 firms in three regions, where the slope of x is 1, 1 and 2."""
    random = np.random.default_rng(0)
    firm, year = np.divmod(np.arange(30 * 8), 8)
    data = pd.DataFrame({"firm": firm, "year": 2000 + year})
    data["region"] = np.array(["North", "South", "West"])[firm % 3]
    data["area"] = firm % 3 + 1
    data["x"], data["z"] = random.normal(size=(2, len(data)))
    slope = np.where(data["region"] == "West", 2.0, 1.0)
    data["y"] = slope * data["x"] + firm + year + random.normal(size=len(data))
    return data[random.random(len(data)) < 0.9].reset_index(drop=True)


def _estimate(data: pd.DataFrame, **model: object) -> list[ModelResult]:
    model = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "y",
        "regressors": ["x", "z"],
        "effects": "two_way",
        **model,
    }
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    return run_specification(parse_specification(content), data)


def _numbers(result: ModelResult, what: str = "estimate") -> list[float]:
    return [getattr(term, what) for term in result.terms if term.term != "const"]


@pytest.mark.parametrize("effects", ["none", "entity", "time", "two_way"])
def test_a_split_is_a_model_a_value_and_the_interaction_of_all(effects):
    data = _panel()
    *parts, whole = _estimate(data, split_by="region", effects=effects)
    assert [part.model_id for part in parts] == ["m[North]", "m[South]", "m[West]"]
    for part in parts:
        region = part.model_id[2:-1]
        [alone] = _estimate(data[data["region"] == region], effects=effects)
        assert _numbers(part) == pytest.approx(_numbers(alone), rel=1e-9)
        assert _numbers(part, "std_error") == pytest.approx(_numbers(alone, "std_error"), rel=1e-9)
        assert part.sample == f"region == '{region}'"
    assert whole.model_id == "m"
    assert sum(part.nobs for part in parts) == whole.nobs
    assert [term.term for term in whole.terms[:3]] == [f"x:region[{r}]" for r in
                                                       ("North", "South", "West")]  # fmt: skip
    by_term = np.array([_numbers(part) for part in parts]).T.ravel()
    assert _numbers(whole) == pytest.approx(by_term.tolist(), rel=1e-9)


@pytest.mark.parametrize("name", ["x[m]", "x[regime 1]", "GDP (元)", "L1.q", "a:b", "const"])
def test_a_split_does_not_mind_what_columns_are_called(name):
    data = _panel()
    plain = _estimate(data, split_by="region")
    renamed = data.rename(columns={"z": name, "region": f"of {name}"})
    named = _estimate(renamed, split_by=f"of {name}", regressors=["x", name])
    for one, other in zip(plain, named, strict=True):
        assert [t.estimate for t in one.terms] == [t.estimate for t in other.terms]
        assert list(one.statistics.values()) == list(other.statistics.values())
    [again] = _estimate(renamed, sample=named[0].sample, regressors=["x", name])
    assert _numbers(again) == pytest.approx(_numbers(named[0]), rel=1e-9)


@pytest.mark.parametrize("values", [[False, True], [0, 1], [1.5, 2.0], ["a", "b"]])
def test_the_values_of_a_split_are_of_any_type(values):
    data = _panel().assign(part=lambda rows: np.where(rows.index % 2, values[0], values[1]))
    *parts, _ = _estimate(data, split_by={"column": "part", "values": values})
    assert [part.model_id for part in parts] == [f"m[{category_name(value)}]" for value in values]
    assert all(part.nobs for part in parts)


@pytest.mark.parametrize("weights", [None, "w"])
def test_equality_of_slopes_is_chows_test(weights):
    data = _panel()
    data["w"] = np.where(data["region"] == "West", 9, 1) * (1 + data["year"] % 3)
    model = {"estimator": "pooled_ols", "effects": "none", "weights": weights}
    *_, whole = _estimate(data, split_by="region", **model)
    fit = smf.wls("y ~ C(region) * (x + z)", data, weights=data["w"] if weights else 1).fit()
    terms = [f"C(region)[T.{region}]:{name}" for name in "xz" for region in ("South", "West")]
    for name, tested in (("equal_slopes", terms), ("equal_slopes[x]", terms[:2])):
        expected = fit.f_test(", ".join(f"{term} = 0" for term in tested))
        assert whole.statistics[f"{name}_f"] == pytest.approx(float(expected.fvalue), rel=1e-8)
        assert whole.statistics[f"{name}_p"] == pytest.approx(float(expected.pvalue), rel=1e-6)


def test_different_slopes_are_found_and_equal_ones_are_not():
    *_, whole = _estimate(_panel(), split_by="region", vce={"type": "cluster"})
    assert whole.statistics["equal_slopes[x]_p"] < 0.001
    assert whole.statistics["equal_slopes[z]_p"] > 0.05
    assert [test["terms"] for test in whole.tests] == [["x", "z"], ["x"], ["z"]]
    assert whole.tests[0]["test"] == "equal_slopes"


def test_values_are_numbered_in_the_order_asked_for():
    split = {"column": "area", "values": [3, 1]}
    results = _estimate(_panel(), split_by=split, table_number=4, column_number=1)
    assert [result.model_id for result in results] == ["m[3]", "m[1]", "m"]
    assert [result.column_number for result in results] == [1, 2, 3]
    assert results[0].sample == "area == 3"
    assert results[2].nobs == results[0].nobs + results[1].nobs
    with pytest.raises(SpecificationError, match="`m`: split_by: column `area` has no value '7'"):
        _estimate(_panel(), split_by={"column": "area", "values": [7, 1]})
    with pytest.raises(SpecificationError, match="`m`: the panel has no column `areas`"):
        _estimate(_panel(), split_by="areas")
    with pytest.raises(SpecificationError, match="column `one` has a single value"):
        _estimate(_panel().assign(one=1), split_by="one")


def test_values_with_labels_go_by_them():
    """As in files of Stata: whether a model is split, has dummies or leaves an entity out."""
    data = _panel()
    regions = {float(a): str(r) for a, r in zip(data["area"], data["region"], strict=True)}
    firms = {float(firm): f"Firm {firm}" for firm in data["firm"]}
    data.attrs["value_labels"] = {"area": regions, "firm": firms}
    model = {"regressors": ["x"], "effects": "none", "estimator": "pooled_ols"}
    plain, named = (_estimate(data, split_by=by, **model) for by in ("region", "area"))
    assert [part.model_id for part in named] == [part.model_id for part in plain]
    assert [part.sample for part in named[:-1]] == [
        f"area == {r!r}" for r in dict(sorted(regions.items())).values()
    ]
    assert [_numbers(part) for part in named] == [_numbers(part) for part in plain]
    by_number = _estimate(data, split_by={"column": "area", "values": [3, 1]}, **model)
    assert [part.sample for part in by_number[:-1]] == ["area == 3", "area == 1"]
    dummies = {"regressors": ["x", "area"], "categorical": ["area"], "leave_one_out": "entity"}
    [result] = _estimate(data, **model | dummies)
    assert [t.term for t in result.terms] == ["x", "area[South]", "area[West]", "const"]
    assert "leave_one_out[x without Firm 7]" in result.statistics


def test_lags_of_a_split_look_across_it():
    data = _panel().assign(late=lambda d: (d["year"] >= 2004).astype(int))
    late = _estimate(data, split_by="late", regressors=["L1.x"], effects="entity")[1]
    [sample] = _estimate(data, sample="late == 1", regressors=["L1.x"], effects="entity")
    assert (late.nobs, late.terms) == (sample.nobs, sample.terms)


def test_a_value_whose_rows_do_not_suffice_is_a_result_with_the_reason():
    data = _panel()
    data.loc[data["region"] == "West", "x"] = 1.0
    *parts, whole = _estimate(data, split_by="region")
    assert [part.nobs is None for part in parts] == [False, False, True]
    assert parts[2].warnings == (
        "not estimated: regressor `x` has the single value 1 in the rows used: leave it out",
    )
    assert whole.nobs == parts[0].nobs + parts[1].nobs
    together = {term.term: term.estimate for term in whole.terms}
    for part in parts[:2]:
        value = part.model_id.partition("[")[2]
        for term in part.terms[:-1]:
            joint = together[f"{term.term}:region[{value}"]
            assert joint == pytest.approx(term.estimate, rel=1e-9)
    assert not any("West" in name for name in together)
    assert any("m[West] stays out of the comparison" in warning for warning in whole.warnings)


def test_a_split_of_which_no_value_suffices_is_an_error():
    with pytest.raises(SpecificationError, match="`m`: not estimated: the outcome has the single"):
        _estimate(_panel().assign(y=1.0), split_by="region")


@pytest.mark.slow
def test_leaving_out_each_entity():
    data = _panel()
    [result] = _estimate(data, leave_one_out="entity", tests=[{"joint": ["x"]}])
    entries = [test for test in result.tests if test["test"] == "leave_one_out"]
    assert [entry["left_out"] for entry in entries] == [str(firm) for firm in range(30)]
    estimates = []
    for entry in entries:
        [without] = _estimate(data[data["firm"] != int(entry["left_out"])])
        assert entry["nobs"] == without.nobs
        assert [t["estimate"] for t in entry["terms"]] == pytest.approx(_numbers(without))
        assert [t["std_error"] for t in entry["terms"]] == pytest.approx(
            _numbers(without, "std_error")
        )
        estimates.append(without.terms[0].estimate)
        name = f"leave_one_out[x without {entry['left_out']}]"
        assert result.statistics[name] == pytest.approx(estimates[-1])
    assert result.statistics["leave_one_out_min[x]"] == pytest.approx(min(estimates))
    assert result.statistics["leave_one_out_max[x]"] == pytest.approx(max(estimates))
    assert result.terms == _estimate(data)[0].terms


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        {"estimator": "mediation", "treatment": "x", "mediator": "z", "regressors": []},
        {"estimator": "iv", "endogenous": ["x"], "instruments": ["z"], "regressors": []},
        {
            "estimator": "threshold",
            "regime_dependent": ["x"],
            "threshold_variable": "z",
            "regressors": [],
            "convention": "exhaustive",
            "bootstrap": {"replications": 0},
        },
    ],
)
def test_other_estimators_are_split_and_left_one_out_too(model):
    data = _panel()
    full = data.groupby("firm").filter(lambda rows: len(rows) == 8)
    parts = _estimate(full, split_by="region", **model)
    assert [part.model_id for part in parts] == ["m[North]", "m[South]", "m[West]"]
    assert sum(part.nobs for part in parts) == len(full)
    [result] = _estimate(full, leave_one_out="entity", **model)
    assert (
        len([t for t in result.tests if t.get("test") == "leave_one_out"]) == full["firm"].nunique()
    )


def test_system_gmm_is_split_too():
    model = {
        "estimator": "dynamic_panel",
        "regressors": ["x"],
        "gmm_instruments": [{"variable": "y", "lags": [2, 3]}],
        "iv_instruments": ["x"],
    }
    data = _panel().drop(columns="z")
    content = {"panel": {"entity": "firm", "time": "year"}}
    content["models"] = [{"id": "m", "outcome": "y", **model}]
    for region in ("North", "West"):
        [alone] = run_specification(parse_specification(content), data[data["region"] == region])
        split = [{**content["models"][0], "split_by": "region"}]
        parts = run_specification(parse_specification({**content, "models": split}), data)
        [part] = [part for part in parts if part.model_id == f"m[{region}]"]
        assert part.nobs == alone.nobs
        assert _numbers(part) == pytest.approx(_numbers(alone), rel=1e-6)
