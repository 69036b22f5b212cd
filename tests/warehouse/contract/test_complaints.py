"""What is wrong with a setting is said as it stands in the file, and with what was expected."""

from collections.abc import Iterator
from datetime import date

import pytest
from pydantic import BaseModel, ValidationError

from warehouse.contract import complaints
from warehouse.contract.editions import ColumnDeclaration, Edition, FileDeclaration
from warehouse.contract.policy import Policy

OF_A_LIBRARY = ("something else", "is None", "is True", "is nan", "is inf", "datetime", "['", "\n")
VALUES = [None, True, -1, 2.5, float("nan"), float("inf"), 10**30, "x", [], [None], {}, {"a": None}]
VALUES += [date(2020, 9, 30), [date(2020, 9, 30)], "a\nb"]
PARTS = [part.annotation for part in Policy.model_fields.values()]


def refusals(model: type[BaseModel]) -> Iterator[ValidationError]:
    below = {"x": {"x": 1}}
    contents = [{key: value} for key in model.model_fields for value in [*VALUES, below]]
    for content in [*VALUES, *contents, below]:
        try:
            model.model_validate(content)
        except ValidationError as error:
            yield error


@pytest.mark.parametrize("model", [Edition, FileDeclaration, ColumnDeclaration, Policy, *PARTS])
def test_any_value_of_any_key_is_said_in_our_words(model):
    for error in refusals(model):
        said = complaints.of_content(error, model, "key: value", {})
        assert not any(words in said for words in OF_A_LIBRARY), said


def test_an_unknown_key_is_told_the_keys_of_its_place():
    with pytest.raises(ValidationError) as raised:
        FileDeclaration.model_validate({"columns": {"GDP": {"indicator": "gdp", "unti": "亿元"}}})
    said = complaints.of_content(raised.value, FileDeclaration, "", {})
    known = ", ".join(ColumnDeclaration.model_fields)
    assert said == f"`columns.GDP.unti` is not a known key: use {known}"
