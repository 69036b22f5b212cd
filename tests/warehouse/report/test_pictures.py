"""A picture is drawn once: the report after takes it from the one before, if it would be the same."""

from pathlib import Path

import pytest

from warehouse.report import pictures
from warehouse.report.pictures import Pictures

SPECIFICATION = {
    "data": {"values": [{"year": 2021, "value": 1.5}, {"year": 2022, "value": 2.5}]},
    "mark": "line",
    "encoding": {"x": {"field": "year"}, "y": {"field": "value"}},
    "title": "SYNTHETIC 数字贸易指数",
}


def drawn(folder: Path, specification: dict, earlier: Path | None = None) -> str:
    (folder / "figures").mkdir(parents=True)
    drawings = Pictures(folder, earlier)
    drawings.draw("index", specification)
    drawings.write_down()
    return (folder / "figures" / "index.svg").read_text(encoding="utf-8")


@pytest.fixture
def earlier(tmp_path) -> Path:
    assert "SYNTHETIC 数字贸易指数" in drawn(tmp_path / "earlier", SPECIFICATION)
    (tmp_path / "earlier" / "figures" / "index.svg").write_text("taken", encoding="utf-8")
    return tmp_path / "earlier"


def test_the_same_picture_is_taken_from_the_earlier_report(earlier, tmp_path):
    assert drawn(tmp_path / "later", SPECIFICATION, earlier) == "taken"


def test_a_picture_of_other_data_is_drawn_anew(earlier, tmp_path):
    other = SPECIFICATION | {"data": {"values": [{"year": 2021, "value": 1.5}]}}
    assert drawn(tmp_path / "later", other, earlier).startswith("<svg")


def test_vega_is_put_together_once_a_version(tmp_path, monkeypatch):
    for report, program in {"first": "made", "second": "never asked for"}.items():
        monkeypatch.setattr(
            pictures.vl_convert, "javascript_bundle", lambda *_, said=program, **__: said
        )
        (tmp_path / report / "static").mkdir(parents=True)
        Pictures(tmp_path / report, None).write_program(tmp_path / "kept")
    written = {path.read_text(encoding="utf-8") for path in tmp_path.glob("*/static/vega.js")}
    assert written == {"(() => {made\n})();\n"}
