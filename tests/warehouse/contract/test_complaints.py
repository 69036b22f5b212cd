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
# What says these itself, in the words of its file
SAID_ELSEWHERE = {"missing", "extra_forbidden", "model_type", "dict_type", "value_error"}
PARTS = [part.annotation for part in Policy.model_fields.values()]


def problems(model: type[BaseModel]) -> Iterator[dict]:
    for key in model.model_fields:
        for value in VALUES:
            try:
                model.model_validate({key: value})
            except ValidationError as error:
                yield from error.errors()


@pytest.mark.parametrize("model", [Edition, FileDeclaration, ColumnDeclaration, *PARTS])
def test_any_value_of_any_key_is_said_in_our_words(model):
    for problem in problems(model):
        if problem["type"] not in SAID_ELSEWHERE:
            said = complaints.of_value(".".join(map(str, problem["loc"])), problem)
            assert not any(words in said for words in OF_A_LIBRARY), said
