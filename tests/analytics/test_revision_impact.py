"""Headline estimates on every vintage of the panel: what a revision of the data does to them."""

import datetime

import numpy as np
import pandas as pd
import pytest

from analytics.errors import SpecificationError
from analytics.revision_impact import revision_impact
from analytics.specification import Study, parse_specification
from analytics.study import run_study
from analytics.tables import REVISION_IMPACT

FIRST, SECOND, NEWEST = (datetime.date(year, 6, 30) for year in (2018, 2020, 2024))
STUDY = {
    "study": "revised",
    "title": "A study on revised data",
    "panel": {"entity": "province_code", "time": "year"},
    "optional_regressors": ["urban"],
    "headline": {"models": ["two_way", "pooled"], "terms": ["dige"]},
    "models": [
        {
            "id": "pooled",
            "estimator": "pooled_ols",
            "outcome": "expy",
            "regressors": ["dige"],
            "vce": {"type": "cluster", "by": ["province_code"]},
        },
        {
            "id": "two_way",
            "estimator": "fixed_effects",
            "outcome": "expy",
            "regressors": ["dige", "urban"],
            "effects": "two_way",
            "tests": ["hausman"],
        },
        {"id": "other", "estimator": "pooled_ols", "outcome": "expy", "regressors": ["dige"]},
    ],
}


def study(**changes) -> Study:
    return parse_specification({**STUDY, **changes}, Study)


def panel(slope: float, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    codes, years = np.repeat(np.arange(15), 8), np.tile(np.arange(2012, 2020), 15)
    dige, urban = random.normal(size=(2, 120))
    expy = slope * dige + 0.3 * urban + codes / 10 + random.normal(scale=0.3, size=120)
    return pd.DataFrame(
        {
            "province_code": codes.astype(str),
            "year": years,
            "expy": expy,
            "dige": dige,
            "urban": urban,
        }
    )


def vintages(**panels: pd.DataFrame) -> pd.DataFrame:
    """Each panel as known until the next."""
    dates = {"first": FIRST, "second": SECOND, "newest": NEWEST}
    ends = [*(dates[name] for name in list(panels)[1:]), None]
    return pd.concat(
        [
            rows.assign(known_from=dates[name], known_to=end)
            for (name, rows), end in zip(panels.items(), ends)
        ]
    )


def test_a_revision_that_turns_the_sign_is_told():
    found = revision_impact(
        study(), vintages(first=panel(-1.0), second=panel(0.0), newest=panel(1.0))
    )
    assert list(found.columns) == list(REVISION_IMPACT.columns)
    assert list(found["model_id"]) == ["pooled"] * 3 + ["two_way"] * 3
    two_way = found[found["model_id"] == "two_way"]
    assert list(two_way["as_of"]) == [FIRST, SECOND, NEWEST]
    assert list(two_way["estimate"].round(1)) == [-1.0, 0.0, 1.0]
    assert list(two_way["is_significance_changed"]) == [False, True, False]
    assert two_way["is_sign_changed"].iloc[0]
    assert (two_way["newest_estimate"] == two_way["estimate"].iloc[-1]).all()


def test_each_vintage_is_estimated_as_the_study_estimates_it():
    frames = {"first": panel(0.2), "newest": panel(0.9)}
    found = revision_impact(study(), vintages(**frames)).set_index(["model_id", "as_of"])
    for frame, as_of in zip(frames.values(), (FIRST, NEWEST)):
        alone = run_study(study(), frame).estimates
        expected = alone[alone["term"] == "dige"].set_index("model_id")
        for model in ("pooled", "two_way"):
            for name in ("estimate", "std_error", "p_value"):
                assert found.loc[model, as_of][name] == pytest.approx(
                    expected.loc[model, name], rel=1e-12
                )


def test_rows_that_did_not_change_are_known_from_before():
    # One province is revised in 2020, another is withdrawn in 2024
    first, revised = panel(0.5), panel(0.5).assign(dige=lambda rows: rows["dige"] + 1)
    last = first["province_code"] == "14"
    intervals = pd.concat(
        [
            first[first["province_code"] < "13"].assign(known_from=FIRST, known_to=None),
            first[first["province_code"] == "13"].assign(known_from=FIRST, known_to=SECOND),
            revised[first["province_code"] == "13"].assign(known_from=SECOND, known_to=None),
            first[first["province_code"] > "14"].assign(known_from=FIRST, known_to=None),
            first[last].assign(known_from=FIRST, known_to=NEWEST),
        ]
    )
    second = pd.concat(
        [first[first["province_code"] != "13"], revised[first["province_code"] == "13"]]
    )
    newest = second[second["province_code"] != "14"]
    copies = vintages(first=first, second=second, newest=newest)
    found, expected = (revision_impact(study(), known) for known in (intervals, copies))
    pd.testing.assert_frame_equal(found, expected)
    assert list(found["as_of"][:3]) == [FIRST, SECOND, NEWEST]
    assert list(found["nobs"][:3]) == [120, 120, 112]


def test_a_panel_without_rows_has_no_vintage():
    found = revision_impact(study(), vintages(first=panel(0.5)).iloc[:0])
    assert list(found.columns) == list(REVISION_IMPACT.columns) and found.empty


def test_a_vintage_that_cannot_carry_a_model_says_why_and_is_not_compared():
    poor = panel(0.5).assign(dige=np.nan)
    found = revision_impact(study(), vintages(first=poor, newest=panel(0.5)))
    first = found[found["as_of"] == FIRST]
    assert first["estimate"].isna().all() and first["warnings"].str.contains("dige").all()
    assert first["is_sign_changed"].isna().all() and first["is_significance_changed"].isna().all()
    assert found[found["as_of"] == NEWEST]["estimate"].notna().all()


@pytest.mark.parametrize(
    ("headline", "told"),
    [
        ({"models": ["absent"], "terms": []}, "no model has the id `absent`"),
        ({"models": ["split"], "terms": []}, "`split` is more than one model"),
    ],
)
def test_a_headline_names_models_of_the_study(headline, told):
    split = {**STUDY["models"][0], "id": "split", "split_by": "region"}
    with pytest.raises(SpecificationError, match=told):
        study(headline=headline, models=[*STUDY["models"], split])
