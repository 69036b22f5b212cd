"""The audit finds what cannot be in published tables, and nothing in tables that can."""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.audit import (
    AuditReport,
    audit,
    audit_markdown,
    load_published,
    parse_published,
)
from analytics.audit.rounding import Bounds
from analytics.errors import SpecificationError

PAPER_A = Path(__file__).parent / "data" / "paper_a_audit.yml"
PUBLISHED_CSV = (
    Path(__file__).resolve().parents[2].parent
    / "shared"
    / "domain"
    / "paper_a_published_results.csv"
)
UNITS, PERIODS = 31, 11

# check, severity, place, part of what is printed, part of what follows, part of the reason
CONTRADICTIONS = [
    ("observations", "impossible", "Table 4 (1)", "132", "10 units × 11", "132 is .* Table 4 .3."),
    ("observations", "suspicious", "Table 4 (3)", "110", "12 units × 11", "110 is .* Table 4 .1."),
    ("observations", "suspicious", "Table 8 (3)", "330", "341", "330 = 30 × 11"),
    ("winsorising", "impossible", "Table 8 (3)", "330", "341", "keeps every row, so 11 rows"),
    ("instruments", "suspicious", "Table 8 (4)", "0.935", "31 groups", "near 1 with few groups"),
    ("stars", "impossible", "Table 8 (4), L.Expy", r"0.123\) \*\*\*", "p of 0.33", "at most"),
    ("stars", "impossible", "Table 4 (4), CONS", r"0.606\) \*\*\*", "p of 0.015", "at most"),
    ("same_model", "impossible", "Table 5 (1), Dige", "0.0138", "0.023, .* 3 .4.", "no rounding"),
    ("same_model", "impossible", "Table 5 (1), CONS", "0.030", "0.074, .* 3 .4.", "no rounding"),
    ("fitted_mean", "impossible", "Table 3 (1), CONS", "1.0954", "0.08787 to 0.08926", "-0.102 .*"),
    ("fitted_mean", "impossible", "Table 3 (2), CONS", "1.0954", "1.29", "0.972 .*"),
    ("simple_regression", "impossible", "Table 3 (1), Dige", "0.798", "0.71.* to 0.72", "R²"),
    ("repeated_term", "impossible", "Table 7 (1), Dige × I(STR ≤ 0.951)", "0.164", "", "regime"),
    ("claim", "impossible", "text on Table 2", "3.116", "0.3219", "mean of Dige"),
    ("claim", "impossible", "text on Table 2", "0.188", "0.0907", "minimum of Dige"),
    ("claim", "impossible", "text on Table 2", "8.451", "0.5785", "maximum of Dige"),
    ("claim", "impossible", "text on Table 2", "0.974", "1.0954", "mean of Expy"),
    ("claim", "impossible", "text on Table 2", "0.214", "0.0897", "sd of Expy"),
    ("claim", "impossible", "text on Table 2", "0.623", "0.9179", "minimum of Expy"),
    ("claim", "impossible", "text on Table 2", "1.429", "1.2707", "maximum of Expy"),
    ("claim", "impossible", "text on Table 7", "0.178", "0.951 .*1.287", "threshold of STR"),
    ("claim", "impossible", "text on Table 7", "0.041", "0.122", "0.041 is the standard error"),
    ("claim", "impossible", "text on Table 7", "0.052", "0.164", "coefficient"),
    ("threshold_support", "impossible", "text on Table 7", "0.178", "0.6492", "below the minimum"),
    ("claim", "impossible", "Data", "30", "31", "different numbers for units"),
    ("claims_agree", "impossible", "Conclusion", "31", "30 .Data.", "two numbers for units"),
]


def test_finds_every_contradiction_of_the_paper_and_says_where_and_why():
    report = audit(load_published(PAPER_A))
    left = list(report.findings)
    for check, severity, place, printed, implied, reason in CONTRADICTIONS:
        found = [
            finding
            for finding in left
            if (finding.check, finding.severity, finding.place) == (check, severity, place)
            and re.search(printed, finding.printed)
            and re.search(implied, finding.implied)
            and re.search(reason, finding.reason)
        ]
        assert len(found) == 1, (check, place, printed)
        left.remove(found[0])
    assert left == []
    assert report.unchecked == ()
    text = audit_markdown(report)
    assert text.startswith("23 impossible, 3 suspicious.")
    assert all(finding.reason in text for finding in report.findings)


def test_findings_name_table_column_and_term():
    report = audit(load_published(PAPER_A))
    places = {(f.table, f.column, f.term) for f in report.findings if f.check == "stars"}
    assert places == {("8", "4", "L.Expy"), ("4", "4", "CONS")}
    assert report.record()["findings"][0]["severity"] == "impossible"


def test_the_published_csv_is_an_audit_file():
    if not PUBLISHED_CSV.exists():
        pytest.skip(f"the published estimates are not beside the repository: {PUBLISHED_CSV}")
    report = audit(load_published(PUBLISHED_CSV))
    # Without units, means and a key of the model, most checks have nothing to say
    assert {(f.check, f.place) for f in report.findings} == {
        ("stars", "Table 8 (4), L.Expy"),
        ("stars", "Table 4 (4), CONS"),
        ("winsorising", "Table 8 (3)"),
    }


def _least_squares(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Coefficients (the constant last), classical errors and R²."""
    design = np.column_stack([x, np.ones(len(y))])
    coef, *_ = np.linalg.lstsq(design, y)
    residual = y - design @ coef
    variance = residual @ residual / (len(y) - design.shape[1])
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * variance)
    return coef, errors, 1 - residual @ residual / np.sum((y - y.mean()) ** 2)


def _clean(seed: int, digits: dict[str, int], df: float, scale: float = 1.0) -> dict:
    """An audit file of tables that a simulated panel gives, rounded to `digits` each."""
    digits = digits | {"again": digits["se"]}
    random = np.random.default_rng(seed)
    rows = UNITS * PERIODS
    x = random.normal(size=rows) * scale
    w = random.exponential(size=rows) + 0.3 * x
    m = 0.4 * x + random.normal(size=rows)
    y = 0.2 * x + 0.3 * m - 0.1 * w + random.normal(size=rows)
    data = {"x": x, "w": w, "m": m, "y": y}
    reference = stats.t(df)

    def shown(kind: str, value: float) -> Decimal:
        step = Decimal(1).scaleb(-digits[kind])
        return Decimal(float(value)).quantize(step, rounding=ROUND_HALF_EVEN)

    def column(
        number: int, outcome: str, regressors: list[str], estimator: str, kind: str = "coef"
    ) -> dict:
        coef, errors, r2 = _least_squares(
            data[outcome], np.column_stack([data[n] for n in regressors])
        )
        terms = []
        for name, b, se in zip([*regressors, "const"], coef, errors, strict=True):
            p = 2 * reference.sf(abs(b / se))
            reach = reference.ppf(0.975) * se
            terms.append(
                {
                    "term": name,
                    "coef": shown(kind, b),
                    "se": shown("se", se),
                    "stars": "*" * sum(p < level for level in (0.1, 0.05, 0.01)),
                    "statistic": shown("statistic", b / se),
                    "p_value": shown("p", p),
                    "ci_low": shown(kind, b - reach),
                    "ci_high": shown(kind, b + reach),
                }
            )
        return {
            "table": 1,
            "column": number,
            "model_key": f"{outcome} on {', '.join(regressors)}",
            "outcome": outcome,
            "estimator": estimator,
            "n": rows,
            "units": UNITS,
            "periods": PERIODS,
            "terms": terms,
            "statistics": {"r2": shown("statistic", r2)},
        }

    columns = [
        column(1, "y", ["x"], "pooled_ols"),
        column(2, "m", ["x"], "pooled_ols"),
        column(3, "y", ["x", "m"], "pooled_ols"),
        column(4, "y", ["x", "w"], "pooled_ols"),
        column(5, "y", ["x", "w"], "winsorised pooled_ols") | {"model_key": None, "terms": []},
    ]
    total, direct = (columns[i]["terms"][0]["coef"] for i in (0, 2))
    exact = _least_squares(y, x[:, None])[0][0]
    exact_direct = _least_squares(y, np.column_stack([x, m]))[0][0]
    columns[2]["statistics"] |= {
        "total_effect": total,
        "direct_effect": direct,
        "indirect_effect": shown("coef", exact - exact_direct),
        "proportion_mediated": shown("statistic", (exact - exact_direct) / exact),
        "threshold_w": shown("coef", np.median(w)),
        "hansen_j": shown("statistic", 7.3),
        "hansen_df": 6,
        "hansen_p": shown("p", stats.chi2(6).sf(7.3)),
        "ar2_z": shown("statistic", -1.2),
        "ar2_p": shown("p", 2 * stats.norm.sf(1.2)),
        "n_instruments": 20,
    }
    # The same model once more, with the digits of another table
    columns.append(column(1, "y", ["x", "w"], "pooled_ols", kind="again") | {"table": 2})
    descriptives = [
        {
            "variable": name,
            "mean": shown("mean", values.mean()),
            "sd": shown("mean", values.std(ddof=1)),
            "median": shown("mean", np.median(values)),
            "min": shown("mean", values.min()),
            "max": shown("mean", values.max()),
            "n": rows,
        }
        for name, values in data.items()
    ]
    claims = [
        {
            "text": "on average",
            "place": "text",
            "value": shown("p", x.mean()),
            "about": "mean of x",
        },
        {"text": "", "place": "text", "value": total, "about": "coefficient of x in Table 1 (1)"},
        {"text": "31 provinces", "place": "text", "value": UNITS, "about": "units"},
        {"text": "", "place": "text", "value": shown("coef", np.median(w)), "about": "threshold"},
    ]
    return {"tables": columns, "descriptives": descriptives, "claims": claims}


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    digits=st.fixed_dictionaries(
        {name: st.integers(1, 6) for name in ("coef", "se", "statistic", "p", "mean")}
    ),
    df=st.sampled_from([UNITS - 1, UNITS * PERIODS - 3, 1e6]),
    scale=st.sampled_from([0.05, 1.0, 40.0]),
)
def test_rounding_never_makes_a_finding(seed, digits, df, scale):
    report = audit(parse_published(_clean(seed, digits, df, scale)))
    assert report.findings == ()
    assert report.unchecked == ()


FOUR_DIGITS = dict.fromkeys(("coef", "se", "statistic", "p", "mean"), 4)


@pytest.mark.parametrize(
    ("path", "value", "check", "severity"),
    [
        ("tables.0.n", 352, "observations", "impossible"),
        ("tables.0.n", 330, "observations", "suspicious"),
        ("tables.0.units", [30, 32], "observations", "suspicious"),
        ("tables.0.periods", None, None, None),  # 341 is a multiple of 31 units
        ("tables.4.n", 330, "winsorising", "impossible"),
        ("tables.0.terms.0.stars", "", "stars", "suspicious"),
        ("tables.0.terms.0.p_value", "0.2", "p_value", "suspicious"),
        ("tables.0.terms.0.statistic", "1.0", "t_statistic", "impossible"),
        ("tables.0.terms.0.se", "-0.05", "standard_error", "impossible"),
        ("tables.0.terms.0.ci_low", "-0.5", "interval", "suspicious"),
        ("tables.0.terms.0.ci_high", "0.01", "interval", "impossible"),
        ("tables.5.terms.0.se", "0.09", "same_model", "impossible"),
        ("tables.5.n", 340, "same_model", "impossible"),
        ("tables.0.terms.1.coef", "3.0", "fitted_mean", "impossible"),
        ("tables.0.statistics.r2", "0.9", "simple_regression", "impossible"),
        ("tables.0.statistics.r2", "1.2", "range", "impossible"),
        ("tables.0.n", 2, "observations", "impossible"),
        ("tables.2.statistics.hansen_p", "0.9", "p_value", "impossible"),
        ("tables.2.statistics.hansen_p", "-0.2", "range", "impossible"),
        ("tables.2.statistics.n_instruments", 40, "instruments", "suspicious"),
        ("tables.2.statistics.Hansen p", "0.97", "instruments", "suspicious"),
        ("tables.2.statistics.ar2_p", "0.02", "p_value", "impossible"),
        ("tables.2.statistics.indirect_effect", "0.9", "effects_add_up", "impossible"),
        ("tables.2.statistics.proportion_mediated", "0.01", "share_mediated", "impossible"),
        ("tables.2.statistics.proportion_mediated", None, None, None),
        ("tables.1.terms.0.coef", "0.9", "effects_add_up", "impossible"),
        ("tables.2.statistics.threshold_w", "-99.5", "threshold_support", "impossible"),
        ("tables.2.statistics.threshold_w", "99.5", "threshold_support", "impossible"),
        ("descriptives.0.median", "7.5", "descriptives", "impossible"),
        ("descriptives.0.min", "0.5", "descriptives", "impossible"),
        ("descriptives.0.sd", "4.1", "descriptives", "impossible"),
        ("descriptives.0.sd", "0.01", "descriptives", "impossible"),
        ("descriptives.0.n", 300, "observations", "suspicious"),
        ("claims.0.value", "0.77", "claim", "impossible"),
        ("claims.1.value", "0.9", "claim", "impossible"),
        ("claims.2.value", 30, "claim", "impossible"),
        ("claims.3.value", "-99.5", "threshold_support", "impossible"),
    ],
)
def test_each_check_sees_one_wrong_number(path, value, check, severity):
    content = _clean(7, FOUR_DIGITS, UNITS - 1)
    assert audit(parse_published(content)).findings == ()
    *parents, key = (int(part) if part.isdigit() else part for part in path.split("."))
    entry = content
    for part in parents:
        entry = entry[part]
    entry.pop(key.lower().replace(" ", "_") if isinstance(key, str) else key)
    entry[key] = value
    found = {(f.check, f.severity) for f in audit(parse_published(content)).findings}
    assert found == set() if check is None else (check, severity) in found


MEDIATOR = ("m", "0.200", "0.080")


def _audit(**content: object) -> AuditReport:
    return audit(parse_published(content))


def _column(**given: object) -> dict:
    return {"table": 1, "column": 1, "outcome": "y"} | given


@pytest.mark.parametrize(
    ("statistic", "stars", "finding"),
    [
        ("1.2", "***", "impossible"),
        ("1.64", "*", None),  # up to 1.645
        ("1.64", "**", "impossible"),
        ("-2.81", "***", None),
        ("6.20", "", "suspicious"),
        ("6.20", None, None),
    ],
)
def test_stars_below_which_t_statistics_are_printed(statistic, stars, finding):
    term = {"term": "x", "coef": "0.5", "statistic": statistic, "stars": stars}
    report = _audit(tables=[_column(terms=[term])])
    assert [f.severity for f in report.findings] == ([finding] if finding else [])


@pytest.mark.parametrize(
    "name", ["adj_r2", "Adj. R²", "r2_adjusted", "Adjusted R-squared", "调整后的R²"]
)
@pytest.mark.parametrize(("value", "is_found"), [("0.51", False), ("0.52", True), ("-0.1", False)])
def test_an_adjusted_r2_is_not_above_r2(name, value, is_found):
    report = _audit(tables=[_column(statistics={"R2": "0.50", name: value})])
    assert [f.check for f in report.findings] == ["range"] * is_found


@pytest.mark.parametrize(("adjusted", "is_found"), [("0.224", True), ("0.222", False)])
def test_listed_regressors_lower_an_adjusted_r2(adjusted, is_found):
    terms = [{"term": name, "coef": "0.5"} for name in [*"abcdef", "_cons"]]
    rows = {"R2": "0.300", "Adj. R2": adjusted}  # at most 1 - 0.6995 * 60 / 54 = 0.2228
    report = _audit(tables=[_column(n=60, terms=terms, statistics=rows)])
    assert [f.check for f in report.findings] == ["range"] * is_found


@pytest.mark.parametrize(
    ("rows", "checks"),
    [
        ({"Indirect effect": "0.100", "Sobel z": "2.13"}, []),  # 0.5 (0.12) × 0.2 (0.08): 2.143
        ({"Indirect effect": "0.300"}, ["effects_add_up"]),
        ({"Sobel z": "4.90"}, ["sobel"]),
        ({"Sobel z": "-2.20"}, []),  # Goodman's is 2.20
        ({"Sobel z": "2.30"}, ["sobel"]),
    ],
)
def test_indirect_effect_and_sobel_of_three_columns(rows, checks):
    x, m = ({"term": t, "coef": c, "se": se} for t, c, se in (("x", "0.500", "0.120"), MEDIATOR))
    same = {"estimator": "OLS", "n": 330}
    total, direct = ({"term": "x", "coef": coef} for coef in ("0.402", "0.302"))
    columns = [
        _column(**same, terms=[total]),
        _column(**same, column=2, outcome="m", terms=[x]),
        _column(**same, column=3, terms=[direct, m], statistics=rows),
    ]
    assert [f.check for f in _audit(tables=columns).findings] == checks


@pytest.mark.parametrize(
    ("rows", "severities"),
    [
        ({"threshold": "0.951", "95% CI": "[0.940, 0.970]"}, []),
        ({"threshold": "0.951", "ci_low": "0.960", "ci_high": "0.970"}, ["impossible"]),
        ({"门槛值": "0.951", "95%置信区间": "（0.940，0.949）"}, ["impossible"]),
        ({"gamma_1": "0.951", "gamma_1 CI": "[1.20; 1.30]"}, ["impossible"]),
        ({"Indirect effect": "0.052", "Bootstrap CI": "[0.060, 0.200]"}, ["suspicious"]),
        ({"r2": "0.5", "95% CI": "[0.60, 0.70]"}, []),  # of what, nobody says
    ],
)
def test_intervals_below_a_table_hold_their_estimate(rows, severities):
    report = _audit(tables=[_column(statistics=rows)])
    assert [f.severity for f in report.findings] == severities


@pytest.mark.parametrize(
    ("estimator", "coefs", "is_found"),
    [
        ("entropy weights", ["0.33", "0.33", "0.33"], False),
        ("熵值法权重", ["0.4", "0.4", "0.4"], True),
        ("entropy weights", ["41.2", "58.8"], False),  # per cent
        ("OLS", ["0.4", "0.4", "0.4"], False),
    ],
)
def test_weights_sum_to_one(estimator, coefs, is_found):
    terms = [{"term": f"x{place}", "coef": coef} for place, coef in enumerate(coefs)]
    report = _audit(tables=[_column(estimator=estimator, terms=terms)])
    assert [f.check for f in report.findings] == ["weights"] * is_found


@pytest.mark.parametrize(
    ("row", "severities"),
    [
        ({"mean": "0.62", "sd": "0.49", "min": 0, "max": 1}, []),
        ({"mean": "0.50", "sd": "0.60", "min": 0, "max": 1}, ["suspicious"]),
        ({"mean": "1.02", "min": 0, "max": 1}, ["suspicious"]),
        ({"mean": "1.62", "min": 0, "max": 1}, ["impossible"]),  # whatever 1 was rounded from
        ({"mean": 1, "sd": 1, "min": 0, "max": 1}, []),
    ],
)
def test_whole_limits_beside_decimals_are_exact(row, severities):
    report = _audit(tables=[_column(n=341)], descriptives=[{"variable": "y", **row}])
    assert [f.severity for f in report.findings] == severities


@pytest.mark.parametrize(
    ("given_", "is_accused"),
    [
        ({"statistics": {"Number of clusters": 4}}, False),
        ({"note": "Driscoll-Kraay standard errors", "periods": 4}, False),
        ({"statistics": {"Cluster": "province and year"}, "periods": 4}, False),
        ({"statistics": {"Cluster": "province", "Year FE": "Yes"}, "periods": 4}, True),
    ],
)
def test_few_clusters_ask_more_of_a_coefficient(given_, is_accused):
    term = {"term": "x", "coef": "0.300", "se": "0.100", "p_value": "0.058", "stars": "*"}
    term |= {"ci_low": "-0.018", "ci_high": "0.618"}  # t(3)
    report = _audit(tables=[_column(units=40, terms=[term], **given_)])
    assert [f.check for f in report.findings] == ["p_value", "interval"] * is_accused


@pytest.mark.parametrize(
    ("change", "is_found"),
    [
        ({}, False),
        ({"n": 351}, True),
        ({"n": 330, "statistics": {"R2": "0.500"}}, False),  # fewer rows may fit worse
        ({"statistics": {"R2": "0.598"}}, True),
        ({"statistics": {"R2": "0.60"}}, False),
        ({"n": 351, "note": "without municipalities"}, False),
        ({"n": 351, "outcome": "log y"}, False),
        ({"statistics": {"R2": "0.598", "Controls": "Yes"}}, True),
        ({"estimator": "random effects", "statistics": {"R2": "0.598"}}, False),
    ],
)
def test_a_regressor_more_wins_no_rows_and_lowers_no_r2(change, is_found):
    same = {"estimator": change.get("estimator", "OLS"), "n": 341, "statistics": {"R2": "0.600"}}
    x, z = ({"term": name, "coef": "0.5"} for name in "xz")
    empty = {"term": "z", "coef": "—"}
    columns = [
        _column(**same, terms=[x, empty]),
        _column(**{**same, "column": 2, **change}, terms=[x, z]),
    ]
    assert [f.check for f in _audit(tables=columns).findings] == ["nested"] * is_found


def test_statistics_that_no_check_knows_are_named():
    rows = {"Hansen": "1.000", "F": "12.3", "AR(2) p-value": "0.31", "gamma_1": "0.9"}
    assert _audit(tables=[_column(statistics=rows)]).unchecked == (
        "no check reads these rows below the tables: hansen, f",
    )


def test_a_share_may_be_printed_in_per_cent():
    rows = {"中介效应占比": "34.2%", "R2": "92.5 ％"}
    (column,) = parse_published({"tables": [_column(statistics=rows)]}).tables
    assert column.statistics == {"proportion_mediated": Decimal("0.342"), "r2": Decimal("0.925")}


def test_the_number_of_instruments_is_quoted_as_printed():
    rows = {"Number of instruments": 45, "Hansen p": "1.000"}
    found = _audit(tables=[_column(units=31, statistics=rows)]).findings
    assert "the test is on 45 instruments" in found[1].reason


@pytest.mark.parametrize(
    ("said", "checks"), [("logit, odds ratios", 0), ("wild bootstrap", 0), ("", 3)]
)
def test_odds_ratios_and_bootstraps_are_tested_in_another_way(said, checks):
    term = {"term": "x", "coef": "0.90", "se": "0.05", "stars": "*", "p_value": "0.058"}
    term |= {"statistic": "-1.90", "ci_low": "0.81", "ci_high": "1.03"}
    assert len(_audit(tables=[_column(note=said, terms=[term])]).findings) == checks


@pytest.mark.parametrize(
    ("coef", "statistic", "is_found"),
    [("0.50", "-2.50", True), ("-0.50", "2.50", False), ("-0.50", "-2.50", False)],
)
def test_a_positive_coefficient_has_no_negative_t(coef, statistic, is_found):
    term = {"term": "x", "coef": coef, "se": "0.20", "statistic": statistic}
    report = _audit(tables=[_column(terms=[term])])
    assert [f.check for f in report.findings] == ["t_statistic"] * is_found


def test_few_units_are_no_sign_of_t_statistics_printed_as_errors():
    terms = [{"term": t, "coef": "0.70", "se": "0.40", "stars": ""} for t in "xz"]  # t is 1.75
    assert not _audit(tables=[_column(units=8, terms=terms)]).findings


@pytest.mark.parametrize(
    ("given_", "severity"),
    [
        ({"estimator": "IV-2SLS"}, None),
        ({"estimator": "两阶段最小二乘"}, None),
        ({"estimator": "fixed effects"}, "impossible"),
        ({}, "suspicious"),  # nobody says what was estimated
    ],
)
def test_a_negative_r2_is_one_of_instrumental_variables(given_, severity):
    report = _audit(tables=[_column(**given_, statistics={"R2": "-0.12"})])
    assert [f.severity for f in report.findings] == ([severity] if severity else [])


def test_rows_below_a_table_are_taken_as_printed():
    """Words say what was estimated, a dash that nothing is printed, stars stand behind anything."""
    rows = {"Province FE": True, "年份固定效应": "是", "Controls": "No", "Adj. R2": "—"}
    rows |= {"Hansen p": "n.a.", "Hansen J": "12.3***", "R²": "1.2"}
    terms = [{"term": "x", "coef": "0.5***", "se": "0.1"}, {"term": "z", "coef": "—", "se": "-"}]
    column = _column(estimator="OLS", n="—", terms=terms, statistics=rows)
    (column,) = parse_published({"tables": [column]}).tables
    assert column.note == "Province FE; 年份固定效应"
    assert {"fe", "fixed"} <= column.words
    assert (column.n, column.terms[1].coef, column.terms[1].se) == (None, None, None)
    assert column.statistics == {
        "r2_adjusted": None,
        "hansen_p": None,
        "hansen_j": Decimal("12.3"),
        "r2": Decimal("1.2"),
    }
    with pytest.raises(SpecificationError, match="is true; expected a number"):
        parse_published({"tables": [_column(statistics={"r2": True})]})


def test_counts_and_words_below_a_table_are_those_of_the_column():
    """N stood there, as papers print it, and no check saw it."""
    rows = {"Observations": "1,351", "Years": "11", "省份数": 31, "Cluster": "省份", "Firms": "Yes"}
    tables = [_column(statistics=rows | {"控制变量": "未控制", "F值": "12.3", "10%临界值": "8"})]
    (column,) = parse_published({"tables": tables}).tables
    assert (column.n, column.units, column.periods) == (1351, (31,), (11,))
    assert column.note == "Cluster: 省份; Firms"
    assert column.statistics == {"f_statistic": Decimal("12.3"), "crit_10": 8}
    assert [f.check for f in _audit(tables=tables).findings] == ["observations"]
    assert parse_published({"tables": [tables[0] | {"n": 1351}]}).tables == (column,)
    with pytest.raises(SpecificationError, match="`n` is 341, and 1,351 under `statistics`"):
        parse_published({"tables": [tables[0] | {"n": 341}]})


@pytest.mark.parametrize(
    ("rows", "is_found"),
    [
        ({}, True),
        ({"Controls": "No"}, True),
        ({"Controls": "Yes"}, False),
        ({"控制变量": "是"}, False),
    ],
)
def test_a_mean_is_not_fitted_by_controls_that_are_not_listed(rows, is_found):
    described = [
        {"variable": name, "mean": mean, "n": 50} for name, mean in {"y": 2, "x": 1}.items()
    ]
    terms = [{"term": "x", "coef": "0.50"}, {"term": "const", "coef": "0.30"}]
    column = _column(estimator="OLS", n=50, terms=terms, statistics=rows)
    report = _audit(tables=[column], descriptives=described)
    assert [f.check for f in report.findings] == ["fitted_mean"] * is_found


ENGLISH = """table,column,outcome,estimator,term,coef,se,n,units,periods,r2,hansen_p
3,1,y,pooled ols,x,0.402***,(0.423),341,31,11,0.95,
3,1,,,const,1.5***,(0.074),,,,,
3,2,y,system GMM,x,0.402***,(0.023),310,31,11,,0.95
3,3,y,fixed effects; winsorised,x,0.402***,(0.023),330,31,11,1.2,
"""
CHINESE = """表,列,被解释变量,估计方法,变量,系数,标准误,观测值,省份数,年数,R方,Hansen检验p值
表3,（1）,y,混合OLS,x,0.402***,（0.423）,341,31,11,0.95,
表3,（1）,,,常数项,1.5***,（0.074）,,,,,
表3,第（2）列,y,系统GMM,x,0.402***,（0.023）,310,31,11,,0.95
表3,(3),y,缩尾后固定效应,x,0.402***,（0.023）,330,31,11,1.2,
"""


def test_a_table_in_chinese_has_the_findings_of_the_same_in_english(tmp_path):
    rows = [{"variable": "y", "mean": "1.1", "n": 341}, {"variable": "x", "mean": "0.3", "n": 341}]
    found = []
    claims = [("mean of x", "coefficient of x in Table 3 (2)"), ("x的均值", "表3第（2）列x的系数")]
    for number, text in enumerate((ENGLISH, CHINESE)):
        (tmp_path / "paper.csv").write_text(text, encoding="utf-8")
        tables = load_published(tmp_path / "paper.csv").model_dump()["tables"]
        said = [{"text": "-", "place": "1", "value": "0.9", "about": a} for a in claims[number]]
        report = _audit(tables=tables, descriptives=rows, claims=said)
        found.append([(f.check, f.severity, f.place.split(",")[0]) for f in report.findings])
    assert found[0] == found[1]
    checks = {check for check, _, _ in found[0]}
    assert checks >= {"stars", "fitted_mean", "winsorising", "instruments", "range", "claim"}
    assert ("observations", "suspicious", "Table 3 (2)") not in found[0]


@pytest.mark.parametrize(("n", "is_found"), [(2, True), (3, True), (4, False)])
def test_coefficients_with_errors_need_more_observations(n, is_found):
    terms = [{"term": name, "coef": place, "se": "0.5"} for place, name in enumerate("xyz")]
    report = _audit(tables=[_column(n=n, terms=terms)])
    assert ["observations"] * is_found == [f.check for f in report.findings]


def test_an_interval_ends_above_its_beginning():
    term = {"term": "x", "coef": "0.5", "ci_low": "0.6", "ci_high": "0.4"}
    [finding] = _audit(tables=[_column(terms=[term])]).findings
    assert finding.reason == "the interval ends below where it begins"


@pytest.mark.parametrize(("high", "is_found"), [("0.61", False), ("0.62", False), ("0.65", True)])
def test_a_coefficient_is_in_the_middle_of_its_interval(high, is_found):
    term = {"term": "x", "coef": "0.50", "ci_low": "0.39", "ci_high": high}
    report = _audit(tables=[_column(terms=[term])])
    assert [f.check for f in report.findings] == ["interval"] * is_found


@pytest.mark.parametrize(
    ("coef", "se", "stars", "units", "finding"),
    [
        ("0.118", "0.123", "***", 31, "impossible"),
        ("0.165", "0.100", "*", None, None),  # 1.65
        ("0.16", "0.10", "*", None, None),  # up to 0.165 / 0.095
        ("0.160", "0.100", "*", None, "impossible"),  # 1.605 / 0.995 at most
        ("0.300", "0.100", "", 31, "suspicious"),
        ("0.300", "0.100", "**", 31, "suspicious"),
        ("0.300", "0.100", "**", 4, None),  # t(3)
        ("0.300", "0.100", "**", None, None),  # clusters may be few
        ("0.900", "0.100", "**", None, "suspicious"),
        ("0.900", "0.100", None, None, None),  # nobody says anything of stars
        ("0.002", "0.000", "***", 31, None),  # an error of up to 0.0005
        ("0.000", "0.000", "", 31, None),
        ("0.400", None, "***", 31, None),
        ("0.900", "0.100", "****", 31, "impossible"),
    ],
)
def test_stars(coef, se, stars, units, finding):
    term = {"term": "x", "coef": coef, "se": se, "stars": stars}
    report = _audit(tables=[_column(units=units, terms=[term])])
    assert [f.severity for f in report.findings] == ([finding] if finding else [])
    for found in report.findings:
        assert "* 0.1, ** 0.05, *** 0.01" in found.reason


LEGEND = {"***": 0.001, "**": 0.01, "*": 0.05, "+": 0.1}  # as they stand below a table


@pytest.mark.parametrize(
    ("coef", "levels", "finding"),
    [
        ("0.180+", LEGEND, None),  # t is 1.8
        ("0.180 ∗", LEGEND, "impossible"),
        ("0.220+", LEGEND, "suspicious"),
        ("0.280**", LEGEND, None),
        ("0.280***", LEGEND, "impossible"),
        ("0.180†", {"†": 0.1, "*": 0.05}, None),
        ("0.280ᵃ", {"a": 0.01, "b": 0.05, "c": 0.1}, None),
        ("0.120ᶜ", {"a": 0.01, "b": 0.05, "c": 0.1}, "impossible"),
    ],
)
def test_the_marks_of_a_legend(coef, levels, finding):
    term = {"term": "x", "coef": coef, "se": "0.100"}
    report = _audit(star_levels=levels, tables=[_column(units=200, terms=[term])])
    assert [f.severity for f in report.findings] == ([finding] if finding else [])


@settings(max_examples=200, deadline=None)
@given(
    coef=st.floats(-3, 3), se=st.floats(0.001, 2), digits=st.tuples(*[st.integers(1, 4)] * 2),
    stars=st.integers(0, 3), units=st.integers(2, 40),
)  # fmt: skip
def test_stars_agree_with_all_numbers_that_round_to_the_printed_ones(
    coef, se, digits, stars, units
):
    printed = [f"{value:.{d}f}" for value, d in zip((coef, se), digits, strict=True)]
    halves = [0.5 * 10.0**-d for d in digits]
    b, s = (
        float(text) + np.linspace(-half, half, 41)
        for text, half in zip(printed, halves, strict=True)
    )
    t = np.abs(b[:, None] / np.maximum(s, 1e-300))
    levels = [1.0, 0.1, 0.05, 0.01, 0.0]
    least, most = 2 * stats.norm.sf(t).min(), 2 * stats.t(units - 1).sf(t).max()
    margin = 1e-3  # the grid does not hold 0, nor every corner
    term = {"term": "x", "coef": printed[0], "se": printed[1], "stars": "*" * stars}
    found = _audit(tables=[_column(units=units, terms=[term])]).findings
    if least <= levels[stars] * (1 - margin) and most >= levels[stars + 1] * (1 + margin):
        assert found == ()
    elif least > levels[stars] * (1 + margin):
        assert [f.severity for f in found] == ["impossible"]
    elif most < levels[stars + 1] * (1 - margin) and 0 not in b:
        assert [f.severity for f in found] == ["suspicious"]


@pytest.mark.parametrize(
    ("given_", "finding"),
    [
        ({"n": 310, "units": 31, "periods": 11}, "suspicious"),
        ({"n": 310, "units": 31, "periods": 11, "estimator": "System GMM"}, None),
        ({"n": 279, "units": 31, "periods": 11, "estimator": "difference GMM"}, None),
        ({"n": 310, "units": 31, "periods": 11, "terms": [{"term": "L.y", "coef": 1}]}, None),
        ({"n": 341, "units": [30, 31], "periods": 11}, None),
        ({"n": 342, "units": [30, 31], "periods": 11}, "impossible"),
        ({"n": 341, "units": [30, 32]}, "suspicious"),
        ({"n": 341, "periods": 10}, "suspicious"),
        ({"n": 341}, None),
        ({"units": 31, "periods": 11}, None),
    ],
)
def test_observations(given_, finding):
    report = _audit(tables=[_column(**given_)])
    assert [f.severity for f in report.findings] == ([finding] if finding else [])


@pytest.mark.parametrize(
    ("about", "text", "value", "checks"),
    [
        ("mean of STR", "", "1.38", []),
        ("STR mean", "", "1.4", []),
        ("descriptives.STR.mean", "", "1.39", ["claim"]),
        ("STR", "the mean of STR is 1.5", "1.5", ["claim"]),
        ("mean of STR", "138 %", "138", []),
        ("STR", "for a value of STR of 0.2", "0.2", ["value_support"]),
        ("STR", "for a value of STR of 0.7", "0.7", []),
        ("threshold of STR", "", "0.178", ["claim", "threshold_support"]),
        ("threshold", "", "0.178", ["claim", "threshold_support"]),
        ("STR", "the threshold effect sets in at 0.178", "0.178", ["claim", "threshold_support"]),
        ("gamma", "", "0.951", []),
        ("coefficient of Dige", "", "0.40", []),  # one of the columns has it
        ("coefficient of Dige in Table 3 (4)", "", "0.402", []),
        ("coefficient of Dige in Table 3 (4)", "rises by 40.2 个百分点", "40.2", []),
        ("coefficient of CONS in Table 3 (1)", "a fall by 0.102", "0.102", []),
        ("Table 4 observations", "", "110", []),
        ("表4的观测值", "", "341", ["claim"]),
        ("R² of Table 3 (4)", "", "0.1", ["claim"]),
        ("coefficient of Dige, 3(1)", "", "0.402", ["claim"]),
        ("coefficient of Dige in Table 3, column 1", "", "0.592", []),
        ("coefficient of Dige on STR", "", "0.34", []),
        ("coefficient of Dige on STR", "", "0.40", ["claim"]),
        ("standard error of Dige in Table 5 (1)", "", "0.023", ["claim"]),
        ("N of Table 4 (1)", "", "132", []),
        ("N of Table 4 (1)", "", "110", ["claim"]),
        ("observations in Table 4", "", "110", []),
        ("sample size", "", "341", []),
        ("number of observations", "", "330", ["claim"]),
        ("units", "", "31", []),
        ("years", "2012 to 2022", "10", ["claim"]),
        ("number of provinces in Table 4 (2)", "", "6", []),
        ("hansen_p", "", "0.935", []),
        ("Hansen p", "", "0.2", ["claim"]),
        ("crit_05 in Table 6 (double)", "", "22.652", ["claim"]),
    ],
)
def test_what_a_claim_is_about(about, text, value, checks):
    content = yaml.safe_load(PAPER_A.read_text(encoding="utf-8"))
    content["claims"] = [{"text": text, "place": "abstract", "value": value, "about": about}]
    report = audit(parse_published(content))
    assert [f.check for f in report.findings if f.place == "abstract"] == checks
    assert report.unchecked == ()


@pytest.mark.parametrize("about", ["mean of nothing", "Dige", "growth", "mean and sd of STR"])
def test_a_claim_that_nothing_can_be_set_against_is_said_to_be_unchecked(about):
    claim = {"text": "", "place": "abstract", "value": "0.5", "about": about}
    report = _audit(claims=[claim], tables=[_column(n=20, terms=[{"term": "Dige", "coef": 1}])])
    assert report.findings == ()
    assert len(report.unchecked) == 1
    assert f"`{about}`" in report.unchecked[0]


def test_units_without_periods_are_a_divisor_of_n():
    claim = {"text": "30 provinces", "place": "Data", "value": 30, "about": "provinces"}
    report = _audit(claims=[claim], tables=[_column(n=341)])
    assert [(f.check, f.severity) for f in report.findings] == [("claim", "suspicious")]
    assert "341 observations are no multiple of 30" in report.findings[0].reason
    assert report.unchecked == ()


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ({"terms": [{"term": "x[STR<=0.2]", "coef": 1}]}, True),
        ({"terms": [{"term": "x × I(STR > 0.2)", "coef": 1}]}, True),
        ({"terms": [{"term": "x × I(0.2 < STR ≤ 0.951)", "coef": 1}]}, True),
        ({"terms": [{"term": "x × I(STR ＜ ·2)", "coef": 1}]}, True),
        ({"terms": [{"term": r"x × I(STR \leq 1,234.5)", "coef": 1}]}, True),
        ({"terms": [{"term": "x × I(STR ⩽ 2e-1)", "coef": 1}]}, True),
        ({"terms": [{"term": "x × I(STR ≤ 0,951)", "coef": 1}]}, False),  # was read as 0
        ({"statistics": {"门槛值": "0.2"}, "terms": [{"term": "x × I(STR≤γ1)", "coef": 1}]}, True),
        ({"statistics": {"threshold_STR": "0.2"}}, True),
        ({"model_key": "threshold in STR", "statistics": {"threshold": "0.2"}}, True),
        ({"statistics": {"gamma": "0.2"}}, False),  # of an unknown variable
        ({"statistics": {"thresholds": 1}}, False),  # their number
        ({"terms": [{"term": "x[STR<=0.65]", "coef": 1}]}, False),  # the minimum, rounded
    ],
)
def test_threshold_outside_the_support(column, found):
    described = [{"variable": "STR", "min": "0.6492", "max": "4.8940"}]
    report = _audit(tables=[_column(**column)], descriptives=described)
    assert [f.check for f in report.findings] == ["threshold_support"] * found


def test_threshold_of_a_test_belongs_to_the_regimes_of_the_paper():
    regimes = _column(table=7, terms=[{"term": "x[STR<=0.9]", "coef": 1}])
    tests = _column(table=6, statistics={"threshold": "0.2"})
    described = [{"variable": "STR", "min": "0.6492", "max": "4.8940"}]
    report = _audit(tables=[tests, regimes], descriptives=described)
    assert [(f.check, f.table) for f in report.findings] == [
        ("threshold_support", "6"),
        ("thresholds_agree", "7"),
    ]
    assert "regimes of the other tables" in report.findings[0].reason


@pytest.mark.parametrize(
    ("p_value", "finding"), [("0.060", False), ("0.030", True), ("0.130", True), ("0.05", False)]
)
def test_critical_values_and_p_value(p_value, finding):
    statistics = {"f_statistic": "20.65", "crit_10": "19.610", "crit_05": "22.652"}
    report = _audit(tables=[_column(statistics=statistics | {"p_value": p_value})])
    assert [f.check for f in report.findings] == ["critical_values"] * finding


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_missing_inputs_silence_checks_and_break_none(data):
    """Whatever is taken out of the file, the audit runs, and says nothing new of terms."""
    content = yaml.safe_load(PAPER_A.read_text(encoding="utf-8"))
    whole = {(f.check, f.place) for f in audit(parse_published(content)).findings}

    def thinned(entry: dict, keep: tuple[str, ...]) -> dict:
        kept = {k: v for k, v in entry.items() if k in keep or data.draw(st.booleans())}
        if "terms" in kept:
            kept["terms"] = [thinned(term, ("term", "stars")) for term in kept["terms"]]
        return kept

    content["tables"] = [thinned(column, ("table", "column")) for column in content["tables"]]
    content["descriptives"] = [thinned(row, ("variable",)) for row in content["descriptives"]]
    content["claims"] = [claim for claim in content["claims"] if data.draw(st.booleans())]
    silent = {"stars", "same_model", "repeated_term", "instruments", "winsorising"}
    found = {(f.check, f.place) for f in audit(parse_published(content)).findings}
    assert {pair for pair in found if pair[0] in silent} <= whole


def test_bounds_hold_the_results_of_arithmetic():
    random = np.random.default_rng(0)
    a, b, c, d = (Bounds(*sorted(random.normal(size=2))) for _ in range(4))
    positive = abs(d) + Bounds(0.1, 0.1)
    result = abs((a + b) * c - d) / positive
    for _ in range(500):
        x, y, z, w, v = (random.uniform(i.low, i.high) for i in (a, b, c, d, positive))
        assert result.low <= abs((x + y) * z - w) / v <= result.high
    assert Bounds.of(Decimal("0.030")) == Bounds(0.0295, 0.0305)
    assert Bounds.of(31) == Bounds(31, 31)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tabels: []", "unknown key `tabels`; did you mean `tables`"),
        ("tables: [{table: 3, column: 1, stats: {}}]", "table 3, column 1: unknown key `stats`; "),
        (
            "tables: [{table: 3, terms: [{term: x, sde: 1}]}]",
            "table 3, term x: unknown key `sde`; did you mean `se`",
        ),
        ("tables: [{table: 3, terms: [{coef: 1}]}]", "entry 1 of terms: the key `term` is missing"),
        (
            "tables: [{table: 3, n: many}]",
            "table 3: `n` is 'many'; expected a whole number",
        ),
        ("tables: [{terms: [{term: x, coef: 1.2a}]}]", "term x: `coef` is '1.2a'"),
        ("tables: [{terms: [{term: x, stars: a}]}]", "x: `stars` is 'a', whose level"),
        ("tables: [{terms: [{term: x, stars: ***}]}]", "not valid YAML in line 1.* in quotes"),
        ("tables: [{statistics: {r2: .nan}}]", "`r2` is nan; expected a number"),
        ("tables: [{statistics: [r2]}]", r"`statistics` is \['r2'\]; expected a mapping of names"),
        ("tables: [{statistics: {Hansen p: 1, hansen_p: 0}}]", "lists `hansen_p` twice"),
        (
            "tables: [{terms: [{term: x, coef: [0.4]}]}]",
            r"`coef` is \[0.4\]; expected a number, as",
        ),
        (
            "tables: [{terms: [{term: x, coef: yes}]}]",
            "`coef` is true; expected a number, as in -0",
        ),
        (
            "tables: [{terms: [{term: x, coef: '0,4'}]}]",
            "`coef` is '0,4'; expected a number, as in",
        ),
        ("tables: [{terms: [{term: x, coef: 1e400}]}]", "expected a number below 1e"),
        (
            "tables: [{terms: [{term: x, coef: 1*, stars: '**'}]}]",
            r"`coef` has \*, and `stars` \*\*",
        ),
        ("tables: [{terms: [{term: x, stars: -1}]}]", "`stars` is -1; expected ''"),
        (
            "tables: [{table: 1, column: 2, n: 9}, {table: Table 1, column: 2, n: 8}]",
            r"Table 1 \(2\) has two values of `n`, 9 and 8: keep one",
        ),
        ("descriptives: [{variable: Y, sd: 1}, {variable: y, sd: 2}]", "lists `y` twice; keep the"),
        ("claims: [{text: t, place: p, about: x}]", "place p: the key `value` is missing"),
        ("star_levels: [0.01, 0.05]", "levels in descending order"),
        ("tables: [{table: 3, 4: 5}]", "table 3: .*expected a word as a key"),
        ('star_levels: {+: 0.05, "*": 0.05}', "levels in descending order"),
        ("- 1", "expected a mapping"),
    ],
)
def test_mistakes_in_an_audit_file(tmp_path, text, sentence):
    path = tmp_path / "paper.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecificationError, match=sentence) as error:
        load_published(path)
    assert str(error.value).startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("table;coef\n3;1\n", "the column `term` is missing"),
        ("table,coef\n3,1\n", "the column `term` is missing"),
        (",(1),(2)\nx,0.4***,0.3\n,(0.1),(0.2)\n", "one row a term of one column of a table"),
        ("term,coef,sde\nx,1,1\n", "unknown column `sde`; did you mean `se`"),
        ("term,coef\nx,1,1\n", "row 2: expected 2 cells"),
        ("table,column,term,coef,n\n3,1,x,1,10\n3,1,z,1,11\n", "row 3: `n` is 11, and 10 in"),
        ("term,coef\nx,one\n", "term x: `coef` is 'one'"),
        ("term,coef,Coef\nx,1,2\n", "two columns are named `coef`"),
        ("term,coef\nx,1\n,2\n", "row 3: the cell of `term` is empty"),
        ("\n\nterm,coef\n\nx,1\n,\n\n,2\n", "row 8: the cell of `term` is empty"),
    ],
)
def test_mistakes_in_a_csv(tmp_path, text, sentence):
    path = tmp_path / "paper.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecificationError, match=sentence):
        load_published(path)


def test_a_csv_is_read_as_it_is_printed(tmp_path):
    path = tmp_path / "paper.CSV"
    path.write_bytes(
        "\ufefftable,column,term,coef,se,stars,n,units,periods,r2,note\r\n"
        "Table 3,1,x,−0.30,(0.10),∗∗∗,341,31,11,0.5,pooled\r\n"
        "Table 3,1,cons,0.1,,,,,,,\r\n".encode()
    )
    published = load_published(path)
    path.write_bytes("term,coef\n数字贸易,0.4\n".encode("gb18030"))  # as Excel in China saves it
    assert load_published(path).tables[0].terms[0].term == "数字贸易"
    (column,) = published.tables
    assert (column.place, column.n, column.units, column.periods) == (
        "Table 3 (1)",
        341,
        (31,),
        (11,),
    )
    assert (column.terms[0].coef, column.terms[0].se) == (Decimal("-0.30"), Decimal("0.10"))
    assert (column.terms[0].stars, column.terms[1].stars) == ("***", "")
    assert column.statistics == {"r2": Decimal("0.5")}
    assert audit(published).findings == ()


@pytest.mark.parametrize(
    "printed",
    [
        {"coef": "-1234.50***", "se": "(0.10)", "n": "1234"},
        {"coef": "−1,234.50 ∗∗∗", "se": "[0.10]", "n": "1,234"},
        {"coef": "–1 234.50＊＊＊", "se": "（0.10）", "n": "１２３４"},
        {"coef": "－１,２３４.５０＊＊＊", "se": "［０.１０］", "n": "1 234"},
        {"coef": "‐1234·50 * * *", "se": "(·10)", "n": "1234"},
        {"coef": "$-$1234.50$^{***}$", "se": "(0.10)", "n": "1234"},
        {"coef": r"-1234.50\sym{***}", "se": "(0.10)", "n": "1234"},
        {"coef": r"−1234.50\*\*\*", "se": "(0.10)", "n": "1234"},
        {"coef": "−1234.50<sup>***</sup>", "se": "(0.10)", "n": "1234"},
    ],
)
def test_numbers_are_read_as_pages_print_them(tmp_path, printed):
    """In a cell of a CSV and in a text of YAML; what stands in a row of its own counts too."""
    row = {"term": "x", "coef": printed["coef"], "se": printed["se"]}
    path = tmp_path / "paper.csv"
    path.write_text(
        f'table,column,term,coef,se,n,,\n3,1,x,"{printed["coef"]}",{printed["se"]},,,\n'
        f'3,1,z,0.1,,\n3,1,,,,"{printed["n"]}"\n',
        encoding="utf-8",
    )
    tables = [{"table": 3, "column": 1, "n": printed["n"], "terms": [row]}]
    for (column,) in (load_published(path).tables, parse_published({"tables": tables}).tables):
        term = column.terms[0]
        assert (term.coef, term.se) == (Decimal("-1234.50"), Decimal("0.10"))
        assert str(term.coef) == "-1234.50"
        assert (term.stars, column.n, column.prints_stars) == ("***", 1234, True)


@pytest.mark.parametrize(
    ("printed", "stars", "found"),
    [
        ("<0.001", "***", set()),
        ("p < 0.001", "**", {"stars"}),  # fewer than there may be
        ("＜0.04", "*", {"stars"}),
        ("[p≤0.001]", "**", {"stars"}),
        ("<0.05", "**", set()),
        ("<0.0000000000000000001", "***", {"p_value"}),  # the ratio gives 5e-17 and no less
    ],
)
def test_a_p_value_may_be_printed_as_a_bound(printed, stars, found):
    term = {"term": "x", "coef": "0.402", "se": "0.048", "p_value": printed, "stars": stars}
    statistics = {"hansen_j": "3.1", "hansen_df": 4, "hansen_p": "<0.6"}
    content = {"tables": [{"table": 1, "n": 341, "terms": [term], "statistics": statistics}]}
    findings = audit(parse_published(content)).findings
    assert {finding.check for finding in findings} == found
    statistics["hansen_p"] = "<0.1"  # it is 0.54
    [finding] = [f for f in audit(parse_published(content)).findings if "hansen" in f.printed]
    assert (finding.check, finding.printed) == ("p_value", "hansen_p <0.1")


def test_a_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(SpecificationError, match=r"nowhere\.yml: cannot be read"):
        load_published(tmp_path / "nowhere.yml")


def test_t_statistics_printed_as_errors_are_seen():
    rows = [
        ("x", "0.412", "5.21", "***"),
        ("z", "-0.087", "2.31", "**"),
        ("w", "0.011", "0.42", ""),
    ]
    terms = [{"term": t, "coef": c, "se": s, "stars": stars} for t, c, s, stars in rows]
    found = audit(parse_published({"tables": [{"table": 1, "column": 1, "terms": terms}]}))
    assert "t_as_error" in {finding.check for finding in found.findings}
