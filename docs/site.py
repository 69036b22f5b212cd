"""What `make docs` adds to the pages that are written by hand, and how they are linked on the site.

MkDocs calls the functions of this file by their names.
"""

import posixpath
import re

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from docs.reference import commands, tables
from orchestration.language import Language
from warehouse.store.releases import PROJECT

# Pages of the project's own folder, and their names on the site
BESIDE = {"README.md": "index.md", "AGENTS.md": "AGENTS.md", "CHANGELOG.md": "CHANGELOG.md"}
_FOLDERS = {Language.en: "", Language.zh: "zh/"}
_LINK = re.compile(r"\]\(([^):#]+)(#[^)]*)?\)")
_FENCE = re.compile(r"^```(\w+) (\S+)$", re.MULTILINE)
_FENCED = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
# A break of a line between two Chinese characters, or signs of their width
_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef“”]) *\n *(?=[\u3000-\u9fff\uff00-\uffef“”])")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have a folder in the navigation stand for its pages."""
    for part in config.nav or []:
        for pages in part.values():
            for page in pages if isinstance(pages, list) else []:
                if isinstance(page, dict):
                    page.update({title: _pages_in(folder) for title, folder in page.items()})
    return config


def _pages_in(folder: str) -> list[str]:
    docs = PROJECT / "docs"
    return [path.relative_to(docs).as_posix() for path in sorted((docs / folder).glob("*.md"))]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand elsewhere and those that are generated."""
    pages = {name: (PROJECT / beside).read_text("utf-8") for beside, name in BESIDE.items()}
    for language, folder in _FOLDERS.items():
        pages[f"{folder}reference/commands.md"] = commands(language)
        pages[f"{folder}reference/tables.md"] = "\n".join(
            tables(language, "../" * (2 + folder.count("/")) + "dbt.html")
        )
    for place, content in pages.items():
        files.append(File.generated(config, place, content=content))
    return files


def on_page_context(
    context: TemplateContext, page: Page, config: MkDocsConfig, nav: Navigation
) -> TemplateContext:
    """Have the theme speak the language of the page: its templates ask for it page by page."""
    is_chinese = page.file.src_uri.startswith(_FOLDERS[Language.zh])
    config.theme["language"] = Language.zh if is_chinese else Language.en
    return context


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links between pages as they lie on the site, and fences that name a file with a title."""
    place = page.file.src_uri
    here = {name: beside for beside, name in BESIDE.items()}.get(place, f"docs/{place}")
    linked = _LINK.sub(lambda link: _on_the_site(link, here, place, files), markdown)
    return _FENCE.sub(r'```\1 title="\2"', _unbroken(linked))


def _unbroken(markdown: str) -> str:
    """Without the breaks between Chinese characters, which a browser shows as blanks."""
    parts = _FENCED.split(markdown)
    return "".join(part if part.startswith("```") else _BREAK.sub("", part) for part in parts)


def _on_the_site(link: re.Match, here: str, place: str, files: Files) -> str:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(here), link[1]))
    name = BESIDE.get(target, target.removeprefix("docs/"))
    if files.get_file_from_path(name) is None:
        return link[0]
    return f"]({posixpath.relpath(name, posixpath.dirname(place) or '.')}{link[2] or ''})"
