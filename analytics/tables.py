"""The tables of results: what each holds, column by column, with its type and unit.

This is where they are declared. The rows get their types here, and a release its comments.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

DATE = "date32[day][pyarrow]"


@dataclass(frozen=True)
class Column:
    """A column: its type in pandas, and what a reader of the release is told about it."""

    dtype: str
    description: str
    unit: str = "none"
    references: str | None = None  # the table whose key it is, or is a part of


@dataclass(frozen=True)
class Table:
    """A table of results."""

    description: str
    columns: Mapping[str, Column]
    key: tuple[str, ...] = ()  # no two rows have the same, and none of it is NULL
    chinese: str | None = None  # the description, where the file of a study has its words

    @property
    def types(self) -> dict[str, str]:
        """The type of each column, in their order."""
        return {name: column.dtype for name, column in self.columns.items()}

    def frame(self, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
        """Rows as a table of exactly these columns, nullable, also where there are no rows."""
        return pd.DataFrame(
            {
                name: pd.array([row.get(name) for row in rows], dtype=column.dtype)
                for name, column in self.columns.items()
            }
        )

    def typed(self, data: pd.DataFrame) -> pd.DataFrame:
        """The columns of this table, in its order and of its types."""
        return data[list(self.columns)].astype(self.types).reset_index(drop=True)


_STUDY = Column("string", "Name of the study")
_MODEL = Column("string", "Name of the model")
_STUDY_OF_MODEL = replace(_STUDY, references="results.models")
_MODEL_OF_STUDY = replace(_MODEL, references="results.models")
_TERM = Column("string", "Regressor")
_OUTCOME = Column("string", "Explained variable")
_SAMPLE = Column("string", "Condition on the rows")
_EFFECTS = Column(
    "string", "none, entity, time or two_way, then other sets, and trends, after plus signs"
)
_NOBS = Column("Int64", "Observations used", "rows")
_DROPPED = Column("Int64", "Rows of the sample lost to missing values", "rows")
_PER_TERM = "units of the outcome per unit of the term"
_ERROR = Column("Float64", "Standard error", "as the estimate")
_STATISTIC = Column("Float64", "Estimate over standard error", "ratio")
_P_VALUE = Column("Float64", "Two-sided p value", "probability")
_CI_LOW = Column("Float64", "Lower end of the 95 % interval", "as the estimate")
_CI_HIGH = Column("Float64", "Upper end of the 95 % interval", "as the estimate")

MODELS = Table(
    "One row a model of a study; where nothing could be estimated the numbers are NULL and "
    "warnings say why.",
    {
        "study": _STUDY,
        "model_id": _MODEL,
        "table_number": Column("Int64", "Number of the published table"),
        "column_number": Column("Int64", "Column of the published table"),
        "estimator": Column("string", "Estimator"),
        "panel": Column("string", "Table of marts that it was estimated on; NULL: another panel"),
        "outcome": _OUTCOME,
        "sample": _SAMPLE,
        "effects": _EFFECTS,
        "vce": Column("string", "Kind of standard errors and the small-sample convention"),
        "weights": Column("string", "Column of analytic weights; NULL where rows count alike"),
        "nobs": _NOBS,
        "n_entities": Column("Int64", "Entities used", "entities"),
        "n_periods": Column("Int64", "Periods used", "periods"),
        "entities_dropped": Column("string", "Entities lost as singletons"),
        "r2_within": Column("Float64", "R squared after the within transformation", "fraction"),
        "r2_lsdv": Column("Float64", "R squared of the regression with dummies", "fraction"),
        "f_statistic": Column(
            "Float64", "F of the test that all slopes are 0; NULL where there is none", "ratio"
        ),
        "f_df_num": Column("Float64", "Its restrictions (of chi-squared as well)", "number"),
        "f_df_denom": Column("Float64", "Its degrees of freedom; NULL: chi-squared", "number"),
        "f_p_value": Column("Float64", "Its p value", "probability"),
        "warnings": Column("string", "What a reader of the estimates has to know"),
        "n_dropped_missing": _DROPPED,
    },
    key=("study", "model_id"),
)
TITLES = Table(
    "What the studies and their models are called, one row a model.",
    {
        "study": _STUDY_OF_MODEL,
        "model_id": _MODEL_OF_STUDY,
        "study_en": Column("string", "Title of the study, in English"),
        "study_zh": Column("string", "Title of the study, in Chinese if it has one"),
        "model_en": Column("string", "Title of the model, in English; its name if it has none"),
        "model_zh": Column("string", "Title of the model, in Chinese if it has one"),
    },
    key=("study", "model_id"),
)
ESTIMATES = Table(
    "One row a coefficient.",
    {
        "study": _STUDY_OF_MODEL,
        "model_id": _MODEL_OF_STUDY,
        "equation": Column("string", "main, or the equation of a system"),
        "term": Column("string", "Regressor as written in the specification, or const"),
        "estimate": Column("Float64", "Coefficient", _PER_TERM),
        "std_error": _ERROR,
        "statistic": _STATISTIC,
        "p_value": _P_VALUE,
        "ci_low": _CI_LOW,
        "ci_high": _CI_HIGH,
        "vif": Column("Float64", "Variance inflation factor among the regressors", "ratio"),
        "vif_within": Column("Float64", "The same net of the effects", "ratio"),
    },
    key=("study", "model_id", "equation", "term"),
)
STATISTICS = Table(
    "One row a statistic of a model.",
    {
        "study": _STUDY_OF_MODEL,
        "model_id": _MODEL_OF_STUDY,
        "name": Column("string", "Name of the statistic"),
        "value": Column("Float64", "Its value", "unit of the statistic"),
    },
    key=("study", "model_id", "name"),
)
THRESHOLD_SEARCH = Table(
    "The search for the thresholds of a model, one row a candidate: the likelihood ratio is 0 at "
    "the estimate, and the interval has the candidates under its critical value (Hansen 1999, "
    "equations 12 and 13).",
    {
        "study": _STUDY,
        "model_id": _MODEL,
        "thresholds": Column("Int64", "Number of thresholds of the stage", "number"),
        "position": Column("Int64", "Which of the thresholds of the stage, the first is 1"),
        "threshold": Column("Float64", "Estimate of it", "as the threshold variable"),
        "candidate": Column("Float64", "Value that was tried", "as the threshold variable"),
        "likelihood_ratio": Column("Float64", "Likelihood ratio of the candidate", "ratio"),
    },
    key=("study", "model_id", "thresholds", "position", "candidate"),
)
DESCRIPTIVES = Table(
    "Descriptive statistics of the variables of a study.",
    {
        "study": _STUDY,
        "variable": Column("string", "Column of the panel"),
        "nobs": Column("Int64", "Rows with a value", "rows"),
        "mean": Column("Float64", "Mean", "unit of the variable"),
        "sd": Column("Float64", "Standard deviation (n - 1)", "unit of the variable"),
        "minimum": Column("Float64", "Smallest value", "unit of the variable"),
        "median": Column("Float64", "Median", "unit of the variable"),
        "maximum": Column("Float64", "Largest value", "unit of the variable"),
    },
    key=("study", "variable"),
)
CURVE = Table(
    "One row a combination of the defensible choices of a study (Simonsohn, Simmons and Nelson "
    "2020): the coefficient of digital trade, or of one factor, under it.",
    {
        "study": _STUDY,
        "fit": Column("Int64", "Number of the combination", "number"),
        "outcome": _OUTCOME,
        "treatment": Column("string", "The regressor whose coefficient it is"),
        "controls": Column("string", "Controls"),
        "sample": _SAMPLE,
        "winsorise": Column("string", "Quantiles beyond which values are set to the quantile"),
        "effects": _EFFECTS,
        "vce": Column("string", "Kind of standard errors"),
        "nobs": _NOBS,
        "n_dropped_missing": _DROPPED,
        "estimate": Column(
            "Float64", "Coefficient", "units of the outcome per unit of the treatment"
        ),
        "std_error": _ERROR,
        "statistic": _STATISTIC,
        "p_value": _P_VALUE,
        "ci_low": _CI_LOW,
        "ci_high": _CI_HIGH,
        "standardised": Column(
            "Float64",
            "Coefficient in standard deviations of outcome and treatment",
            "standard deviations",
        ),
        "reason": Column("string", "Why there is no estimate"),
    },
    key=("study", "fit"),
)
SIGN_COMPARISON = Table(
    "Our estimates beside the signs that theory gives them, one row a term of a model.",
    {
        "study": _STUDY_OF_MODEL,
        "model_id": _MODEL_OF_STUDY,
        "term": _TERM,
        "expected_sign": Column("string", "+ or -, as the literature argues"),
        "estimate": Column(
            "Float64", "Coefficient; NULL where it could not be estimated", _PER_TERM
        ),
        "p_value": _P_VALUE,
        "verdict": Column(
            "string",
            "as expected or opposite, not significant where p is 5 % or more, or not estimated "
            "here",
        ),
    },
    key=("study", "model_id", "term"),
)
PUBLISHED_COMPARISON = Table(
    "Our estimates beside the published ones, one row a published estimate.",
    {
        "study": _STUDY,
        "table_number": Column("Int64", "Number of the published table", "number"),
        "column_number": Column("Int64", "Column of the published table", "number"),
        "term": Column("string", "Term in our names"),
        "published_estimate": Column("Float64", "Coefficient as printed", "as printed"),
        "our_estimate": Column(
            "Float64",
            "Our coefficient; NULL where it could not be estimated",
            "as the outcome per unit of the term",
        ),
        "published_std_error": Column("Float64", "Standard error as printed", "as printed"),
        "our_std_error": Column("Float64", "Our standard error", "as the estimate"),
        "same_sign": Column("boolean", "Whether the signs agree"),
        "verdict": Column("string", "In words: how far the two agree"),
        "published_nobs": Column("Int64", "Observations as printed", "rows"),
        "our_nobs": Column("Int64", "Our observations", "rows"),
    },
    key=("study", "table_number", "column_number", "term"),
)
PUBLISHED_AUDIT = Table(
    "Published estimates that cannot go together, or are unusual, one row a finding of the audit.",
    {
        "study": _STUDY,
        "finding": Column("Int64", "Number of the finding, from 1", "number"),
        "table_number": Column("string", "Number of the published table; NULL: of none alone"),
        "column_number": Column("string", "Column of the published table; NULL: of none alone"),
        "term": Column("string", "Term in our names; NULL where it is about more than one"),
        "check_name": Column("string", "Check of the audit"),
        "severity": Column(
            "string", "impossible: no data and no rounding give it; suspicious: unusual, unstated"
        ),
        "place": Column("string", "Where it is printed, in words"),
        "printed": Column("string", "What is printed"),
        "implied": Column("string", "What follows from the other numbers"),
        "reason": Column("string", "Why the two do not go together"),
    },
    key=("study", "finding"),
)
REVISION_IMPACT = Table(
    "The headline estimates of each study on the panel as it was known on every vintage date: each "
    "date at which a row of it changed.",
    {
        "study": _STUDY_OF_MODEL,
        "model_id": _MODEL_OF_STUDY,
        "term": _TERM,
        "as_of": Column(DATE, "Vintage date: the panel is as it was known then", "date"),
        "estimate": Column(
            "Float64", "Coefficient; NULL where the model could not be estimated then", _PER_TERM
        ),
        "std_error": _ERROR,
        "p_value": _P_VALUE,
        "nobs": _NOBS,
        "newest_estimate": Column("Float64", "Coefficient on what is known now", _PER_TERM),
        "newest_p_value": Column("Float64", "Its two-sided p value", "probability"),
        "is_sign_changed": Column(
            "boolean", "Whether the sign differs from that of the newest estimate"
        ),
        "is_significance_changed": Column(
            "boolean", "Whether one of the two is significant at 5 % and the other is not"
        ),
        "warnings": Column("string", "What a reader of the estimate has to know"),
    },
    key=("study", "model_id", "term", "as_of"),
)
PRINTED = Table(
    "A table of a study as it would be printed, one row a cell.",
    {
        "study": _STUDY,
        "row_number": Column("Int64", "Position of the row", "number"),
        "row_label": Column("string", "Variable, term or statistic"),
        "column_number": Column("Int64", "Position of the column", "number"),
        "column_label": Column("string", "Model, or descriptive statistic"),
        "text": Column(
            "string",
            "The cell as printed: coefficient with stars and the standard error in brackets",
        ),
    },
    key=("study", "row_number", "column_number"),
)


def printed(number: int, title: str | None, chinese: str) -> Table:
    """One table of a study as it would be printed, with its title in both languages."""
    subject, in_chinese = (f": {title}", f"：{chinese}") if title else ("", "")
    said = f"Table {number} of the study as it would be printed, one row a cell{subject}."
    zh = f"研究的表 {number}，按论文样式，每个单元格一行{in_chinese}。"
    return replace(PRINTED, description=said, chinese=zh)
