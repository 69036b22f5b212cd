"""What `yearbook export --tables` writes of the studies of the current release."""

from dataclasses import fields
from gettext import gettext as _
from pathlib import Path

import duckdb

from analytics.errors import SpecificationError
from analytics.paper_tables import PaperTable, Style, paper_table
from analytics.printed_tables import printed_table
from analytics.specification import Study, load_studies
from analytics.study import StudyTables
from analytics.study_results import printed_tables
from analytics.table_files import write_tables
from orchestration import judgement, translations, wording
from orchestration.cli.printing import synthetic_label
from orchestration.language import Language
from orchestration.progress import say
from warehouse.contract.home import Home
from warehouse.explain.tracing.reading import nearest
from warehouse.export.files import NotWritten
from warehouse.export.selection import NotThere
from warehouse.store import releases

# In the order in which the release prints them, which its tables, sorted by their values, have lost
_IN_ORDER = {
    "estimates": """
        select found.* from results.estimates as found
        left join (select distinct row_label, row_number from results."{0}") as terms
            on found.term = terms.row_label
        left join (select distinct column_label, column_number from results."{0}") as equations
            on concat_ws(': ', found.model_id, nullif(found.equation, 'main')) = column_label
        where found.study = $1 order by column_number, row_number""",
    "descriptives": """
        select found.* from results.descriptives as found
        left join (select distinct row_label, row_number from results."{0}") as variables
            on found.variable = variables.row_label
        where found.study = $1 order by row_number""",
}
_AS_IT_IS = "from results.{1} where study = $1 order by all"


def write_study_tables(home: Home, to: Path, names: str, language: Language, digits: int) -> None:
    """Write the tables that are named in every format.

    Raises `NoRelease`, `NotThere` and `NotWritten`.
    """
    chosen = _chosen([*load_studies(), *judgement.studies_of(home)], names)
    with releases.connect_current(home) as release:
        label = synthetic_label(release)
        found = [
            _paper_table(release, study, number, language, digits)
            for study, number in chosen.values()
        ]
    try:
        written = write_tables(found, to)
    except SpecificationError as error:
        raise NotWritten(str(error)) from None
    said = _("{tables} tables in {files} files in {folder}")
    said = said.format(tables=len(found), files=len(written), folder=to)
    say(said, is_synthetic=label is not None)


def _chosen(studies: list[Study], names: str) -> dict[str, tuple[Study, int]]:
    """The tables that go by names: `table_3` of every study, a study, one table, or `all`."""
    tables = printed_tables(studies)
    chosen: dict[str, tuple[Study, int]] = {}
    for name in filter(None, (part.strip() for part in names.split(","))):
        wanted = name.replace("/", "__")
        of_name = {
            full: table
            for full, table in tables.items()
            if wanted in ("all", full, table[0].study, f"table_{table[1]}")
        }
        if not of_name:
            known = {f"table_{number}" for _, number in tables.values()}
            near = nearest(name, [*sorted(known), *(study.study for study in studies), *tables])
            raise NotThere(f'"{name}" is no table and no study{near}')
        chosen |= of_name
    return chosen


def _paper_table(
    release: duckdb.DuckDBPyConnection,
    study: Study,
    number: int,
    language: Language,
    digits: int,
) -> PaperTable:
    """One table of a study of the release, in the words of a language."""
    printed = study.printed_name(number)
    found = StudyTables(
        **{
            each.name: release.execute(
                _IN_ORDER.get(each.name, _AS_IT_IS).format(printed, each.name), [study.study]
            ).df()
            for each in fields(StudyTables)
        }
    )
    [(label,)] = release.execute("select label from catalog.release").fetchall()
    say = translations.language_of(language)
    style = Style(
        say=say,
        digits=digits,
        labels=wording.variable_names(release, language) | study.labels,
        titles=study.chinese_titles if language is Language.zh else {},
        notes=(say("{}.").format(say(label)),),
    )
    return paper_table(printed_table(found, study, number), style)
