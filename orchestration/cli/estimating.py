"""What needs no warehouse: estimate and audit."""

import json
import sys
from enum import StrEnum
from gettext import ngettext
from pathlib import Path
from typing import Annotated

import typer

from orchestration import language
from orchestration.cli.app import app, can_be_quiet, specification_errors
from orchestration.cli.exporting import (
    DigitsOption,
    LanguageOption,
    TablesOption,
)


class AuditFormat(StrEnum):
    """How `yearbook audit` prints its findings."""

    markdown = "markdown"
    json = "json"


@app.command()
@can_be_quiet
def estimate(
    specification: Annotated[Path, typer.Argument(metavar="SPEC.yml", help="Models to estimate")],
    panel: Annotated[
        Path, typer.Option("--panel", metavar="FILE", help="Data: CSV, Excel, Parquet or Stata")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results")],
    only: Annotated[
        str | None, typer.Option(metavar="NAME", help="One model, or one table such as table_3")
    ] = None,
    tables: TablesOption = None,
    digits: DigitsOption = 3,
    lang: LanguageOption = None,
) -> None:
    """Run any model specification on anybody's panel; no warehouse is needed."""
    with specification_errors():
        from analytics.paper_tables import Style
        from analytics.reports import estimate_files
        from orchestration import translations
        from orchestration.progress import answer, say

        in_language = lang or language.asked(sys.argv[1:])
        style = Style(say=translations.language_of(in_language), digits=digits)
        results = estimate_files(specification, panel, out, only, tables, style)
        models_of: dict[str, list[str]] = {}
        for result in results:
            for warning in result.warnings:
                models_of.setdefault(warning, []).append(result.model_id)
        for warning, models in models_of.items():
            say(f"{', '.join(models)}: {style.words(warning)}", is_synthetic=False)
        count = len(results)
        said = ngettext("{count} model in {file}", "{count} models in {file}", count)
        answer(said.format(count=count, file=out / "results.md"))


@app.command()
def audit(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Published tables: YAML, or CSV with the terms")
    ],
    format: Annotated[AuditFormat, typer.Option(help="How to print the findings")] = (
        AuditFormat.markdown
    ),
) -> None:
    """Check a published regression table for what cannot be; exit status 0 whatever is found."""
    with specification_errors():
        from analytics import audit as audits
        from orchestration.translations import in_language

        report = audits.audit(audits.load_published(file))
        if format is AuditFormat.json:
            typer.echo(json.dumps(report.record(), ensure_ascii=False, indent=1))
        else:
            typer.echo(audits.audit_markdown(report, in_language))
