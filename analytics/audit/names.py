"""What papers call the columns, statistics and estimators of their tables, in both languages."""

import re
import unicodedata

HAN = "\u4e00-\u9fff"
CONSTANTS = {"const", "cons", "_cons", "constant", "intercept", "(intercept)"}
CONSTANTS |= {"常数", "常数项", "截距", "截距项"}
OTHER_THAN_LEAST_SQUARES = {"iv", "2sls", "gmm", "dynamic", "threshold", "logit", "probit", "tobit"}
OTHER_THAN_LEAST_SQUARES |= {"ppml", "poisson", "random", "re", "quantile", "mle"}
STATISTICS = (
    *("r2", "r2_within", "r2_overall", "r2_lsdv", "r2_adjusted"),
    *("hansen_j", "hansen_df", "hansen_p", "sargan", "sargan_df", "sargan_p"),
    *("diff_hansen_j", "diff_hansen_df", "diff_hansen_p", "ar1_z", "ar1_p", "ar2_z", "ar2_p"),
    *("n_instruments", "indirect_effect", "total_effect", "direct_effect", "sobel_z", "sobel_p"),
    *("proportion_mediated", "threshold", "f_statistic", "crit_10", "crit_05", "crit_01"),
)
# In which a statistic is written in other words than its name
_WORDS = (
    (re.compile("p值|pvalue"), "p"),
    (re.compile("rsquared?|rsq|r方"), "r2"),
    (re.compile("adjusted|调整后的?|调整|修正后?的?"), "adj"),
    (re.compile("within|组内"), "within"),
    (re.compile("overall|总体"), "overall"),
    (re.compile("检验|test"), ""),
)
_CRITICAL = ("crit", "criticalvalue", "临界值")
_OTHER_STATISTICS = {
    "adjr2": "r2_adjusted",
    "r2adj": "r2_adjusted",
    "withinr2": "r2_within",
    "overallr2": "r2_overall",
    "instruments": "n_instruments",
    "numberofinstruments": "n_instruments",
    "工具变量数": "n_instruments",
    "工具变量个数": "n_instruments",
    "clusters": "n_clusters",
    "numberofclusters": "n_clusters",
    "聚类数": "n_clusters",
    "拟合优度": "r2",
    "中介效应占比": "proportion_mediated",
    "中介占比": "proportion_mediated",
    "p": "p_value",
    "f值": "f_statistic",
    "f统计量": "f_statistic",
    "门槛值": "threshold",
    "门限值": "threshold",
    **{f"{level}{word}": f"crit_{level:02}" for level in (10, 5, 1) for word in _CRITICAL},
    **{f"{word}{level}": f"crit_{level:02}" for level in (10, 5, 1) for word in _CRITICAL},
}
_HEADINGS = {
    "term": ("variable", "variables", "regressor", "变量", "变量名", "解释变量"),
    "coef": ("coefficient", "estimate", "系数", "估计系数", "回归系数"),
    "se": ("stderr", "stderror", "standarderror", "标准误"),
    "stars": ("significance", "显著性", "星号"),
    "statistic": (
        "t",
        "z",
        "tstat",
        "tvalue",
        "tstatistic",
        "zstat",
        "zvalue",
        "zstatistic",
        "t值",
        "z值",
        "t统计量",
        "z统计量",
    ),
    "p_value": ("p", "pval"),
    "table": ("表", "表号"),
    "column": ("列", "列号"),
    "outcome": ("depvar", "dependentvariable", "被解释变量", "因变量"),
    "estimator": ("method", "估计方法"),
    "n": (
        "nobs",
        "obs",
        "observations",
        "numberofobservations",
        "noofobs",
        "观测值",
        "观测数",
        "样本量",
        "样本数",
    ),
    "units": ("entities", "个体数", "省份数"),
    "periods": ("years", "时期数", "年数"),
    "note": ("notes", "备注", "注"),
}
# What the words of an estimator in Chinese, which no blanks part, are in English
_ESTIMATORS = {
    "混合": "pooled",
    "最小二乘": "ols",
    "两阶段": "2sls",
    "工具变量": "iv",
    "固定效应": "fixed",
    "随机效应": "random",
    "虚拟变量": "dummies",
    "广义矩": "gmm",
    "动态": "dynamic",
    "门槛": "threshold",
    "门限": "threshold",
    "缩尾": "winsorised",
    "控制变量": "controls",
    "权重": "weights",
}


def statistic_of(name: str) -> str:
    """The name of a statistic however it is written: "Hansen p", "Adj. R²", 调整后R²."""
    folded = unicodedata.normalize("NFKC", name).strip().casefold()
    return _KNOWN.get(_plain(name), re.sub(r"[\s.-]+", "_", folded))


def heading_of_field(name: str) -> str:
    """The field that a heading stands for, or the statistic: "Std. error", 标准误."""
    return _FIELDS.get(_plain(name), statistic_of(name))


def words_of(text: str) -> frozenset[str]:
    """The words of a text, and what its Chinese ones say of an estimator in English."""
    folded = text.casefold()
    latin = re.findall(rf"(?<![^\W{HAN}])[a-z0-9]+(?![^\W{HAN}])", folded)
    chinese = [english for part, english in _ESTIMATORS.items() if part in folded]
    return frozenset([*re.findall(r"[^\W_]+", folded), *latin, *chinese])


def _plain(name: str) -> str:
    text = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return text


_KNOWN = {_plain(name): name for name in STATISTICS} | _OTHER_STATISTICS
_FIELDS = {_plain(word): field for field, words in _HEADINGS.items() for word in words}
