"""From files to files: what is read, and the format of what is written."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from analytics.errors import SpecificationError
from analytics.panel_files import read_panel
from analytics.reports import estimate_files
from analytics.specification import parse_specification
from analytics.study import run_specification
from analytics.tables import CURVE, ESTIMATES, MODELS, STATISTICS
from tests.workbooks import workbook

MODEL_KEYS = [
    "model_id",
    "estimator",
    "convention",
    "nobs",
    "n_entities",
    "n_periods",
    "n_dropped_missing",
    "n_singletons",
    "terms",
    "statistics",
    "tests",
    "warnings",
]
TERM_KEYS = ["equation", "term", "estimate", "std_error", "statistic", "p_value"]
TERM_KEYS += ["ci_low", "ci_high", "vif", "vif_within"]
SPECIFICATION = {
    "panel": {"entity": "firm", "time": "year"},
    "models": [
        {
            "id": "baseline",
            "estimator": "fixed_effects",
            "outcome": "y",
            "regressors": ["x", "z"],
            "effects": "two_way",
            "vce": {"type": "cluster", "by": ["firm"]},
            "tests": ["hausman", {"joint": ["x", "z"]}],
            "leave_one_out": "entity",
        },
        {
            "id": "split",
            "estimator": "pooled_ols",
            "outcome": "y",
            "regressors": ["x"],
            "split_by": "town",
        },
        {
            "id": "instrumented",
            "estimator": "iv",
            "outcome": "y",
            "endogenous": ["x"],
            "instruments": ["z"],
        },
        {
            "id": "channel",
            "estimator": "mediation",
            "outcome": "y",
            "treatment": "x",
            "mediator": "z",
            "effects": "entity",
            "bootstrap": {"replications": 50},
        },
        {
            "id": "regime",
            "estimator": "threshold",
            "outcome": "y",
            "regime_dependent": ["x"],
            "threshold_variable": "z",
            "thresholds": 2,
            "convention": "exhaustive",
            "bootstrap": {"replications": 20},
        },
        {
            "id": "dynamic",
            "estimator": "dynamic_panel",
            "outcome": "y",
            "regressors": ["x"],
            "gmm_instruments": [{"variable": "y", "lags": [2, 3]}],
            "iv_instruments": ["x"],
        },
    ],
    "specification_curve": {
        "base": "baseline",
        "choices": {"treatment": ["x", "z"], "controls": [[]], "effects": ["none", "entity"]},
    },
}


def _panel() -> pd.DataFrame:
    random = np.random.default_rng(0)
    firm, year = np.divmod(np.arange(15 * 8), 8)
    data = pd.DataFrame({"firm": firm + 100, "year": year + 2000})
    data[["x", "z"]] = random.normal(size=(len(data), 2)).round(6)
    data["y"] = (data["x"] + firm + random.normal(size=len(data))).round(6)
    data["town"] = np.where(firm < 6, "北京", "天津")
    return data


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("estimate")
    (folder / "my models.yml").write_text(yaml.safe_dump(SPECIFICATION), encoding="utf-8")
    _panel().to_csv(folder / "panel.csv", index=False)
    estimate_files(folder / "my models.yml", folder / "panel.csv", folder / "deep" / "out")
    return folder / "deep" / "out"


def test_json_has_the_keys_of_the_contract(out):
    content = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert list(content) == ["models"]
    ids = [model["model_id"] for model in content["models"]]
    assert ids == ["baseline", "split[北京]", "split[天津]", "split", "instrumented", "channel",
                   "regime", "dynamic", "specification_curve"]  # fmt: skip
    for model in content["models"]:
        assert list(model) == MODEL_KEYS
        for term in model["terms"]:
            assert list(term) == TERM_KEYS
            assert isinstance(term["estimate"], float)
        assert all(isinstance(value, float) for value in model["statistics"].values())
        assert all(isinstance(warning, str) for warning in model["warnings"])
    models = dict(zip(ids, content["models"], strict=True))
    assert {term["equation"] for term in models["channel"]["terms"]} == {
        "total",
        "mediator",
        "direct",
    }
    assert models["regime"]["convention"] == "exhaustive"
    assert [stage["thresholds"] for stage in models["regime"]["tests"]] == [1, 2]
    assert models["baseline"]["nobs"] == 120
    assert models["baseline"]["convention"] is None


def test_tables_are_the_same_results(out):
    content = json.loads((out / "results.json").read_text(encoding="utf-8"))
    tables = {path.stem: pd.read_parquet(path) for path in out.glob("*.parquet")}
    schemas = {"models": MODELS, "estimates": ESTIMATES, "statistics": STATISTICS}
    schemas["specification_curve"] = CURVE
    assert {name: list(table.columns) for name, table in tables.items()} == {
        name: list(declared.columns) for name, declared in schemas.items()
    }
    terms = [term for model in content["models"] for term in model["terms"]]
    assert tables["estimates"]["estimate"].tolist() == [term["estimate"] for term in terms]
    assert set(tables["models"]["study"]) == {"my models"}
    assert len(tables["specification_curve"]) == 4
    assert (out / "specification_curve.png").read_bytes().startswith(b"\x89PNG")
    names = tables["statistics"].query("model_id == 'regime'")["name"].tolist()
    assert {"single_p_value", "double_f_statistic", "double_estimate_2"} <= set(names)
    assert not tables["statistics"].duplicated(["study", "model_id", "name"]).any()


def test_markdown_shows_every_model(out):
    text = (out / "results.md").read_text(encoding="utf-8")
    for model in SPECIFICATION["models"]:
        assert f"## {model['id']}" in text
    assert "channel: mediator" in text
    assert "120 rows, 15 entities, 8 periods" in text
    assert "| hausman_p |" in text
    widths = {
        line.count("|") - line.count("\\|")
        for line in text.split("## ")[0].splitlines()
        if line.startswith("|")
    }
    assert len(widths) == 1


def test_what_does_not_exist_is_null(tmp_path):
    specification = {
        "panel": {"entity": "firm", "time": "year"},
        "models": [
            SPECIFICATION["models"][0] | {"vce": {"type": "cluster", "by": ["firm", "year"]}}
        ],
    }
    (tmp_path / "s.yml").write_text(yaml.safe_dump(specification))
    _panel().to_csv(tmp_path / "p.csv", index=False)
    estimate_files(tmp_path / "s.yml", tmp_path / "p.csv", tmp_path / "out")
    text = (tmp_path / "out" / "results.json").read_text()
    constant = json.loads(text)["models"][0]["terms"][-1]
    assert constant["term"] == "const"
    assert "NaN" not in text
    assert not (tmp_path / "out" / "specification_curve.parquet").exists()


def _write(data: pd.DataFrame, path: Path) -> Path:
    match path.suffix:
        case ".csv":
            data.to_csv(path, index=False)
        case ".parquet":
            data.to_parquet(path, index=False)
        case ".dta":
            data.to_stata(path, write_index=False, version=118)
        case ".tsv":
            data.to_csv(path, index=False, sep="\t")
    return path


@pytest.mark.parametrize("name", ["panel.csv", "panel.parquet", "panel.dta", "panel.tsv"])
def test_kinds_of_files_hold_the_same_panel(tmp_path, name):
    data = _panel()
    data.loc[3, "x"] = np.nan
    read = read_panel(_write(data, tmp_path / name))
    pd.testing.assert_frame_equal(
        read.astype(data.dtypes.to_dict()), data, check_dtype=False, check_column_type=False
    )


def test_text_files_as_people_have_them(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_bytes("省份;年份; 值 \n北京;2012;1.5\n天津;2012;.\n".encode("gb18030"))
    read = read_panel(path)
    assert list(read.columns) == ["省份", "年份", "值"]
    assert read["省份"].tolist() == ["北京", "天津"]
    assert read["值"].isna().tolist() == [False, True]
    path.write_bytes("\ufefffirm,year\r\n1,2000\r\n".encode())
    assert list(read_panel(path).columns) == ["firm", "year"]
    path.write_text('\n \n"firm\n(id)"\t"a,b"\tsize (5")\n1\t2\t3\n')
    read = read_panel(path)
    assert read.to_dict("list") == {"firm (id)": [1], "a,b": [2], 'size (5")': [3]}
    path.write_text("firm,year\n1,2000,\n2,2001,\n")  # a comma at the end of each line
    assert read_panel(path).to_dict("list") == {"firm": [1, 2], "year": [2000, 2001]}
    path.write_text("firm,year,,\n1,2000,,\n2,2001,,\n,,,\n")  # empty columns, and a row of them
    assert read_panel(path).to_dict("list") == {"firm": [1, 2], "year": [2000, 2001]}
    path.write_text("firm,x\na,1\n,\nb,.a\nc,.\n,\n,\n")  # Stata's missing, and no row at the end
    read = read_panel(path)
    assert read["firm"].isna().tolist() == [False, True, False, False]
    assert read["x"].isna().tolist() == [False, True, True, True]


@pytest.mark.parametrize("name", ["panel.csv", "panel.xlsx"])
def test_an_error_that_a_spreadsheet_left_is_missing_and_told(tmp_path, name):
    rows = [["Panel"], ["firm", "year", "y", "x"], ["a", 1, "#DIV/0!", 1], ["a", 2, 1, 3]]
    rows += [["b", 1, 3, 4], ["b", 2, 1, 6], ["b", 3, "#REF!", 5]]
    if name.endswith(".csv"):
        lines = [",".join(map(str, row)) for row in rows]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    else:
        (tmp_path / name).write_bytes(workbook(rows))
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["x"]}
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    data = read_panel(tmp_path / name, ["firm", "year"])
    [result] = run_specification(parse_specification(content), data)
    assert result.nobs == 3
    assert [said for said in result.warnings if "spreadsheet" in said] == [
        "`y` has 2 errors of a spreadsheet, which count as missing, the first #DIV/0! in C3: "
        "mend the formula, or leave the cell empty"
    ]


@pytest.mark.parametrize("name", ["panel.csv", "panel.xlsx"])
def test_the_code_of_namibia_is_a_label_and_a_number_that_is_na_is_missing(tmp_path, name):
    columns = {
        "iso": ["CN", "CN", "NA", "NA", "US", "US"],
        "year": [2010, 2011] * 3,
        "y": [1, "NA", 2, 5.5, "null", 4],
        "member": [True, "NA", False, True, True, False],
        "signed": ["2010-01-31", "NA", "2011-05-01", "2010-01-31", "2012-01-31", "2010-01-31"],
        "school": ["None", "Primary", "None", "Primary", "Secondary", ""],
    }
    path = tmp_path / name
    data = pd.DataFrame(columns)
    data.to_csv(path, index=False) if path.suffix == ".csv" else data.to_excel(path, index=False)
    read = read_panel(path)
    assert read["iso"].tolist() == columns["iso"]
    assert read["y"].isna().tolist() == [False, True, False, False, True, False]
    assert read["y"].sum() == 12.5 and read["member"].sum() == 3
    assert read["signed"].isna().sum() == 1
    assert read["school"].isna().tolist() == [False] * 5 + [True]
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["school"]}
    model["categorical"] = ["school"]
    content = {"panel": {"entity": "iso", "time": "year"}, "models": [model]}
    read["y"] = [1.0, 4, 2, 8, 5, 7]
    [result] = run_specification(parse_specification(content), read)
    assert result.n_entities == 3 and result.terms[0].term == "school[Primary]"
    assert any(said.startswith("`school` is 'None' in row 1, which") for said in result.warnings)
    assert not any("iso" in said for said in result.warnings)


def test_a_new_stata_file_with_chinese_of_old_is_read_without_a_word_of_the_library(tmp_path):
    """Programs that write the bytes of Windows in China into a file that says it is in UTF-8."""
    path = tmp_path / "p.dta"
    _panel().assign(town="企业").to_stata(path, write_index=False, version=118)
    path.write_bytes(path.read_bytes().replace("企业".encode(), "企业".encode("gbk") + b"  "))
    with warnings.catch_warnings(action="error"):
        assert read_panel(path)["town"].str.strip().unique().tolist() == ["企业"]


def test_long_codes_stay_apart_beside_an_empty_cell(tmp_path):
    """18 digits are more than a number of floating point holds; a file that has such is refused."""
    data, path = _panel(), tmp_path / "p.csv"
    data["code"] = (911_000_000_000_000_000 + data["firm"]).astype(object)
    data.loc[2, "code"] = None
    data.to_csv(path, index=False)
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["x"]}
    model["vce"] = {"type": "cluster", "by": ["code"]}
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    [result] = run_specification(parse_specification(content), read_panel(path))
    assert result.statistics["n_clusters"] == data["firm"].nunique()
    assert result.n_dropped_missing == 1
    for lost in (data["code"].astype(float), (100_000_000 + data["firm"]).astype("float32")):
        with pytest.raises(SpecificationError, match="`code` has codes of more digits than"):
            run_specification(parse_specification(content), data.assign(code=lost))
    days = (data["year"] * 10_000 + 1231).astype("float32")  # of which 31 is none any more
    with pytest.raises(SpecificationError, match="`year` has codes of more digits than"):
        run_specification(parse_specification(content), data.assign(year=days))


def test_a_period_is_named_as_it_is_written(tmp_path):
    data = _panel()
    lone = data.iloc[[0]].assign(firm=999, year=data["year"].max() + 1)
    data = pd.concat([data, lone], ignore_index=True)
    data["year"] = pd.to_datetime(data["year"].astype(str) + "-01-01")
    model = {"id": "m", "estimator": "fixed_effects", "outcome": "y", "regressors": ["x"]}
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    model["effects"] = "two_way"
    [result] = run_specification(parse_specification(content), data)
    assert any(f"period {lone['year'].iloc[0]}-01-01 dropped" in w for w in result.warnings)


def test_stata_dates_and_labels_are_years_and_numbers(tmp_path):
    data = _panel().assign(
        year=lambda d: pd.to_datetime(d["year"].astype(str)),
        group=lambda d: pd.Categorical.from_codes(d["firm"] % 2, ["no", "yes"]),
    )
    data.to_stata(tmp_path / "p.dta", convert_dates={"year": "ty"}, version=118)
    read = read_panel(tmp_path / "p.dta")
    assert sorted(read["group"].unique()) == [0, 1]
    assert read["year"].dt.year.min() == 2000


def test_of_several_sheets_the_one_with_the_keys_is_the_panel(tmp_path):
    data, path = _panel(), tmp_path / "p.xlsx"
    about = pd.DataFrame({"variable": ["x", "y"], "year": [2000, 2001]})
    with pd.ExcelWriter(path) as book:
        about.to_excel(book, sheet_name="sources", index=False)
        data.to_excel(book, sheet_name="data", index=False)
    read = read_panel(path, ["firm", "year"])
    pd.testing.assert_frame_equal(read, data, check_dtype=False)
    for keys in ([], ["year"], ["village", "year"]):  # none, both, neither
        with pytest.raises(SpecificationError, match="sheets with data are: sources, data; save"):
            read_panel(path, keys)


@pytest.mark.parametrize(
    "above",
    ["sep=;\n", "表1 企业面板\n \n单位：万元\n", '"表1; 企业\n面板";;;\n', "a,b,c,d,e,f\n;;;\n"],
)
def test_titles_may_stand_above_the_headings_of_a_text(tmp_path, above):
    data, path = _panel(), tmp_path / "p.csv"
    path.write_text(above + data.to_csv(index=False, sep=";"), encoding="gb18030")
    pd.testing.assert_frame_equal(read_panel(path, ["firm", "year"]), data)


def test_a_sheet_may_have_titles_and_entities_in_merged_cells(tmp_path):
    data, path = _panel().rename(columns={"x": "2001"}), tmp_path / "p.xlsx"
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        gaps = data.assign(firm=data["firm"].where(~data["firm"].duplicated()))
        gaps.rename(columns={"2001": 2001}).to_excel(book, index=False, startrow=3)
        sheet = book.sheets["Sheet1"]
        sheet["A1"], sheet["A2"] = "表1 企业面板", "单位：万元"
        sheet.merge_cells("A1:D1")
        starts = [5 + row for row in range(len(data)) if row == 0 or pd.notna(gaps["firm"][row])]
        for first, after in zip(starts, [*starts[1:], 5 + len(data)], strict=True):
            sheet.merge_cells(start_row=first, end_row=after - 1, start_column=1, end_column=1)
    read = read_panel(path, ["firm", "year"])
    pd.testing.assert_frame_equal(read, data, check_dtype=False)
    with pytest.raises(SpecificationError, match="have no heading"):
        read_panel(path, ["village", "year"])


@pytest.mark.parametrize("version", [114, 117, 118])
def test_stata_files_of_any_age_are_read_in_their_own_words(tmp_path, version):
    """Those before Stata 14 have the bytes of the machine that wrote them."""

    def stored(text: str, encoding: str) -> str:
        return text if version == 118 else text.encode(encoding).decode("latin-1")

    texts = {"gb18030": ("北京", "工业企业数", "東部"), "latin-1": ("Québec", "Größe", "été")}
    for encoding, (name, variable, value) in texts.items():
        data = _panel().assign(town=stored(name, encoding), group=lambda d: d["firm"] % 2)
        data.to_stata(
            tmp_path / "p.dta",
            write_index=False,
            version=version,
            variable_labels={"x": stored(variable, encoding)},
            value_labels={"group": {0: stored(value, encoding), 1: "east"}},
        )
        read = read_panel(tmp_path / "p.dta")
        assert read["town"].unique().tolist() == [name]
        assert read.attrs["variable_labels"] == {"x": variable}
        assert read.attrs["value_labels"] == {"group": {0.0: value, 1.0: "east"}}


def test_labels_that_two_values_share_leave_both_apart(tmp_path):
    """And the labels of the other variables as they are."""
    random = np.random.default_rng(2)
    data = _panel().assign(group=lambda d: random.integers(0, 3, len(d)).astype("int8"))
    data["half"] = random.integers(0, 2, len(data)).astype("int8")
    labels = {"group": {0: "low", 1: "high", 2: "high"}, "half": {0: "no", 1: "yes"}}
    data.to_stata(tmp_path / "p.dta", write_index=False, value_labels=labels, version=118)
    model = {"id": "m", "estimator": "pooled_ols", "outcome": "y", "regressors": ["x", "x:group"]}
    model["regressors"] += ["x:half"]
    content = {"panel": {"entity": "firm", "time": "year"}, "models": [model]}
    [result] = run_specification(parse_specification(content), read_panel(tmp_path / "p.dta"))
    shown = [term.term for term in result.terms]
    assert shown == ["x", "x:group[1]", "x:group[2]", "x:half[yes]", "const"]


def test_keys_in_the_index_of_a_parquet_file_are_columns(tmp_path):
    _panel().set_index(["firm", "year"]).to_parquet(tmp_path / "p.parquet")
    assert {"firm", "year"} <= set(read_panel(tmp_path / "p.parquet").columns)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("absent.csv", None, r"absent\.csv: cannot be read \(No such file"),
        ("p.pdf", b"", r"p\.pdf: is no panel file .* \.csv, \.xlsx, \.parquet or \.dta"),
        ("empty.csv", b"", "the file is empty"),
        ("twice.csv", b"firm,x,x\n1,2,3\n", "two columns are named `x`"),
        ("broken.parquet", b"no parquet at all", r"broken\.parquet: cannot be read"),
        ("broken.dta", b"no stata at all", r"broken\.dta: cannot be read"),
        (
            "late.csv",
            b"firm,y\na,1\nb,1,234\n",
            "line 3 has 3 cells, and the lines before it have 2",
        ),
        ("beside.csv", b"firm,y,,\na,1,,2\n", "line 2 has 4 cells, and the heading has 2"),
        ("all.csv", b"firm,y\na,1,234\nb,2,345\n", "line 2 has 3 cells, and the heading has 2"),
        ("endless.csv", b"x" * 200_000 + b",y\n1,2\n", "cannot be read as .csv"),
        ("pipes.csv", b"firm|y\na|1\n", r"has a single column, `firm\|y`: part cells by commas"),
        ("binary.csv", b"\xff\xfe\x00\x81\xff\xff", "is not text in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SpecificationError, match=sentence):
        read_panel(tmp_path / name)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "s.yml").write_text(yaml.safe_dump(SPECIFICATION))
    _panel().to_csv(tmp_path / "p.csv", index=False)
    with pytest.raises(SpecificationError, match=r"p\.csv: cannot be written \(File exists\)"):
        estimate_files(tmp_path / "s.yml", tmp_path / "p.csv", tmp_path / "p.csv")
