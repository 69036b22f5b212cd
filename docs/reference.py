"""What `make docs` adds to the pages that are written by hand: the README, and what code says.

MkDocs calls the functions of this file by their names.
"""

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from gettext import gettext
from typing import Any

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from typer.cli import get_docs_for_click

from orchestration import dbt_manifest, language
from orchestration.cli import app
from orchestration.cli.app import translated
from warehouse.store.releases import PROJECT, SCHEMAS

# Pages of the project's own folder, and their names on the site
BESIDE = {"README.md": "index.md", "AGENTS.md": "AGENTS.md", "CHANGELOG.md": "CHANGELOG.md"}
_LINK = re.compile(r"\]\(([^):#]+)(#[^)]*)?\)")
_FENCE = re.compile(r"^```(\w+) (\S+)$", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have a folder in the navigation stand for its pages."""
    for part in config.nav or []:
        for pages in part.values():
            for page in pages if isinstance(pages, list) else []:
                if isinstance(page, dict):
                    page.update({title: _in(folder) for title, folder in page.items()})
    return config


def _in(folder: str) -> list[str]:
    docs = PROJECT / "docs"
    return [path.relative_to(docs).as_posix() for path in sorted((docs / folder).glob("*.md"))]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand elsewhere and those that are generated."""
    pages = {name: (PROJECT / beside).read_text("utf-8") for beside, name in BESIDE.items()}
    pages |= {"reference/tables.md": "\n".join(tables(dbt_manifest.described()["nodes"].values()))}
    for spoken, folder in {language.Language.en: "", language.Language.zh: "zh/"}.items():
        pages[f"{folder}reference/commands.md"] = commands(spoken)
    for place, content in pages.items():
        files.append(File.generated(config, place, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links between pages as they lie on the site, and fences that name a file with a title."""
    place = page.file.src_uri
    here = {name: beside for beside, name in BESIDE.items()}.get(place, f"docs/{place}")
    linked = _LINK.sub(lambda link: _on_the_site(link, here, place, files), markdown)
    return _FENCE.sub(r'```\1 title="\2"', linked)


def _on_the_site(link: re.Match, here: str, place: str, files: Files) -> str:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(here), link[1]))
    name = BESIDE.get(target, target.removeprefix("docs/"))
    if files.get_file_from_path(name) is None:
        return link[0]
    return f"]({posixpath.relpath(name, posixpath.dirname(place) or '.')}{link[2] or ''})"


def commands(spoken: language.Language) -> str:
    """The help of every command."""
    os.environ[language.VARIABLE] = spoken
    language.speak(spoken)
    group = translated(typer.main.get_command(app))
    title = gettext("Commands")
    return get_docs_for_click(obj=group, ctx=typer.Context(group), name="yearbook", title=title)


def tables(nodes: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Every table of a release with its columns, as dbt's project describes them."""
    yield "# Tables and columns\n"
    yield 'How they are made of each other: <a href="../../dbt.html">dbt\'s catalog</a>.\n'
    named = {(node["schema"], node["name"]): node for node in nodes if node["schema"] in SCHEMAS}
    for (schema, name), node in sorted(named.items()):
        yield f"\n## {schema}.{name}\n\n{node['description']}\n\n| column | type | |\n|---|---|---|"
        for column in node["columns"].values():
            text = " ".join(column["description"].split()).replace("|", "\\|")
            yield f"| `{column['name']}` | {column['data_type'] or ''} | {text} |"
