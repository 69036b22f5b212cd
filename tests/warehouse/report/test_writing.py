"""What one part of the report asks for each row of `each`, whatever the rows are called."""

import duckdb

from warehouse.report.declared import Part
from warehouse.report.pictures import Pictures
from warehouse.report.writing import _Writer

RELEASE = """
create schema catalog;
create table catalog.release as select 'X' as release, false as is_synthetic;
create table catalog.dim_table as
select '' as table_name, '' as description_en, '' as description_zh where false;
create table models as from (values ('it''s {number}/b', 1), ('it~s', 2)) as rows (model_id, number)
"""
EACH = Part(
    id="curve_{model_id}",
    title={"en": "Curve of {model_id}", "zh": "{model_id}的曲线"},
    each="from models order by number",
    sql="select number from models where model_id = '{model_id}'",
)


def test_a_model_may_have_any_name(tmp_path):
    """Its name is text in the query and in the title, and no place to be filled; files are apart."""
    with duckdb.connect() as release:
        release.execute(RELEASE)
        writer = _Writer(tmp_path, release, Pictures(tmp_path, None), lambda language, text: text)
        first, second = writer._shown(EACH, None)
    assert [first.answer.rows, second.answer.rows] == [[(1,)], [(2,)]]
    assert first.title["en"] == "Curve of it's {number}/b"
    assert first.id != second.id
    assert not {*"/' {}"} & {*first.id + second.id}


def test_what_fills_a_note_is_said_in_chinese(tmp_path):
    part = EACH.model_copy(update={"note": {"en": "of {model_id}", "zh": "{model_id}的"}})
    words = {("zh", "it~s"): "它"}
    with duckdb.connect() as release:
        release.execute(RELEASE)
        wording = lambda *said: words.get(said, said[1])  # noqa: E731
        _, second = _Writer(tmp_path, release, Pictures(tmp_path, None), wording)._shown(part, None)
    assert second.note == {"en": "of it~s", "zh": "它的"}
    assert second.id == "curve_it~7es"
