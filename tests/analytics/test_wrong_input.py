"""Whatever is wrong with a file or a specification is said in our words, with its place."""

import random
import re
import warnings
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.errors import SpecificationError
from analytics.panel_files import read_panel
from analytics.reports import estimate_files
from analytics.specification import parse_specification
from analytics.study import run_specification
from analytics.written import written_numbers

# What only a library would say
PHRASES = re.compile(
    r"np\.|numpy|pandas|linearmodels|pydantic|dtype|array\(|tuple|should (be|have)|[Ii]nput|"
    r"instance of|object|NaN|Traceback|Singular|SVD|C error|float64|parse|dictionary|something else"
)
MODELS = {
    "fixed_effects": {"regressors": ["x", "z"], "effects": "two_way", "vce": {"type": "cluster"}},
    "pooled_ols": {"regressors": ["x", "z"], "weights": "w"},
    "iv": {"endogenous": ["x"], "instruments": ["i"], "regressors": ["z"]},
    "mediation": {"treatment": "x", "mediator": "z", "bootstrap": {"replications": 9}},
    "threshold": {
        "regime_dependent": ["x"],
        "regressors": ["z"],
        "threshold_variable": "w",
        "bootstrap": {"replications": 5},
    },
    "dynamic_panel": {
        "regressors": ["x"],
        "gmm_instruments": [{"variable": "y", "lags": [2, 3], "equation": "both"}],
    },
    "placebo": {"treatment": "x", "regressors": ["z"], "replications": 5, "effects": "entity"},
    "moderation": {"treatment": "x", "moderator": "z", "regressors": ["i"]},
    "event_study": {"cohort": "k", "covariates": ["x"]},
    "ppml": {"outcome": "w", "regressors": ["x"], "fixed_effects": ["firm"]},
}
VALUES = [None, -1, 2.5, True, "", "nope", [], ["nope"], [1], [None], [["x"]], {}, {"a": 1}]
VALUES += [float("nan"), 10**400, "x:nope", "L1.nope", "L99.x", ["x", "x"]]


def _panel() -> pd.DataFrame:
    drawn = np.random.default_rng(0)
    data = pd.DataFrame(
        {"firm": np.repeat([f"f{i}" for i in range(12)], 6), "year": np.tile(range(2000, 2006), 12)}
    )
    cohorts = {f"f{i}": 2002 + i % 3 if i % 4 else 0 for i in range(12)}
    data["k"] = data["firm"].map(cohorts)
    data[["y", "x", "z", "i"]] = drawn.normal(size=(len(data), 4))
    return data.assign(w=drawn.uniform(1, 2, len(data)), g=np.where(data.index % 2, "a", "b"))


def _said(model: dict, data: pd.DataFrame) -> list[str]:
    """What is said of a model: the refusal, or the warnings of its results."""
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        try:
            results = run_specification(parse_specification(content), data)
        except SpecificationError as error:
            return [str(error)]
    assert all(np.isfinite(term.estimate) for result in results for term in result.terms)
    return [warning for result in results for warning in result.warnings]


def _require_own_words(said: list[str]) -> None:
    for sentence in said:
        assert not PHRASES.search(sentence) and "\n" not in sentence, sentence


@pytest.mark.slow
@pytest.mark.parametrize("estimator", MODELS)
def test_any_value_of_any_key_is_taken_or_refused_in_our_words(estimator):
    data, chance = _panel(), random.Random(estimator)
    model = {"id": "m", "estimator": estimator, "outcome": "y", **MODELS[estimator]}
    keys = ["sample", "winsorise", "split_by", "leave_one_out", "categorical", "title", "effects"]
    keys += ["keep_singletons", "trends", "tests", "table_number", "vce", "weights", *model]
    for key in dict.fromkeys(keys):
        for value in chance.sample(VALUES, 4):
            _require_own_words(_said({**model, key: value}, data))


SHAPES = {
    "empty": lambda d: d.iloc[:0],
    "one row": lambda d: d.iloc[:1],
    "fewer rows than regressors": lambda d: d.iloc[:2],
    "one entity": lambda d: d[d["firm"] == "f0"],
    "one period": lambda d: d[d["year"] == 2000],
    "a row twice": lambda d: pd.concat([d, d.iloc[:1]]),
    "infinite": lambda d: d.assign(x=d["x"].where(d.index != 3, np.inf)),
    "all missing": lambda d: d.assign(x=np.nan),
    "text": lambda d: d.assign(x="a"),
    "a slip": lambda d: d.assign(x=d["x"].astype(object).where(d.index != 3, "n.a.")),
    "huge": lambda d: d.assign(y=d["y"] * 1e300),
    "tiny": lambda d: d.assign(y=d["y"] * 1e-310),
    "huge integers": lambda d: d.assign(x=[10**400] * len(d)),
    "complex": lambda d: d.assign(x=d["x"] + 1j),
    "lists": lambda d: d.assign(x=[[1]] * len(d)),
    "decimals": lambda d: d.assign(x=[Decimal(i % 7) for i in d.index]),
    "dates": lambda d: d.assign(x=pd.to_datetime(d["year"].astype(str))),
    "days": lambda d: d.assign(x=pd.to_datetime(d["year"].astype(str)).dt.date),
    "categories": lambda d: d.assign(x=pd.Categorical(d["g"])),
    "categories without a value": lambda d: d.assign(x=pd.Categorical([None] * len(d))),
    "constant": lambda d: d.assign(x=1.0),
    "constant outcome": lambda d: d.assign(y=1.0, w=1.0),
    "the same twice": lambda d: d.assign(z=d["x"]),
    "outcome as regressor": lambda d: d.assign(y=d["x"]),
    "half years": lambda d: d.assign(year=d["year"] + 0.5),
    "infinite years": lambda d: d.assign(year=np.inf),
    "words for years": lambda d: d.assign(year="soon"),
    "periods": lambda d: d.assign(year=pd.PeriodIndex(d["year"].astype(str), freq="Y")),
    "an entity missing": lambda d: d.assign(firm=d["firm"].where(d.index != 2)),
    "gaps": lambda d: d[d.index % 3 != 0],
    "no weights": lambda d: d.drop(columns="w"),
    "negative": lambda d: d.assign(w=-1.0),
    "weights missing": lambda d: d.assign(w=d["w"].where(d.index != 2)),
    "two columns": lambda d: pd.concat([d, d[["y"]]], axis=1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_any_panel_is_served_or_refused_in_our_words(shape):
    data = SHAPES[shape](_panel())
    for estimator, keys in MODELS.items():
        model = {"id": "m", "estimator": estimator, "outcome": "y", **keys}
        _require_own_words(_said(model, data))
    listed = {**MODELS["fixed_effects"], "effects": ["firm", "year", "g:year"], "trends": "entity"}
    model = {"id": "m", "estimator": "fixed_effects", "outcome": "y", **listed, "weights": "w"}
    _require_own_words(_said(model, data))
    lagged = {"regressors": ["L1.x", "x:g"], "split_by": "g"}
    for sample in ("year > 2001", "x > 0", "x != 'a'"):
        model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", **lagged, "sample": sample}
        _require_own_words(_said(model, data))


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("vce", "robust", "`vce` is 'robust'; expected a mapping with the keys type, by"),
        ("table_number", "three", "`table_number` is 'three'; expected a whole number"),
        ("keep_singletons", "perhaps", "`keep_singletons` is 'perhaps'; expected true or false"),
        ("winsorise", {"limits": ["low", 1]}, "`winsorise.limits.0` is 'low'; expected a number"),
        ("winsorise", {"limits": [0.1]}, "`winsorise.limits` is|expected more entries"),
        ("vce", {"type": "cluster", "by": ["a", "b", "c"]}, "expected 2 entries at most"),
        ("vce", {"type": "wild_cluster", "replications": 0}, "expected 1 or more"),
        ("outcome", None, "`outcome` is empty; expected text"),
        ("regressors", [{"a": 1}], "`regressors` has {'a': 1}; expected a term, or {interaction"),
    ],
)
def test_what_a_key_takes_is_said(key, value, sentence):
    model = {"id": "m", "estimator": "fixed_effects", "outcome": "y", "regressors": ["x"]}
    [said] = _said({**model, key: value}, _panel())
    assert re.search(sentence, said) and said.startswith("model `m`: ")


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,234.5", "−12", "７"], [1234.5, -12, 7]),
        (["1 234 567", " 8 ", "–12"], [1234567, 8, -12]),
        (["0,402", "-0,318"], [np.nan] * 2),  # no thousands begin with 0
        (["…", "—", "n.a.", "2010年", "12 %", "3,14", "1,2345", ""], [np.nan] * 8),
    ],
)
def test_numbers_as_people_write_them(cells, numbers):
    np.testing.assert_array_equal(written_numbers(pd.Series(cells)), numbers)


def _file(folder: Path, column: list[str], separator: str = ",") -> Path:
    lines = ["firm,year,y,x".replace(",", separator)]
    lines += [
        separator.join([f"f{i // 4}", str(2000 + i % 4), str(i**2 % 7), f'"{cell}"'])
        for i, cell in enumerate(column)
    ]
    path = folder / "panel.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_thousands_are_read_and_what_is_no_number_is_told_by_its_row(tmp_path):
    cells = [f"{1000 + 37 * i**2 % 911:,}" for i in range(16)]
    assert read_panel(_file(tmp_path, cells))["x"].tolist() == [
        float(cell.replace(",", "")) for cell in cells
    ]
    specification = tmp_path / "spec.yml"
    specification.write_text(
        "panel: {entity: firm, time: year}\n"
        "models: [{id: m, estimator: pooled_ols, outcome: y, regressors: [x]}]\n"
    )
    for mark in ("…", "—", "n.a.", "2010年"):
        cells[5] = mark
        with pytest.raises(SpecificationError, match=rf"`x` holds text \('{mark}' in row 6\)"):
            estimate_files(specification, _file(tmp_path, cells), tmp_path / "out")
    for comma in ("3,14", "0,402"):
        cells[5] = comma
        with pytest.raises(SpecificationError, match=r"'\d,\d+' in row 6.*: write the decimal p"):
            estimate_files(specification, _file(tmp_path, cells), tmp_path / "out")
    # between semicolons, 1,234 may be a little more than one
    cells[5] = "1,234"
    with pytest.raises(SpecificationError, match="`x` holds its numbers as text"):
        estimate_files(specification, _file(tmp_path, cells, ";"), tmp_path / "out")


def test_years_may_stand_beside_written_ones():
    data = _panel()
    written = data.assign(year=data["year"].map(lambda y: f"{y}年" if y % 2 else y))
    model = {"id": "m", "estimator": "fixed_effects", "outcome": "y", "regressors": ["x"]}
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    specification = parse_specification(content)
    [plain], [other] = (run_specification(specification, d) for d in (data, written))
    assert plain.terms == other.terms


def test_two_spellings_of_an_entity_are_warned_about_with_their_rows():
    data = _panel().replace({"firm": {"f0": "North Sea", "f1": "north  sea", "f2": "Ｎorthsea"}})
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["x"]}
    [said] = _said(model, data)
    assert said.startswith(
        "`North Sea` (row 1) and `north  sea` (row 7) and `Ｎorthsea` (row 13) differ by case or "
    )
    assert _said(model, _panel()) == []


def test_many_units_cost_one_warning():
    data = _panel()
    lone = data.groupby("firm").head(1).assign(firm=[f"lone {i}" for i in range(12)])
    lone["year"] = 2003
    model = {"id": "m", "estimator": "fixed_effects", "outcome": "y", "regressors": ["x"]}
    said = _said({**model, "effects": "two_way"}, pd.concat([data, lone], ignore_index=True))
    assert len(said) == 1 and "and 7 more dropped" in said[0]
