"""What dbt makes anew in each process although it belongs to a state of the code and to no home.

Jinja turns the text of each model, test and macro into Python, and dbt derives schemas from its own
classes to check its settings by: together a quarter of its own work. `dbt_manifest` keeps both
beside the manifest; whatever is not among them dbt makes as ever.
"""

import json
import marshal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


@dataclass(frozen=True)
class Ready:
    """The Python of templates by their texts, and the schemas of classes by their names."""

    templates: dict[str, CodeType] = field(default_factory=dict)
    schemas: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, content: bytes) -> "Ready":
        """What `content` gave, in the same version of Python."""
        templates, schemas = marshal.loads(content)
        return cls(templates, json.loads(schemas))

    def content(self) -> bytes:
        """Both as bytes."""
        return marshal.dumps((self.templates, json.dumps(self.schemas)))

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Have dbt take what is here, and leave here what it makes meanwhile."""
        from dbt_common.clients.jinja import MacroFuzzEnvironment
        from dbt_common.dataclass_schema import dbtClassMixin

        compiled, derived = MacroFuzzEnvironment.compile, vars(dbtClassMixin)["json_schema"]

        def compile(environment: Any, source: Any, *others: Any, **options: Any) -> Any:
            # The classes below it make other Python of the same text
            if type(environment) is not MacroFuzzEnvironment or others or options:
                return compiled(environment, source, *others, **options)
            if source not in self.templates:
                self.templates[source] = compiled(environment, source)
            return self.templates[source]

        def json_schema(cls: type) -> Any:
            name = f"{cls.__module__}.{cls.__qualname__}"
            if name not in self.schemas:
                self.schemas[name] = derived.__func__(cls)
            return self.schemas[name]

        MacroFuzzEnvironment.compile = compile  # type: ignore[method-assign, assignment]
        dbtClassMixin.json_schema = classmethod(json_schema)  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            MacroFuzzEnvironment.compile = compiled  # type: ignore[method-assign]
            dbtClassMixin.json_schema = derived  # type: ignore[method-assign]

    def compile_all(self, manifest: "Manifest") -> None:
        """Have Jinja turn every text of a manifest into Python; with what is here at hand."""
        from dbt_common.clients.jinja import get_environment

        environment = get_environment()
        for text in (
            *(node.raw_code for node in manifest.nodes.values()),
            *(macro.macro_sql for macro in manifest.macros.values()),
        ):
            environment.compile(text)
