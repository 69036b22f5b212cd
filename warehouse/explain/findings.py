"""What a release was made of and does without: files, cells, headings, variables, models."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb

from warehouse.explain import coverage, revisions

Row = dict[str, Any]

_FILE = "source_id || '/' || edition || '/' || file_name as file"
_FILES = f"""
select {_FILE}, role, reason, cells_used, cells_not_used from catalog.dim_file order by 1
"""
_UNUSED = f"""
select {_FILE}, unused.cells, unused.is_rejected, unused.reason, unused.sentence
from catalog.unused_cell as unused join catalog.dim_file using (source_id, edition, file_name)
where role = 'taken' order by cells desc, 1
"""
_HEADINGS = """
select regexp_replace(label, '\\s+', ' ', 'g') as label, source_id, sum(cells)::bigint as cells,
    min(edition || '/' || file_name) as first_file
from catalog.unmapped_label group by all order by cells desc, 1, 2
"""
# What differs between cells that are rejected for one reason stands in quotation marks
_REJECTED = f"""
select {_FILE}, reason, cells, first_locator,
    substring(sentence, position(first_locator || ': ' in sentence) + length(first_locator) + 2)
        as example
from catalog.unused_cell where is_rejected order by 1, 2
"""
_WARNINGS = """
select check_name, indicator_id, message from catalog.data_warning
order by check_name, indicator_id, area_code, year
"""
_MODELS = """
select study, model_id, nobs, warnings, (study, model_id) in
    (select (study, model_id) from results.estimates where estimate is not null) as is_estimated
from results.models order by study, table_number, column_number, model_id
"""


@dataclass(frozen=True)
class Findings:
    """Rows of the tables that say it; `absent` are the variables of the studies without a file."""

    files: list[Row]
    unused: list[Row]
    headings: list[Row]
    rejected: list[Row]
    warnings: list[Row]
    absent: list[Row]
    revised: list[Row]
    models: list[Row]

    @cached_property
    def roles(self) -> Counter[str]:
        return Counter(file["role"] for file in self.files)

    def of_role(self, role: str) -> list[Row]:
        return [file for file in self.files if file["role"] == role]

    @cached_property
    def cells_unused(self) -> Counter[str]:
        """How many cells of the files that are taken are not used, by the kind of reason."""
        counts: Counter[str] = Counter()
        for row in self.unused:
            counts["rejected" if row["is_rejected"] else row["reason"]] += row["cells"]
        return counts


def read(release: duckdb.DuckDBPyConnection) -> Findings:
    """What a release says about itself."""
    names = ("catalog.dim_indicator", "catalog.coverage", "results.revisions", "catalog.dim_area")
    indicators, known, revised, areas = (release.sql(f"from {name}").df() for name in names)
    absent = coverage.without_source(coverage.summarise(indicators, known))
    return Findings(
        files=_rows(release, _FILES),
        unused=_rows(release, _UNUSED),
        headings=_rows(release, _HEADINGS),
        rejected=_rows(release, _REJECTED),
        warnings=_rows(release, _WARNINGS),
        absent=absent.to_dict("records"),
        revised=revisions.report(revised, areas).to_dict("records"),
        models=_rows(release, _MODELS),
    )


def _rows(release: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    result = release.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
