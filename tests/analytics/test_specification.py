"""Each mistake in a specification, or between it and the panel, is one sentence that names it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.errors import SpecificationError
from analytics.specification import load_specification, parse_specification
from analytics.study import run_specification

MODEL = {"id": "m", "estimator": "fixed_effects", "outcome": "y", "regressors": ["x"]}
PANEL = pd.DataFrame(
    {
        "firm": [1, 1, 1, 2, 2, 2],
        "year": [2000, 2001, 2002] * 2,
        "y": [1.0, 2.0, 4.0, 2.0, 5.0, 3.0],
        "x": [0.0, 1.0, 3.0, 1.0, 2.0, 0.0],
        "words": list("abcdef"),
    }
)


def _content(keys: dict | None = None, **model: object) -> dict:
    return {"panel": keys or {"entity": "firm", "time": "year"}, "models": [MODEL | model]}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "expected a mapping"),
        ({"panel": {"entity": "firm"}}, "the key `models` is missing"),
        (
            _content(regresors=["x"]),
            "model `m`: unknown key `regresors`; did you mean `regressors`",
        ),
        (_content(vce={"tipe": "hc1"}), "unknown key `vce.tipe`; did you mean `type`"),
        (_content(keys={"entity": "firm", "unit": "y"}), "`panel.unit`; known keys: entity, time"),
        (_content(effects="twoway"), "`effects` is 'twoway'; expected none, entity, time or two"),
        (_content(estimator="probit"), "`estimator` is 'probit'; expected pooled_ols"),
        (_content(regressors="x"), "`regressors` is 'x'; expected a list"),
        (_content(regressors=[]), "`regressors` is empty"),
        (_content(outcome=3), "`outcome` is 3; expected text"),
        (_content(regressors=["x", "x"]), "regressor `x` is listed twice"),
        (_content(regressors=["y"]), "`y` is both the outcome and a regressor"),
        (_content(estimator="pooled_ols", effects="time"), "pooled_ols has no effects"),
        (_content(sample="year.real > 1"), "model `m`: sample .*`year.real` is not allowed"),
        (_content(winsorise={"limits": [0.9, 0.1]}), "ascending order"),
        (_content(vce={"type": "hc1", "by": ["firm"]}), "`by` is for clustered errors"),
        (_content(vce={"type": "hc1", "bandwidth": 1}), "`bandwidth` is for driscoll_kraay"),
        (_content(keys={"entity": "firm"}, effects="time"), "`m` needs `panel.time`"),
        (_content() | {"models": [MODEL, MODEL]}, "two models have the id `m`"),
        (
            {"models": [{key: value for key, value in MODEL.items() if key != "estimator"}]},
            "model `m`: the key `estimator` is missing",
        ),
        (_content(tests=["hausmann"]), "`tests` has 'hausmann'; expected hausman or"),
        (_content(tests=[{"joint": ["z"]}]), "`tests.joint` names `z`, which is no regressor"),
        (_content(effects="time", tests=["hausman"]), "needs a model with entity effects"),
        (_content(vce={"type": "hc1", "seed": 3}), "`seed` is for wild_cluster errors"),
        (_content(vce={"type": "wild_cluster", "by": ["a", "b"]}), "take one variable in `by`"),
        (_content(vce={"type": "wild_cluster", "weights": "normal"}), "expected rademacher or"),
        (_content(split_by={"colum": "g"}), "unknown key `split_by.colum`; did you mean `column`"),
        (_content(leave_one_out="year"), "`leave_one_out` is 'year'; expected entity"),
        (_content(keys={"time": "year"}, effects="none", leave_one_out="entity"), "`panel.entity`"),
        (_content(instruments=["z"]), "unknown key `instruments`; known keys: id, title"),
        (
            _content(estimator="threshold", regime_dependent=["c"]),
            "the key `threshold_variable` is missing",
        ),
        (
            _content(
                estimator="threshold",
                regime_dependent=["c"],
                threshold_variable="q",
                thresholds=2,
                trim=[0.1],
            ),
            "`trim` has 1 entries for 2 thresholds",
        ),
        (
            _content(estimator="threshold", regime_dependent=["x"], threshold_variable="q"),
            "`x` is listed twice",
        ),
        (
            _content(estimator="dynamic_panel", gmm_instruments=[{"variable": "y", "lag": [2, 3]}]),
            "unknown key `gmm_instruments.0.lag`; did you mean `lags`",
        ),
        (
            _content(
                estimator="dynamic_panel", gmm_instruments=[{"variable": "y", "lags": [3, 2]}]
            ),
            "`lags` is a range in ascending order",
        ),
        (
            _content(keys={"entity": "firm"}, estimator="dynamic_panel", gmm_instruments=["y"]),
            "`m` needs `panel.time`",
        ),
        (
            _content(estimator="dynamic_panel", gmm_instruments=["y"], steps="three"),
            "`steps` is 'three'; expected one or two",
        ),
    ],
)
def test_mistakes_in_the_specification(content, sentence):
    with pytest.raises(SpecificationError, match=sentence):
        parse_specification(content)


@pytest.mark.parametrize(
    ("change", "model", "sentence"),
    [
        ({}, {"regressors": ["z"]}, "model `m`: the panel has no column `z`$"),
        ({}, {"regressors": ["Word"]}, "no column `Word`: did you mean `words`?"),
        ({}, {"sample": "Year > 2"}, "no column `Year`: did you mean `year`?"),
        ({}, {"regressors": ["x^2"]}, "an interaction is written as in `x:x`"),
        ({}, {"regressors": ["c.x#i.z"]}, "an interaction is written as in `x:z`"),
        ({}, {"regressors": ["i.z"]}, "write `z`, and name it under `categorical` too"),
        ({}, {"regressors": ["ln(x)"]}, "has to be a column of its own"),
        ({}, {"regressors": ["D.x"]}, "no column `D.x`: a lag is written as in `L1.x`, and a diff"),
        ({}, {"regressors": [f"L{10**20}.x"]}, "no column `L1000"),
        ({}, {"categorical": ["word"]}, "no column `word`: did you mean `words`"),
        ({}, {"outcome": "words", "categorical": ["words"]}, "`words` has several columns"),
        (
            {},
            {"regressors": ["words"]},
            "column `words` holds text .*'a'.*: name it under `categor",
        ),
        ({}, {"sample": "year > 2010"}, "the sample `year > 2010` leaves no rows$"),
        (
            {},
            {"sample": "words == 'A'"},
            "leaves no rows: the sample looks for 'A' in `words`, whi",
        ),
        ({}, {"vce": {"type": "cluster", "by": ["town"]}}, "no column `town`"),
        ({}, {"winsorise": {"limits": [0, 0.9], "columns": ["w"]}}, "winsorise: `w` is not"),
        ({"x": None}, {}, "no row has all of `y`, `x`: no row of the sample has `x`$"),
        (
            {"year": [2000, 2002, 2004] * 2},
            {"regressors": ["L1.x"]},
            "no row of the sample has `L1.x`: `year` goes in steps of 2, .*: write `L2.`, or",
        ),
        ({"x": [1.0, None] * 3, "y": [None, 1.0] * 3}, {}, "no row has all of `y`, `x`$"),
        ({"x": float("inf")}, {}, "column `x` is infinite in row 1"),
        ({"year": [2000, 2001, 2001] * 2}, {}, "two rows of the panel have firm 1 in year 2001"),
        ({"year": ["2000", "soon", "2002"] * 2}, {}, "column `year` .*'soon' in row 2"),
        ({"firm": [1, None, 1, 2, 2, 2]}, {}, "column `firm` .* is empty in row 2"),
    ],
)
def test_mistakes_between_specification_and_panel(change, model, sentence):
    specification = parse_specification(_content(**model))
    with pytest.raises(SpecificationError, match=sentence):
        run_specification(specification, PANEL.assign(**change))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"models: [\n", "is not valid YAML in line 2"),
        ("模型".encode("gb18030"), "is not text in UTF-8"),
        (b"- a\n", "expected a mapping"),
        (
            b"models: []\npanel: {}\nmodels: []\n",
            "is not valid YAML in line 3: the key `models` st",
        ),
        (b"a: !!python/name:os.system x", "is not valid YAML in line 1: it has a tag"),
        (b"[" * 3000, "is nested too deeply"),
        (b"a:\n- 2024-02-30", "is not valid YAML in line 2: '2024-02-30' is no date or number"),
        (b"a: " + b"9" * 5000, "is not valid YAML in line 1: '9+… is no date or number"),
        (b"a: !!timestamp soon", "is not valid YAML in line 1: 'soon' is no date or number"),
        (b"a: b\nc: \x07", "is not valid YAML in line 2: a control character stands there"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text, sentence):
    path = tmp_path / "broken.yml"
    path.write_bytes(text)
    with pytest.raises(SpecificationError, match=f"broken.yml: {sentence}"):
        load_specification(path)
    with pytest.raises(SpecificationError, match=r"absent\.yml: cannot be read"):
        load_specification(tmp_path / "absent.yml")


def test_short_forms_stand_for_the_long_ones():
    gmm = {"estimator": "dynamic_panel", "lags": 2, "collapse": False}
    short = _content(**gmm, gmm_instruments=["y"], iv_instruments=["x"])
    long = _content(
        **gmm,
        gmm_instruments=[{"variable": "y", "lags": [1, None], "equation": "both"}],
        iv_instruments=[{"variable": "x", "equation": "both"}],
    )
    assert parse_specification(short) == parse_specification(long)
    [model] = parse_specification(short).models
    assert model.terms == ("y", "L1.y", "L2.y", "x")
    threshold = {"estimator": "threshold", "regime_dependent": ["c"], "threshold_variable": "x"}
    one = parse_specification(_content(**threshold, thresholds=2, trim=0.1)).models[0]
    assert (one.trim[:2], one.absorbed) == ((0.1, 0.1), "entity")
    assert one.terms == ("y", "c", "x")
    named = parse_specification(_content(split_by="g")).models[0]
    assert named == parse_specification(_content(split_by={"column": "g"})).models[0]


def _year_panel() -> pd.DataFrame:
    random = np.random.default_rng(3)
    data = pd.DataFrame({"firm": np.repeat(range(30), 4), "year": np.tile(range(2012, 2016), 30)})
    data["treat"] = (data["firm"] < 15).astype(int)
    data["area"] = data["firm"] % 3
    data["y"] = data["treat"] * (data["year"] > 2013) + random.normal(size=len(data))
    return data


def test_a_base_may_be_named_and_numbers_may_be_categories():
    shown = {}
    for term in ("treat:year", {"interaction": "treat:year", "base": 2013}):
        model = {
            "id": "m",
            "estimator": "fixed_effects",
            "outcome": "y",
            "regressors": [term],
            "effects": "two_way",
            "categorical": ["year"] if isinstance(term, str) else [],
        }
        content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
        [result] = run_specification(parse_specification(content), _year_panel())
        shown[str(term)] = {t.term: t.estimate for t in result.terms if t.term != "const"}
    first, named = shown.values()
    assert list(first) == [f"treat:year[{year}]" for year in (2013, 2014, 2015)]
    assert list(named) == [f"treat:year[{year}]" for year in (2012, 2014, 2015)]
    gap = first["treat:year[2014]"] - first["treat:year[2013]"]
    assert named["treat:year[2014]"] == pytest.approx(gap, rel=1e-9)


def test_a_base_that_is_no_value_is_refused():
    model = {
        "id": "m",
        "estimator": "fixed_effects",
        "outcome": "y",
        "regressors": [{"interaction": "treat:area", "base": 7}],
        "categorical": ["area"],
    }
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    with pytest.raises(SpecificationError, match=r"the base '7' is no value of `area`.*0, 1, 2"):
        run_specification(parse_specification(content), _year_panel())
    model["regressors"] = [{"interaction": "treat:year", "base": 1990}]  # of which none is marked
    with pytest.raises(SpecificationError, match=r"the base '1990' is no value of `treat`, `year`"):
        run_specification(parse_specification(content), _year_panel())


@pytest.mark.parametrize(("term", "is_marked"), [("L1.area", True), ("L1.area:x", False)])
def test_the_lag_of_a_column_of_categories_is_one(term, is_marked):
    data = _year_panel().assign(x=np.random.default_rng(4).normal(size=120))
    data["area"] = np.random.default_rng(5).integers(0, 3, len(data))
    data["before"] = data.groupby("firm")["area"].shift()
    if not is_marked:
        labels = {0.0: "east", 1.0: "west", 2.0: "centre"}
        data.attrs["value_labels"] = {"area": labels, "before": labels}
    found = []
    for name in ("area", "before"):
        regressor = term.replace("L1.area", "before") if name == "before" else term
        model = MODEL | {"regressors": ["treat:year", "x", regressor], "estimator": "pooled_ols"}
        marked = {"categorical": [name]} if is_marked else {}
        keys = {"entity": "firm", "time": "year"}
        content = {"panel": keys, "models": [model | marked]}
        [result] = run_specification(parse_specification(content), data)
        found.append([(t.estimate, t.std_error) for t in result.terms])
    assert len(found[0]) == 5
    assert found[0] == found[1]


def test_a_text_that_no_row_has_is_a_warning_of_the_model():
    content = _content(estimator="pooled_ols", sample="words != 'bc' and words != 'a'")
    [result] = run_specification(parse_specification(content), PANEL)
    [said] = result.warnings
    assert said == "the sample looks for 'bc' in `words`, which no row of the panel has"


@pytest.mark.parametrize(
    "written",
    [
        lambda q: f"{2010 + q // 4}Q{q % 4 + 1}",
        lambda q: f"{2010 + q // 4}年第{q % 4 + 1}季度",
        lambda q: f"{2010 + q // 4}年{'一二三四'[q % 4]}季度",
        lambda q: (2010 + q // 4) * 100 + 3 * (q % 4) + 3,
        lambda q: (2010 + q // 4) * 10_000 + [331, 630, 930, 1231][q % 4],
        lambda q: f"{2010 + q // 4}m{3 * (q % 4) + 1}",
        lambda q: f"{['3/31', '6/30', '9/30', '12/31'][q % 4]}/{2010 + q // 4}",
        lambda q: f"31.12.{2010 + q}",
        lambda q: f"{2010 + q // 2}H{q % 2 + 1}",
        lambda q: f"{pd.Timestamp(2010, 12, 6) + pd.Timedelta(weeks=int(q)):%Y-%m-%d}",
    ],
)
def test_periods_are_counted_however_they_are_written(written):
    """A lag over the end of a year is the period before, and a cohort is one of the periods."""
    firm, quarter = np.divmod(np.arange(30 * 9), 9)
    x, e = np.random.default_rng(6).normal(size=(2, len(firm)))
    data = pd.DataFrame({"firm": firm, "plain": quarter + 1, "x": x, "y": e})
    data["written"] = [written(q) for q in quarter]
    data["cohort"] = np.where(firm % 3, 6, 0)
    shown = written(5)
    data["from"] = [0 if f % 3 == 0 else shown for f in firm]
    lagged = MODEL | {"regressors": ["L1.x"], "id": "lag"}
    event = {"id": "event", "estimator": "event_study", "outcome": "y"}
    found = []
    for time, cohort in (("plain", "cohort"), ("written", "from")):
        models = [lagged, event | {"cohort": cohort}]
        content = {"panel": {"entity": "firm", "time": time}, "models": models}
        results = run_specification(parse_specification(content), data)
        found.append([[t.estimate for t in result.terms] for result in results])
        assert results[0].nobs == 30 * 8
    assert found[0] == found[1]
