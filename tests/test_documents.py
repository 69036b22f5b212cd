"""What the documents for developers name is there."""

import csv
import re
from pathlib import Path
from typing import get_args

import pytest
import typer
import yaml
from babel.messages.pofile import read_po

from analytics.estimators.registry import AnyModel
from orchestration.assets.studies import STUDIES
from orchestration.cli import app
from orchestration.language import Language, catalogue
from orchestration.translations import CATALOGUE, SENTENCES, VALUES
from tests.pages import PAGES, blocks, commands
from warehouse.sources import sources

ROOT = Path(__file__).resolve().parents[1]
FILES = [
    path.relative_to(ROOT).as_posix()
    for folder in ("analytics", "dbt_project", "docs", "orchestration", "tests", "warehouse")
    for path in (ROOT / folder).rglob("*")
] + [path.name for path in ROOT.glob("*.*")]
NAMED = re.compile(
    r"`([\w./-]+\.(?:py|sql|yml|csv|md)|[\w-]+(?:/[\w-]+)+/?|(?:int|idx|stg|fct)_\w+)`"
)
# What a page says of a line of YAML or SQL, in its own language
_REMARK = re.compile(r"\s*(?:#|--) .*$", re.MULTILINE)


@pytest.mark.parametrize("document", ["AGENTS.md"])
def test_every_file_that_is_named_is_there(document: str) -> None:
    names = NAMED.findall((ROOT / document).read_text(encoding="utf-8"))
    endings = {name.rstrip("/") for name in names}
    lacking = [
        name
        for name in endings
        if not any(f"/{file}".endswith((f"/{name}", f"/{name}.sql")) for file in FILES)
    ]
    assert not lacking and len(endings) > 30


@pytest.mark.parametrize(
    ("page", "list_of_sources", "all_but"),
    [
        ("sources.md", r"^- `<source>` is one of (.*?)\.$", "all but"),
        ("zh/sources.md", r"^- `<来源>` 是 `warehouse/sources/` (.*?)。$", "除"),
    ],
)
def test_the_sources_and_the_keys_that_they_heed_are_those_of_the_code(
    page: str, list_of_sources: str, all_but: str
) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    [listed] = re.findall(list_of_sources, text, re.DOTALL | re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", listed)) == set(sources())
    declared = {key for source in sources().values() for key in source.declares}
    told = {}
    for key, whose in re.findall(r"^\| `(\w+)` \|.*\| ([^|]*`\w+`[^|]*) \|$", text, re.MULTILINE):
        named = set(re.findall(r"`(\w+)`", whose))
        told[key] = set(sources()) - named if whose.startswith(all_but) else named
    assert {key: told.get(key) for key in declared} == {
        key: {name for name, source in sources().items() if key in source.declares}
        for key in declared
    }


@pytest.mark.parametrize("folder", ["docs", "docs/zh"])
def test_each_variant_estimator_and_study_has_its_name_in_the_documents(folder: str) -> None:
    project = yaml.safe_load((ROOT / "dbt_project/dbt_project.yml").read_text(encoding="utf-8"))
    with (ROOT / "dbt_project/seeds/index_variants.csv").open(encoding="utf-8") as lines:
        variants = [row["variant"] for row in csv.DictReader(lines)]
    kinds = [kind.model_fields["estimator"] for kind in get_args(get_args(AnyModel)[0])]
    estimators = [name for kind in kinds for name in get_args(kind.annotation)]
    listed = {
        "tables.md": [*project["vars"]["expy_variants"], *variants],
        "estimators.md": estimators,
        "studies.md": [study.study for study in STUDIES],
    }
    for page, names in listed.items():
        text = (ROOT / folder / page).read_text(encoding="utf-8")
        told = set(re.findall(r"[`|#] *(\w+) *(?=[`|\n])", text))
        assert [name for name in names if name not in told] == [], page


@pytest.fixture(scope="module")
def known() -> dict:
    """Every command with the options that it takes."""
    group = typer.main.get_command(app)
    return {
        name: {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
        for name, command in {"": group, **group.commands}.items()
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_that_is_shown_is_one(page: Path, known: dict) -> None:
    """Those of blocks and those in a line of text, such as `yearbook sql --format csv`."""
    shown = [command.words for block in blocks(page) for command in commands(block)]
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.M)
    shown += [found.split() for found in re.findall(r"`yearbook ([^`]+)`", text)]
    for words in shown:
        name = "" if words[0].startswith(("-", "[")) else words[0]
        assert name in known, words
        options = {option for word in words for option in re.findall(r"^\[?(--?[a-z][\w-]*)", word)}
        assert options <= known[name] | {"--help"}, words


def test_every_page_is_found_from_the_readme_and_in_the_site() -> None:
    pages = {page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").glob("*.md")}
    chinese = {page.name for page in (ROOT / "docs" / "zh").glob("*.md")} - {"README.md"}
    readme, readme_zh = (
        set(re.findall(r"\]\(([^)#]+)", (ROOT / name).read_text(encoding="utf-8")))
        for name in ("README.md", "docs/zh/README.md")
    )
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    navigated = set(re.findall(r"[\w/-]+\.md", site))
    assert pages <= readme and chinese <= readme_zh
    assert {page.removeprefix("docs/") for page in pages} <= navigated
    assert {f"zh/{name}" for name in chinese} <= navigated


@pytest.mark.parametrize("readme", ["README.md", "docs/zh/README.md"])
def test_every_command_has_a_line_in_the_table_of_the_readme(readme: str, known: dict) -> None:
    rows = re.findall(r"^\| (`yearbook.*?) \|", (ROOT / readme).read_text("utf-8"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`yearbook ([a-z-]+)", row)}
    assert named == set(known) - {""}


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs" / "zh").glob("*.md")), ids=lambda page: page.name
)
def test_a_page_in_chinese_has_the_files_and_commands_of_the_one_in_english(page: Path) -> None:
    """So that what is run of the one holds for the other."""
    original = page.parents[1] / page.name
    assert _done(page) == _done(original if original.exists() else ROOT / page.name)


def test_chinese_has_one_word_for_one_thing() -> None:
    """The last column of the glossary is said nowhere, neither on pages nor by the program."""
    glossary = (ROOT / "AGENTS.md").read_text("utf-8").split("## Words in Chinese\n")[1]
    lines = re.findall(
        r"^\| .+ \| .*[一-龥].* \| (.+) \|$", glossary.split("\n## ")[0], re.MULTILINE
    )
    discarded = [word for line in lines for word in line.split(", ")]
    texts = _chinese()
    said = [(word, file) for word in discarded for file, text in texts.items() if word in text]
    assert len(discarded) > 20 and len(texts) > 30 and said == []


def _chinese() -> dict[str, str]:
    """All that a person is told in Chinese, by the file that has it."""
    pages = [*(ROOT / "docs" / "zh").glob("*.md"), *(ROOT / "warehouse" / "report").rglob("*.yml")]
    texts = {page.name: page.read_text("utf-8") for page in pages}
    for file in (SENTENCES, VALUES, CATALOGUE, catalogue(Language.zh)):
        with file.open("rb") as stream:
            texts[file.name] = "\n".join(str(each.string) for each in read_po(stream))
    return texts


def _done(page: Path) -> list:
    """What is written, asked and run by a page, without the remarks behind it."""
    return [
        each
        for block in blocks(page)
        for each in (
            [(block.file, block.text if block.file else _REMARK.sub("", block.text))]
            if block.file or block.language in ("sql", "yaml")
            else [tuple(command.words) for command in commands(block)]
        )
    ]
