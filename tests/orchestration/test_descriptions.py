"""What every table of a release says of itself."""

import pytest
from babel.messages.pofile import read_po

from orchestration.assets.studies import STUDIES
from orchestration.descriptions import described
from orchestration.translations import CATALOGUE
from warehouse.contract.tables import NO_UNIT, Table, references

IN_CHINESE = [
    *(f"catalog.dim_{name}" for name in ("area", "province", "indicator", "category", "file")),
    *(f"catalog.{name}" for name in ("dim_source", "dim_table", "dim_column", "release")),
    *(f"catalog.{name}" for name in ("rejected_file", "note", "coverage")),
    *(f"marts.fct_{name}" for name in ("observation", "observation__vintages")),
    *(f"marts.{name}" for name in ("printed_series", "observation_input", "made_from")),
    "marts.fct_export__province_category_year",
    *(f"marts.idx_{name}" for name in ("prody__category_year", "expy__province_year")),
    *(f"marts.idx_digital_trade__{name}" for name in ("weights", "province_year", "contributions")),
    "marts.panel__province_year",
    *(f"results.{name}" for name in ("models", "estimates", "statistics", "published_comparison")),
]


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return described(STUDIES)


@pytest.mark.parametrize("address", IN_CHINESE)
def test_the_tables_of_daily_use_are_described_in_chinese(tables, address):
    table = tables[address]
    texts = [table.about, *(column.about for column in table.columns.values())]
    texts += [each.unit for each in table.columns.values() if each.unit.en != NO_UNIT]
    assert [text.en for text in texts if not text.zh] == []


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
