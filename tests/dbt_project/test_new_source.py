"""A new source is its folder and its lines in the seeds: nothing else has to know of it."""

from pathlib import Path

import duckdb
import pytest

import warehouse.sources
from warehouse.intake import raw
from warehouse.store import build

DESCRIPTION = """source_id: bureau
title_zh: 某局
title_en: A bureau
publisher: The bureau
licence: free
release_month: 3
release_day: 1
authority: 1
"""
# Lines such as "Beijing | output | 12.5 | 亿元 | 2020"
READER = '''"""Lines of area, indicator, number, unit and year."""

from warehouse.contract.cells import cell_record, table
from warehouse.contract.source import Reading, SourceFile


def read(file: SourceFile) -> Reading:
    records = []
    for row, line in enumerate(file.data.decode().splitlines()):
        area, indicator, number, unit, year = (part.strip() for part in line.split("|"))
        labels = {"area_label": area, "indicator_label": indicator, "unit_label": unit}
        records.append(cell_record(row, 2, "value", number, **labels, period_label=year))
    return Reading(table(records))
'''
LINES = {
    "table_aliases": "bureau,,lines\n",
    "indicator_aliases": "bureau,lines,output,gdp\n",
    "area_aliases": "bureau,capital,110000,as the bureau calls it\n",
    "corrections": "bureau,gdp,120000,2020,,,7,70,a digit is missing,the bureau said so,,\n",
}


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch):
    """The folder of a source outside the project, which the package of sources looks into too."""
    folder = tmp_path / "sources" / "bureau"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "source.yml").write_text(DESCRIPTION, encoding="utf-8")
    (folder / "reader.py").write_text(READER, encoding="utf-8")
    monkeypatch.setattr(
        warehouse.sources, "__path__", [*warehouse.sources.__path__, str(tmp_path / "sources")]
    )
    warehouse.sources.sources.cache_clear()
    yield
    monkeypatch.undo()
    warehouse.sources.sources.cache_clear()
    raw._reader_version.cache_clear()


def test_a_source_is_a_folder_and_lines_of_seeds(bureau, filled, build_models, with_lines):
    home = filled(
        {
            "bureau/2021/a.csv": "Capital | output | 12.5 | 亿元 | 2020\n"
            "Tianjin | output | 7 | 亿元 | 2020\nTianjin | debt | 1 | 亿元 | 2020\n",
            "bureau/2021/_edition.yml": "published_on: 2021-03-01\n",
        }
    )
    tables = ("fct_observation", "dim_source", "unmapped_label", "correction", "dim_file")
    build_models(home, *tables, project=with_lines(LINES))
    with duckdb.connect(str(build.path(home))) as database:
        assert database.execute(
            "select indicator_id, area_code, year, value, source_id, locator "
            "from marts.fct_observation where indicator_id = 'gdp' order by all"
        ).fetchall() == [
            ("gdp", "110000", 2020, 12.5, "bureau", "C1"),
            ("gdp", "120000", 2020, 70.0, "bureau", "C2"),
        ]
        assert database.execute(
            "select title_en, authority from catalog.dim_source where source_id = 'bureau'"
        ).fetchall() == [("A bureau", 1)]
        assert database.execute(
            "select label, cells from catalog.unmapped_label where source_id = 'bureau'"
        ).fetchall() == [("debt", 1)]
        assert database.execute("select text_used from catalog.correction").fetchall() == [("70",)]
        assert database.execute("select role from catalog.dim_file").fetchall() == [("taken",)]
