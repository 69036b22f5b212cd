"""What is wrong with a file of settings, in our words: libraries say it in theirs, and no mend."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

LONGEST = 60  # characters of a value that is shown in a sentence
# What the parser of YAML raises where a value is none of its kind: 2024-02-30, `!!int x`
OF_YAML_VALUES = (ValueError, AttributeError, LookupError)
_WHOLE, _YES_OR_NO = "a whole number", "true or false"
_EXPECTED = {
    **dict.fromkeys(("string_type", "path_type"), "text"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "finite_number"), _WHOLE),
    "int_parsing_size": "a smaller whole number",
    **dict.fromkeys(("bool_type", "bool_parsing"), _YES_OR_NO),
    "list_type": "a list, as in [2020, 2021]",
    "too_short": "one entry or more",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}
# What the parser of YAML says, and what it means
_IN_YAML = {
    re.compile(r"found character '\\t'"): "a tab stands there: indent with spaces",
    re.compile(r"found character '(?P<mark>.)'"): (
        "`{mark}` cannot begin a value: put the value in quotes"
    ),
    re.compile("mapping values are not allowed"): (
        "a colon or an indent stands where none is expected: put a value with a colon in quotes, "
        "and begin keys of one level below each other"
    ),
    re.compile("unexpected end of stream"): "a quotation mark is not closed",
    re.compile(r"expected ',' or '[\]}]'|expected the node content"): (
        "a bracket is not closed, or a comma or a value is missing"
    ),
    re.compile("expected <block end>"): (
        "the line begins further left or right than those of its level"
    ),
    re.compile("could not find expected ':'"): "a key has no colon and blank behind it",
    re.compile("could not determine a constructor"): (
        "it has a tag (!), and plain values are expected"
    ),
    re.compile("unhashable key"): "a key is a list or a mapping: write it as text",
    re.compile("found another document"): "a second document begins there (---): keep one",
    re.compile("unacceptable character|special characters"): (
        "a control character stands there: delete it"
    ),
}


def of_content(
    error: ValidationError, model: type[BaseModel], example: str, missing: Mapping[str, str]
) -> str:
    """What is wrong with a file that should hold a model, by its first wrong key.

    `example` is what its lines look like, `missing` says of a key what to write where it is not.
    """
    problem = error.errors()[0]
    *above, last = [str(part) for part in problem["loc"] if part != "[key]"] or [""]
    key = ".".join([*above, last])
    match problem["type"]:
        case "missing":
            return f"`{key}` is missing: {missing.get(last, 'add it')}"
        case "extra_forbidden":
            known = ", ".join(_model_at(above, model).model_fields)
            return f"`{key}` is not a known key: use {known}"
        case "model_type" | "dict_type" if key:
            return f"`{key}` should hold keys and values"
        case "model_type" | "dict_type":
            return f"expected lines such as `{example}`, with a blank behind the colon"
        case "value_error":
            message = str(problem["ctx"]["error"])
            return f"`{key}`: {message}" if key else message
        case _:
            return of_value(key, problem)


def _model_at(keys: Sequence[str], model: type[BaseModel]) -> type[BaseModel]:
    """The model of what stands below some keys."""
    for key in keys:
        field = model.model_fields.get(key)
        model = (field and _model_in(field.annotation)) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def of_value(key: str, problem: Mapping[str, Any]) -> str:
    """What is wrong with a value that pydantic refused: "`year` is x; expected a whole number"."""
    value, context = shown(problem["input"]), problem.get("ctx", {})
    if problem["type"] == "literal_error":
        expected = context["expected"].replace("'", "")
    else:
        expected = _EXPECTED.get(problem["type"], "something else").format(**context)
    return f"`{key}` is {value}; expected {expected}"


def of_yaml(error: yaml.YAMLError) -> str:
    """Where a text is no YAML and why: "at line 3: a tab stands there: indent with spaces"."""
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    found = ((pattern.search(said), meaning) for pattern, meaning in _IN_YAML.items())
    known = (meaning.format(**match.groupdict()) for match, meaning in found if match)
    problem = next(known, said)
    return f"at line {mark.line + 1}: {problem}" if mark else problem


def of_impossible(written: str) -> str:
    """What is wrong with a value that YAML takes for a date or a number."""
    value = _cut(written)
    return f"`{value}` is a date or a number that cannot be: mend it, or put it in quotes"


def shown(value: object) -> str:
    """A value as it may stand in the file, cut where it is long."""
    if isinstance(value, str | date):
        return _cut(str(value))
    listed = yaml.safe_dump([value], default_flow_style=True, allow_unicode=True, width=math.inf)
    return _cut(listed.strip()[1:-1])


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
