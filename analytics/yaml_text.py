"""Reading the YAML of specifications and of published tables."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from analytics.errors import SpecificationError, shown


class SingleKeys(yaml.SafeLoader):
    """YAML in which each key stands once: of two it would take the last in silence."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value that a node spells, unless it spells none, as 2024-02-30 and `!!int x`."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, AttributeError, LookupError):
            said = (
                f"{shown(node.value)} is no date or number that can be; mend it or put it in quotes"
            )
            raise yaml.MarkedYAMLError(problem=said, problem_mark=node.start_mark) from None

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """The mapping, unless a key of it stands twice."""
        node = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                said = f"the key `{key.value}` stands there for the second time"
                raise yaml.MarkedYAMLError(problem=said, problem_mark=key.start_mark)
            seen.add(str(key.value))
        return node


def read_text(path: Path, encodings: Sequence[str] = ("utf-8-sig",)) -> str:
    """The text of a file that people write, in the first of the encodings that it is in.

    Raises SpecificationError where it cannot be read.
    """
    for encoding in encodings:
        try:
            return path.read_text(encoding=encoding)
        except OSError as error:
            raise SpecificationError(f"cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            continue
    raise SpecificationError("is not text in UTF-8; save it as UTF-8")


def read_yaml(text: str, loader: type[yaml.SafeLoader] = SingleKeys) -> Any:
    """What a text spells. Raises SpecificationError with the line for one that is no YAML."""
    try:
        return yaml.load(text, Loader=loader)
    except RecursionError:
        raise SpecificationError("is nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line if mark else text.count("\n", 0, getattr(error, "position", 0))
        problem = getattr(error, "problem", None) or "a control character stands there: delete it"
        if "constructor" in problem:
            problem = "it has a tag (!), and plain values are expected"
        mend = "; stars go in quotes" if "alias" in (getattr(error, "context", None) or "") else ""
        raise SpecificationError(f"is not valid YAML in line {line + 1}: {problem}{mend}") from None
