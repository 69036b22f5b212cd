"""The tables of results: declared once, and a study is one file."""

import numpy as np
import pandas as pd
import pytest
import yaml

from analytics import tables
from analytics.errors import SpecificationError
from analytics.specification import (
    STUDIES,
    Specification,
    Study,
    load_studies,
    parse_specification,
)
from analytics.study_results import result_tables, study_results

ALONE = {
    "study": "wages",
    "title": "What wages do",
    "panel": {"entity": "province_code", "time": "year"},
    "headline": {"models": ["pooled"], "terms": ["wage"]},
    "expected_signs": {"wage": "+"},
    "descriptives": {"table_number": 1, "variables": ["wage"]},
    "table_titles": {2: "wages"},
    "published": [
        {
            "table_number": 2,
            "column_number": 1,
            "model_id": "pooled",
            "terms": {"wage": {"estimate": 2.0, "std_error": 0.5}},
        }
    ],
    "models": [
        {
            "id": "pooled",
            "table_number": 2,
            "column_number": 1,
            "estimator": "pooled_ols",
            "outcome": "expy",
            "regressors": ["wage"],
        }
    ],
}
PANEL = pd.DataFrame(
    {
        "province_code": ["11", "11", "12", "12", "13", "13"],
        "year": [2012, 2013] * 3,
        "expy": [1.0, 2.1, 2.9, 4.0, 5.2, 5.9],
        "wage": [0.5, 1.0, 1.5, 2.0, 2.5, 3.0],
    }
)
HISTORY = PANEL.assign(known_from=pd.Timestamp("2014-06-30"), known_to=None)


def write(folder, content: dict) -> None:
    (folder / f"{content['study']}.yml").write_text(yaml.safe_dump(content))


def test_every_table_and_column_is_described():
    for table in result_tables(load_studies()).values():
        assert table.description.strip() and {*table.key} < {*table.columns}
        assert all(each.description.strip() and each.unit for each in table.columns.values())


def test_a_study_is_one_file(tmp_path):
    write(tmp_path, ALONE)
    [study] = [study for study in load_studies(tmp_path) if study.study == "wages"]
    told = result_tables([study])
    printed = "Table 1 of the study as it would be printed"
    assert told["wages__table_1"].description.startswith(printed)
    assert told["wages__table_2"].description.endswith("one row a cell: wages.")
    found = study_results([study], PANEL, HISTORY)
    assert set(found) == set(told)
    for name, rows in found.items():
        assert list(rows) == list(told[name].columns)
        assert not rows.duplicated(list(told[name].key)).any()
        assert len(rows) or name in ("specification_curve", "threshold_search", "published_audit")
        assert set(rows["study"]) <= {"wages"}
    [published] = found["published_comparison"].to_dict("records")
    assert published["verdict"] == "same sign and within two joint errors"
    assert published["our_estimate"] == pytest.approx(8.725 / 4.375)
    assert found["sign_comparison"]["verdict"].tolist() == ["as expected"]
    [impact] = found["revision_impact"].to_dict("records")
    assert impact["estimate"] == pytest.approx(published["our_estimate"], rel=1e-12)


def test_two_studies_of_one_name_are_refused(tmp_path):
    name = "digital_trade_export_sophistication"
    write(tmp_path, ALONE | {"study": name})
    with pytest.raises(SpecificationError, match=f"another study is named `{name}`"):
        load_studies(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "empty", [PANEL.iloc[:0], pd.DataFrame(), pd.DataFrame({"province_code": ["11"]})]
)
def test_a_panel_without_rows_or_columns_gives_results_with_reasons(empty):
    history = empty.assign(known_from=pd.Timestamp("2014-06-30"), known_to=None)
    for vintages in (history, history.iloc[:0]):
        studies = load_studies()
        found = study_results(studies, empty, vintages)
        assert set(found) == set(result_tables(studies))
        assert found["models"]["warnings"].str.contains("not estimated: ").all()
        assert found["models"]["nobs"].isna().all()
        assert set(found["published_comparison"]["verdict"]) == {"not estimated here"}
        assert found["estimates"].empty and found["specification_curve"].empty
        assert found["revision_impact"]["warnings"].str.contains("not estimated: ").all()
        assert all(len(found[study.printed_name(study.table_numbers[-1])]) for study in studies)


def test_files_of_the_package_are_named_after_their_study():
    assert [study.study for study in load_studies()] == [
        file.stem for file in sorted(STUDIES.glob("*.yml"))
    ]


def test_a_model_takes_the_panel_that_it_names():
    pairs = {"table": "panel__country_partner_year", "entity": "pair", "time": "year"}
    further = {**ALONE["models"][0], "id": "far", "panel": "pairs", "outcome": "sales"}
    content = {**ALONE, "panels": {"pairs": pairs}, "models": [*ALONE["models"], further]}
    study = parse_specification(content, Study)
    assert study.tables == ["panel__province_year", "panel__country_partner_year"]
    table = pd.DataFrame(
        {"pair": ["a", "b", "c"], "year": 2012, "wage": [1.0, 2, 3], "sales": [2.0, 4.5, 6]}
    )
    for known, nobs in ((table, 3), (table.iloc[:0], None)):
        tables = {"panel__country_partner_year": known}
        models = study_results([study], PANEL, HISTORY, tables)["models"].set_index("model_id")
        assert models.loc["pooled", "nobs"] == 6
        far = models.loc["far"]
        assert far["nobs"] == nobs if nobs else far["warnings"].startswith("not estimated: ")


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        (Study, {}, "model `pooled`: `panels` has no `pairs`; it has none"),
        (
            Study,
            {"panel": {"table": "elsewhere"}},
            "`panel.table` is 'elsewhere'; expected panel__province_year",
        ),
        (Specification, None, "model `pooled`: `panel: pairs` is for studies"),
    ],
)
def test_a_panel_that_is_not_declared_is_a_sentence(kind, change, sentence):
    models = [{**ALONE["models"][0], "panel": "pairs"}]
    content = {"models": models} if change is None else {**ALONE, **change, "models": models}
    with pytest.raises(SpecificationError) as error:
        parse_specification(content, kind)
    assert sentence in str(error.value)


def test_a_candidate_for_a_threshold_that_many_rows_have_is_one():
    """Quantiles of a variable with few values coincide, and the key of the table holds."""
    generator = np.random.default_rng(1)
    panel = pd.DataFrame(
        {
            "province_code": np.repeat(list("abcdefghij"), 8),
            "year": list(range(2012, 2020)) * 10,
            "wage": generator.integers(1, 6, 80).astype(float),
            "expy": generator.normal(size=80),
        }
    )
    model = ALONE["models"][0] | {
        "estimator": "threshold",
        "effects": "entity",
        "regressors": [],
        "regime_dependent": ["wage"],
        "threshold_variable": "wage",
        "thresholds": 1,
        "trim": [0.1],
        "bootstrap": {"replications": 5, "seed": 1},
    }
    study = parse_specification(ALONE | {"models": [model], "headline": {}}, Study)
    history = panel.assign(known_from=pd.Timestamp("2021-06-30"), known_to=None)
    search = study_results([study], panel, history)["threshold_search"]
    assert len(search) and not search.duplicated(list(tables.THRESHOLD_SEARCH.key)).any()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"descriptives": {"variables": ["wage", "wage"]}}, "`variables` lists `wage` twice"),
        ({"headline": {"models": ["pooled"] * 2}}, "`models` lists `pooled` twice"),
        ({"headline": {"terms": ["wage"] * 2}}, "`terms` lists `wage` twice"),
    ],
)
def test_what_would_give_a_row_twice_is_refused(change, sentence):
    with pytest.raises(SpecificationError, match=sentence):
        parse_specification(ALONE | change, Study)


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ({"estimate": 1.0, "stars": "†"}, "stars` is '†'"),
        ({"estimate": float("inf")}, "estimate` is inf"),
        ({"estimate": 1.0, "std_error": -0.1}, "std_error` is -0.1"),
    ],
)
def test_a_published_number_that_cannot_be_printed_is_refused(printed, sentence):
    published = ALONE["published"][0] | {"terms": {"wage": printed}}
    with pytest.raises(SpecificationError, match=sentence):
        parse_specification(ALONE | {"published": [published]}, Study)
