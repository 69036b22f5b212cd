"""Pictures of figures, drawn when the report is written, and the program that draws them later.

Both are Vega's: the same specification gives the figure on a page, its SVG and its PNG. The program
belongs to the version of its package and to no report: it is put together once.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

from warehouse.contract import files

# The newest that this version of the package knows, in pages and pictures alike
VEGA_LITE = vl_convert.get_vegalite_versions()[-1]
_SNIPPET = "window.vegaEmbed = vegaEmbed;"
_ON_PAPER = {"background": "white"}
_WIDTH = 720  # pixels, where a page would say how much room there is


class Pictures:
    """The drawings of one report; what an earlier report drew of the same is taken from there."""

    def __init__(self, folder: Path, earlier: Path | None) -> None:
        self._folder = folder
        self._earlier = earlier
        self._drawn = _read(earlier / "pictures.json") if earlier else {}
        self._hashes: dict[str, str] = {}

    def draw(self, name: str, specification: Mapping[str, Any]) -> None:
        """Write `name`.svg. A page draws its PNG, which takes a processor three times as long."""
        whole = {"width": _WIDTH, **_ON_PAPER, **specification}
        text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
        file = f"figures/{name}.svg"
        if not self._taken(file, text + VEGA_LITE):
            picture = vl_convert.vegalite_to_svg(text, vl_version=VEGA_LITE)
            (self._folder / file).write_text(picture, encoding="utf-8")

    def write_program(self, kept: Path | None) -> None:
        """Write Vega as one script that any page can load; it is kept in the folder `kept`."""
        made_of = f"{_SNIPPET}{VEGA_LITE} {version('vl-convert-python')}"
        name = f"vega-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.js"
        target = self._folder / "static" / "vega.js"
        if kept is None or not (kept / name).exists():
            program = vl_convert.javascript_bundle(_SNIPPET, vl_version=VEGA_LITE)
            # Names of a script are those of the page, unless they are inside a function
            target.write_text(f"(() => {{{program}\n}})();\n", encoding="utf-8")
            if kept is not None:
                _keep(target, kept / name)
        else:
            shutil.copyfile(kept / name, target)

    def write_down(self) -> None:
        """Write of what each picture was made, for the report that comes after this one."""
        text = json.dumps(self._hashes, indent=1, sort_keys=True)
        (self._folder / "pictures.json").write_text(text, encoding="utf-8")

    def _taken(self, name: str, made_of: str) -> bool:
        """Whether the earlier report has it, made of the same; then it is here now."""
        sha256 = self._hashes[name] = hashlib.sha256(made_of.encode()).hexdigest()
        if self._earlier is None or self._drawn.get(name) != sha256:
            return False
        shutil.copyfile(self._earlier / name, self._folder / name)
        return True


def _keep(program: Path, place: Path) -> None:
    with suppress(OSError):  # a user without a folder of his own has it put together each time
        files.write_atomically(place, program.read_text(encoding="utf-8"))


def _read(file: Path) -> dict[str, str]:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
