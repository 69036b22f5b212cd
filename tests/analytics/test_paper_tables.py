"""Tables for papers: what stands in them, and that each kind of file can be read back."""

import gc
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest

from analytics import table_files
from analytics.paper_tables import PaperTable, Style, paper_table, variable_label
from analytics.printed_tables import Row, all_models, printed_cells, printed_table
from analytics.reports import estimate_files, result_frames
from analytics.results import Estimate, ModelResult
from analytics.specification import Specification, Study, parse_specification
from analytics.table_files import latex, markdown, write_tables
from orchestration.translations import in_chinese

LABELS = {"trade": "Trade & 贸易_1", "distance": "Distance", "exporter": "exporter", "id": "firm"}


def _result(model: str, **facts) -> ModelResult:
    terms = (
        Estimate("trade", -0.12345, 0.0123, -10.0, 1e-9, -0.15, -0.1),
        Estimate("const", 2.0, None, None, None, None, None),
    )
    usual = {"estimator": "ppml", "outcome": "flow", "effects": "none", "vce": "hc1 (stata)"}
    return ModelResult(model, **(usual | {"nobs": 1234, "terms": terms, "table_number": 3} | facts))


@pytest.fixture
def specification() -> Specification:
    models = [
        {"id": name, "estimator": "pooled_ols", "outcome": "flow", "regressors": ["trade"]}
        for name in ("gravity", "two_way")
    ]
    return parse_specification({"panel": {"entity": "id", "time": "year"}, "models": models})


def _paper(specification: Specification, results: list[ModelResult], **style) -> PaperTable:
    frames = result_frames("own", results)
    return paper_table(all_models(frames, specification), Style(labels=LABELS, **style))


def _rows(table: PaperTable) -> dict[str, list[str]]:
    return {row.label: [cell.text for cell in row.cells] for row in table.rows if row.label}


def test_sets_of_effects_are_rows_whatever_the_estimator_calls_them(specification):
    """Of ppml the sets stand in `effects`; "Entity effects no" would be wrong of them."""
    results = [
        _result("gravity", effects="exporter:year + id"),
        _result("two_way", effects="two_way + trends"),
    ]
    table = all_models(result_frames("own", results), specification)
    found = {
        row.name: [c.cells[row] for c in table.columns]
        for row in table.rows
        if row.kind == "effects"
    }
    assert found == {
        "entity": ["yes", "yes"],  # `id` is the entity of the panel
        "time": ["no", "yes"],
        "exporter:year": ["yes", "no"],
        "trends": ["no", "yes"],
    }
    assert list(found) == ["entity", "time", "exporter:year", "trends"]
    labels = set(printed_cells(table)["row_label"])
    assert {"Entity effects", "exporter:year effects", "Entity trends"} <= labels
    alone = all_models(result_frames("own", results[:1]), specification)
    assert Row("effects", "time") not in alone.rows


def test_errors_stand_below_stars_beside_and_digits_are_those_asked_for(specification):
    results = [
        _result(
            "gravity",
            vce="cluster by id and year (stata)",
            statistics={"model_p": 1e-12, "model_f": 9.87654},
        ),
        _result(
            "two_way",
            warnings=("control `distance` is missing",),
            sample="year < 2020",
            entities_dropped=("A", "B"),
        ),
    ]
    table = _paper(specification, results, digits=2, notes=("SYNTHETIC data.",))
    assert [[row.label, *(cell.text for cell in row.cells)] for row in table.rows[:3]] == [
        ["Trade & 贸易_1", "-0.12***", "-0.12***"],
        ["", "(0.01)", "(0.01)"],
        ["Constant", "2.00", "2.00"],
    ]
    rows = _rows(table)
    assert rows["Errors"] == ["clustered by firm, year", "robust (HC1)"]
    assert rows["N"] == ["1234", "1234"]
    assert rows["p of all slopes"] == ["<0.01", ""] and rows["F"] == ["9.88", ""]
    assert table.notes == (
        "Standard errors in brackets. *** p < 0.01, ** p < 0.05, * p < 0.1.",
        "Dependent variable: flow.",
        "(2) Sample: year < 2020.",
        "(2) control Distance is missing.",
        "SYNTHETIC data.",
    )
    tiny = _paper(
        specification,
        [_result("gravity", terms=(Estimate("trade", 1.5e-7, 1e-9, 150.0, 0.0, 0, 0),))],
    )
    assert tiny.rows[0].cells[0].text == "1.5e-07***"  # not 0.000


def test_a_table_in_chinese(specification):
    rows = _rows(
        _paper(
            specification,
            [_result("gravity", effects="two_way", n_dropped_missing=2)],
            say=in_chinese,
        )
    )
    assert {
        "常数项",
        "个体固定效应",
        "时间固定效应",
        "标准误",
        "观测值",
        "因缺失剔除的观测",
    } <= set(rows)
    assert rows["个体固定效应"] == ["是"]


@pytest.mark.parametrize(
    ("term", "label"),
    [
        ("L1.trade", "Trade (lag 1)"),
        ("trade:distance", "Trade × Distance"),
        ("trade:region[East]", "Trade × region (East)"),
        ("trade[regime 2]", "Trade (regime 2)"),
        ("event[-1]", "event time -1"),
        ("unknown_name", "unknown_name"),
    ],
)
def test_terms_in_words(term, label):
    assert variable_label(term, Style(labels=LABELS | {"trade": "Trade"})) == label


def test_equations_name_what_they_explain_and_share_one_set_of_statistics():
    model = {
        "id": "m",
        "estimator": "mediation",
        "outcome": "flow",
        "treatment": "trade",
        "mediator": "distance",
    }
    study = parse_specification(
        {"study": "s", "title": "S", "models": [model | {"table_number": 3, "title": "Channel"}]},
        Study,
    )
    terms = tuple(
        Estimate("trade", 1.0, 0.5, 2.0, 0.04, 0, 2, equation=name)
        for name in ("total", "mediator", "direct")
    )
    frames = result_frames("s", [_result("m", terms=terms, statistics={"sobel_z": 1.25})])
    table = paper_table(printed_table(frames, study, 3), Style(labels=LABELS))
    assert table.heads == (
        ("(1)", "(2)", "(3)"),
        ("Channel: Total effect", "Channel: Mediator", "Channel: Direct effect"),
        ("flow", "Distance", "flow"),
    )
    assert _rows(table)["Sobel z"] == ["", "", "1.250"]
    slopes = [replace(term, equation=name) for term in terms for name in ("main", "simple_slopes")]
    frames = result_frames("s", [_result("m", terms=slopes[:2], statistics={"model_f": 1.25})])
    table = paper_table(printed_table(frames, study, 3), Style(labels=LABELS))
    assert _rows(table)["F"] == ["1.250", ""]


@pytest.fixture
def wide(specification) -> PaperTable:
    """Eight models, of which the last alone has a weight."""
    results = [_result(f"m{n}", weights="distance" if n == 7 else None) for n in range(8)]
    return _paper(specification, results, notes=("100% SYNTHETIC_data.",))


def test_a_table_that_is_too_wide_for_a_page_goes_on(wide):
    first, second = wide.parts(6)
    assert [len(part.heads[0]) for part in (first, second)] == [6, 2]
    assert "Weights" in _rows(second) and "Weights" not in _rows(first)
    assert second.caption == "own, continued" and (first.notes, second.notes) == ((), wide.notes)
    assert len(second.rows) == len(wide.rows) == len(first.rows) + 1


def test_latex_has_no_sign_that_it_would_misread(wide, tmp_path):
    text = latex(wide)
    assert r"Trade \& 贸易\_1 & $-$0.123*** &" in text and r"100\% SYNTHETIC\_data." in text
    lines = [line for line in text.splitlines() if line.rstrip("*").endswith(r"\\")]
    assert {len(re.findall(r"(?<!\\)&", line)) for line in lines} == {6, 2}
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2
    if not shutil.which("pdflatex"):
        return
    head = r"\documentclass{article}\usepackage{booktabs,array,longtable}\begin{document}"
    page = head + text.replace("贸易", "") + r"\end{document}"
    (tmp_path / "t.tex").write_text(page, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stdout


def test_files_of_every_kind_hold_the_table(wide, tmp_path):
    written = write_tables([wide], tmp_path)
    assert {path.suffix for path in written} == {".tex", ".docx", ".html", ".md", ".xlsx"}
    label = "Trade & 贸易_1"
    tables = docx.Document(str(tmp_path / "own.docx")).tables
    assert [len(table.columns) for table in tables] == [7, 3]
    assert [cell.text for cell in tables[1].rows[2].cells] == [label, "-0.123***", "-0.123***"]
    [page] = pd.read_html(tmp_path / "own.html", header=None)
    found = page[page.iloc[:, 0] == label].iloc[0]
    assert list(found[1:]) == ["-0.123***"] * 8
    line = next(line for line in markdown(wide).splitlines() if label in line)
    assert line.count("|") == 10 and r"-0.123\*\*\*" in line
    sheet = openpyxl.load_workbook(tmp_path / "own.xlsx").active
    cell = next(row[1] for row in sheet.iter_rows() if row[0].value == label)
    assert cell.value == pytest.approx(-0.12345) and cell.number_format == '0.000"***"'
    for path in written:
        text = path.read_bytes()
        if path.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(path) as parts:
                text = b"".join(parts.read(name) for name in parts.namelist())
        assert b"SYNTHETIC" in text, path


def test_an_estimation_of_ones_own_has_its_own_labels(tmp_path):
    random = np.random.default_rng(1)
    panel = pd.DataFrame({"firm": np.repeat(range(20), 5), "year": list(range(5)) * 20})
    panel["value"], panel["capital"] = random.normal(size=(2, 100))
    panel["inv"] = panel["value"] + random.normal(size=100)
    panel["listed"] = random.integers(0, 2, 100)
    panel.to_stata(
        tmp_path / "firms.dta",
        write_index=False,
        variable_labels={"value": "Market value", "capital": "Stock", "listed": "=1 if listed"},
    )
    (tmp_path / "spec.yml").write_text(
        "panel: {entity: firm, time: year}\nlabels: {inv: Investment, capital: Capital}\n"
        "models: [{id: a, title: First, estimator: fixed_effects, outcome: inv, regressors: [value, capital, listed], effects: two_way}]\n"
    )
    files = [tmp_path / name for name in ("spec.yml", "firms.dta")]
    [result] = estimate_files(
        *files, tmp_path / "out", tables=tmp_path / "tables", style=Style(digits=4)
    )
    text = (tmp_path / "tables" / "spec.md").read_text(encoding="utf-8")
    slope = result.terms[0].estimate
    assert f"| Market value | {slope:.4f}" in text.replace(r"\*", "") and "| Capital |" in text
    assert "Dependent variable: Investment." in text and "First" in text
    assert "Entity effects" in text
    sheet = openpyxl.load_workbook(tmp_path / "tables" / "spec.xlsx").active
    [label] = [cell for [cell] in sheet.iter_rows(max_col=1) if cell.value == "=1 if listed"]
    assert label.data_type == "s"  # as a formula it would be a damaged workbook


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_document_that_finds_no_room_is_one_refusal(monkeypatch):
    said = []
    monkeypatch.setattr(sys, "unraisablehook", said.append)
    with pytest.raises(OSError, match="No space left on device"):
        table_files._save(openpyxl.Workbook(), Path("/dev/full"))
    gc.collect()
    assert said == []
