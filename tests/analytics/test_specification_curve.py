"""The specification curve: each of its fits is the model that the combination spells."""

import numpy as np
import pandas as pd
import pytest

from analytics.errors import SpecificationError
from analytics.specification import parse_specification
from analytics.study import run_curve, run_specification
from analytics.tables import CURVE

KEYS = {"entity": "firm", "time": "year"}
BASE = {
    "id": "base",
    "estimator": "fixed_effects",
    "outcome": "y1",
    "regressors": ["c1", "d1", "c2"],
    "effects": "two_way",
    "vce": {"type": "cluster"},
}


def _panel() -> pd.DataFrame:
    """An unbalanced panel, with gaps in one variable of each kind and singletons."""
    random = np.random.default_rng(0)
    firm, year = np.divmod(np.arange(20 * 7), 7)
    data = pd.DataFrame({"firm": firm, "year": 2000 + year})
    data[["d1", "d2", "c1", "c2"]] = random.normal(size=(len(data), 4))
    data["y1"] = 0.5 * data["d1"] + 0.2 * data["c1"] + firm / 5 + random.normal(size=len(data))
    data["y2"] = np.exp(data["y1"] / 2)
    data.loc[::9, "d2"] = np.nan
    data.loc[::11, "c2"] = np.nan
    data["town"] = np.where(firm < 10, "a", "b")
    data["town"] = data["town"] + (firm % 5).astype(str)
    data["region"] = np.where(firm == 19, 9, firm % 2)  # codes, which winsorising does not move
    stays = (random.random(len(data)) < 0.8) & ~((firm == 3) & (year > 0))
    return data[stays].reset_index(drop=True)


def _curve(choices: dict, data: pd.DataFrame | None = None, **base: object) -> tuple:
    content = {
        "panel": KEYS,
        "models": [{**BASE, **base}],
        "specification_curve": {"base": "base", "choices": choices},
    }
    return run_curve(parse_specification(content), _panel() if data is None else data, "s")


CHOICES = {
    "outcome": ["y1", "y2"],
    "treatment": ["d1", "d2"],
    "controls": [[], ["c1", "c2", "c1:c2"], ["c1:region", "town:d1"], ["region", "c2:year"]],
    "sample": [None, "year >= 2002 and firm != 5"],
    "winsorise": [None, {"limits": [0.05, 0.9]}],
    "effects": ["none", "entity", "two_way"],
    "vce": ["classical", "hc1", {"type": "cluster", "by": ["town", "year"]}],
}


@pytest.mark.slow
def test_every_fit_is_the_model_of_its_combination():
    since = {"interaction": "c2:year", "base": 2003}
    coded = {"categorical": ["region"], "regressors": ["d1", since]}
    fits, _ = _curve(CHOICES, **coded)
    assert len(fits) == 2 * 2 * 4 * 2 * 2 * 3 * 3
    assert dict(fits.dtypes.astype(str)) == CURVE.types
    data, random = _panel(), np.random.default_rng(1)
    estimated = repaired = 0
    for place in random.choice(len(fits), 120, replace=False):
        row = fits.iloc[place]
        controls = [] if pd.isna(row["controls"]) else row["controls"].split(", ")
        vce = next(
            v if isinstance(v, dict) else {"type": v}
            for v in CHOICES["vce"]
            if row["vce"].startswith(v["type"] if isinstance(v, dict) else v)
        )
        model = BASE | {
            "outcome": row["outcome"],
            "regressors": [row["treatment"], *(since if c == "c2:year" else c for c in controls)],
            "categorical": ["region"] if any("region" in c for c in controls) else [],
            "effects": row["effects"],
            "sample": None if pd.isna(row["sample"]) else row["sample"],
            "winsorise": None if pd.isna(row["winsorise"]) else {"limits": [0.05, 0.9]},
            "vce": vce,
        }
        specification = parse_specification({"panel": KEYS, "models": [model]})
        if pd.isna(row["estimate"]):  # regions do not change beside the effects of firms
            with pytest.raises(SpecificationError, match="is absorbed by"):
                run_specification(specification, data)
            continue
        [result] = run_specification(specification, data)
        estimated += 1
        term = result.terms[0]
        assert row["nobs"] == result.nobs
        assert row["n_dropped_missing"] == result.n_dropped_missing
        assert row["estimate"] == pytest.approx(term.estimate, rel=1e-9)
        repaired += any("eigenvalues" in warning for warning in result.warnings)
        for name in ("std_error", "statistic", "p_value", "ci_low", "ci_high"):
            expected = getattr(term, name)
            if expected is None:  # a variance that was negative
                assert pd.isna(row[name])
            else:
                assert row[name] == pytest.approx(expected, rel=1e-7)
    assert estimated > 80 and repaired > 5


def test_summary_counts_signs_and_significance():
    fits, summary = _curve({**CHOICES, "controls": CHOICES["controls"][:3]})
    positive, significant = fits["estimate"] > 0, fits["p_value"].fillna(1) < 0.05
    found = summary.statistics
    assert found["n_fits"] == len(fits)
    assert found["share_positive"] == pytest.approx(positive.mean())
    assert found["share_significant"] == pytest.approx(significant.mean())
    assert found["share_positive_significant"] == pytest.approx((positive & significant).mean())
    assert found["standardised_median"] == pytest.approx(fits["standardised"].median())
    assert summary.model_id == "specification_curve"


def test_combinations_without_rows_are_counted_under_one_reason():
    data = _panel().assign(d3=np.nan, town=lambda panel: panel["town"].where(panel["firm"] < 0))
    controls = [["c1"], ["c2"], [], ["town"]]
    fits, summary = _curve({"treatment": ["d2", "d3"], "controls": controls}, data)
    assert fits["reason"].notna().sum() == 5
    assert summary.warnings == ("5 fits not estimated: no row of the sample has all variables",)


def test_many_reasons_are_named_and_counted():
    data = _panel().assign(**{f"e{n}": lambda panel: panel["firm"] for n in range(8)})
    controls = [[f"e{n}"] for n in range(8)]
    _, summary = _curve({"controls": controls}, data)
    assert len(summary.warnings) == 6
    [others] = [said for said in summary.warnings if said.startswith("3 fits")]
    assert others == "3 fits not estimated for 3 other reasons, which stand beside them"


def test_what_has_no_choice_is_as_in_the_base_model():
    fits, _ = _curve({"treatment": ["d1", "d2"]})
    assert fits["controls"].tolist() == ["c1, c2"] * 2
    assert fits["effects"].tolist() == ["two_way"] * 2
    assert fits["vce"].tolist() == ["cluster by firm (stata)"] * 2
    specification = parse_specification({"panel": KEYS, "models": [BASE]})
    [base] = run_specification(specification, _panel())
    slope = next(term for term in base.terms if term.term == "d1")
    assert fits["estimate"].iloc[0] == pytest.approx(slope.estimate)
    first, _ = _curve({"outcome": ["y1", "y2"]})
    assert first["treatment"].tolist() == ["c1"] * 2  # the first regressor of the base


def test_standardised_slopes_do_not_depend_on_units():
    fits, _ = _curve({"outcome": ["y1", "big"]}, _panel().assign(big=lambda d: 1e6 * d["y1"]))
    assert fits["standardised"].iloc[0] == pytest.approx(fits["standardised"].iloc[1])


def test_a_combination_that_cannot_be_estimated_is_a_row_with_the_reason():
    choices = {
        "outcome": ["y1", "c2"],
        "treatment": ["d1", "fixed"],
        "controls": [["c2"], ["d1"]],
        "sample": [None, "year == 2000"],
        "effects": ["entity", "two_way"],
    }
    data = _panel().assign(fixed=lambda d: d["firm"] % 3)
    fits, summary = _curve(choices, data)
    reasons = fits["reason"].dropna()
    assert (fits["estimate"].isna() == fits["reason"].notna()).all()
    for reason in (
        "`c2` is both the outcome and a regressor",
        "`d1` is both the treatment and a control",
        "`fixed` is absorbed by the effects or the controls",
        "no row is left: with two_way effects every group needs two rows or more",
    ):
        assert (reasons == reason).any()
    assert summary.statistics["n_not_estimated"] == len(reasons)
    assert any("fits not estimated: `fixed`" in warning for warning in summary.warnings)


def test_each_measure_of_each_factor_is_the_treatment_beside_the_others():
    factors = [["d1", "d2"], ["c1"], ["c2"]]
    fits, summary = _curve({"factors": factors, "effects": ["none", "two_way"]})
    assert len(fits) == 2 * 3 * 2
    for fit in fits.itertuples():
        others = fit.controls.split(", ")
        assert {*others, fit.treatment} in ({"d1", "c1", "c2"}, {"d2", "c1", "c2"})
        model = BASE | {"regressors": [fit.treatment, *others], "effects": fit.effects}
        [result] = run_specification(
            parse_specification({"panel": KEYS, "models": [model]}), _panel()
        )
        [term] = [term for term in result.terms if term.term == fit.treatment]
        assert (fit.estimate, fit.std_error) == pytest.approx((term.estimate, term.std_error))
    statistics = summary.statistics
    assert statistics["n_fits[c1]"] == 4
    assert statistics["n_fits[d2]"] == 2
    of_d1 = fits[fits["treatment"] == "d1"]
    assert statistics["share_positive[d1]"] == (of_d1["estimate"] > 0).mean()
    assert "share_positive" not in statistics  # of coefficients of different things


@pytest.mark.parametrize(
    ("choices", "sentence"),
    [
        ({"treatment": ["d1", "d9"]}, "specification_curve: the panel has no column `d9`"),
        ({"treatment": ["town"]}, "column `town` holds text"),
        ({"sample": ["town > 3"]}, "column `town` holds text and is compared with 3"),
        ({"vce": [{"type": "cluster", "by": ["city"]}]}, "no column `city`"),
        ({"vce": ["driscoll_kraay"]}, "classical, hc0, hc1 and cluster errors only"),
        ({"vce": ["hc9"]}, "'hc9'; expected classical"),
        ({"effect": ["none"]}, "unknown key `.*effect`; did you mean `effects`"),
        ({"sample": ["year >"]}, "sample `year >`"),
        ({"factors": [["d1"], ["d9"]]}, "specification_curve: the panel has no column `d9`"),
        ({"factors": [["d1"]], "controls": [["c1"]]}, "leave `treatment` and `controls` out"),
        ({"factors": [["d1", "d2"], ["d1"]]}, "`factors` lists `d1` twice"),
        ({"factors": [["d1"], []]}, "factors"),
        ({"outcome": ["y1", "y2", "y1"]}, "`outcome` lists `y1` twice"),
        ({"vce": ["hc1", {"type": "hc1"}]}, "`vce` lists one choice twice"),
        ({"winsorise": [{"limits": [0, 0.9], "columns": ["y3"]}]}, "winsorise: `y3` is not a num"),
    ],
)
def test_mistakes_are_one_sentence(choices, sentence):
    with pytest.raises(SpecificationError, match=sentence):
        _curve(choices)


@pytest.mark.parametrize(
    ("base", "labels"),
    [
        ({"categorical": ["c1"], "regressors": ["c1"]}, {}),
        ({"regressors": [{"interaction": "c2:year", "base": 2003}]}, {}),
        ({"regressors": ["c2:year"]}, {"year": {2003.0: "the third"}}),
    ],
)
def test_a_treatment_of_categories_is_refused_and_never_taken_for_numbers(base, labels):
    data = _panel()
    data.attrs["value_labels"] = labels
    with pytest.raises(SpecificationError, match="is a column of categories, and numbers are"):
        _curve({"outcome": ["y1", "y2"]}, data, **base)


def test_the_base_is_a_least_squares_model_of_the_file():
    content = {"panel": KEYS, "models": [BASE]}
    curve = {"base": "bas", "choices": {}}
    with pytest.raises(SpecificationError, match="no model has the id `bas`"):
        parse_specification({**content, "specification_curve": curve})
    with pytest.raises(SpecificationError, match=r"needs `panel\.time`"):
        parse_specification(
            {
                "panel": {"entity": "firm"},
                "models": [BASE | {"effects": "entity"}],
                "specification_curve": {"base": "base", "choices": {"effects": ["time"]}},
            }
        )
