"""What every table of a release says of itself."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from analytics.statistic_names import NAMES
from orchestration.assets.studies import STUDIES
from orchestration.descriptions import described
from orchestration.translations import CATALOGUE, VALUES, in_chinese
from warehouse.contract.money import Unit
from warehouse.contract.tables import NO_UNIT, Table, Text, references

# The schemas of a release
READ = ("catalog.", "marts.", "results.")


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return described(STUDIES)


def test_every_table_for_readers_is_described_in_chinese(tables):
    read = [table for address, table in tables.items() if address.startswith(READ)]
    texts = [text for table in read for text in _texts(table)]
    assert len(texts) > 800 and [text.en for text in texts if not text.zh] == []


def test_every_title_of_a_study_is_in_its_file_in_chinese():
    for study in STUDIES:
        titles = [study.title, *study.table_titles.values(), *(m.title for m in study.models)]
        assert [each for each in titles if each and study.in_chinese(each) == each] == []


def _texts(table: Table) -> list[Text]:
    columns = table.columns.values()
    units = [column.unit for column in columns if column.unit.en != NO_UNIT]
    return [table.about, *(column.about for column in columns), *units]


def test_every_translation_is_of_a_text_that_somebody_says(tables):
    said = {table.about.en for table in tables.values()}
    for table in tables.values():
        for column in table.columns.values():
            said |= {column.about.en, column.unit.en}
    with CATALOGUE.open("rb") as stream:
        translated = [message.id for message in read_po(stream) if message.id]
    assert len(translated) > 200
    assert [text for text in translated if text not in said] == []


def test_what_tables_refer_to_has_the_key_that_they_name(tables):
    found = [each for address in tables for each in references(address, tables)]
    assert len(found) > 60
    category = [each for each in found if each.to == "catalog.dim_category"]
    assert {each.columns for each in category} == {("classification", "category_code")}


ROOT = Path(__file__).resolve().parents[2]


def test_every_translated_value_stands_in_the_code():
    """Whole or, of a sentence with places, each part between them."""
    folders = ("analytics", "dbt_project", "orchestration", "warehouse")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.*")]
    code = [
        f for f in files if f.suffix in (".py", ".sql", ".yml", ".csv") and "target" not in f.parts
    ]
    joined = re.compile(r"\"\s*\n\s*f?\"|'\s*\n?\s*(?:\|\||~)\s*'")  # in two pieces
    written = [joined.sub("", file.read_text(encoding="utf-8")) for file in code]
    computed = [*NAMES.values(), *(f"{unit} USD" for unit in Unit)]
    said = "\n".join([*written, *computed])
    with VALUES.open("rb") as stream:
        texts = [str(message.id) for message in read_po(stream) if message.id]
    parts = {part for text in texts for part in re.split(r"\{\w*\}", text)}
    assert len(texts) > 200 and [part for part in sorted(parts) if part not in said] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no_data", "没有数据"),
        ("control `edu` is missing: no source provides it", "缺少控制变量 `edu`：没有来源提供"),
        (
            "control `a` is missing in 3 of 4 rows; control `b` is missing in 1 of 4 rows",
            "控制变量 `a` 在 4 行中有 3 行缺失；控制变量 `b` 在 4 行中有 1 行缺失",
        ),
        ("no file has it: reports of CIPS", "没有文件提供：CIPS 的报告"),
        ("a sentence of nobody", "a sentence of nobody"),
    ],
)
def test_values_are_said_in_chinese(text, said):
    assert in_chinese(text) == said
