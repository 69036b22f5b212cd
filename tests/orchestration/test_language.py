"""Whatever a person is told through gettext, and every help text, is there in every language."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import typer
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from orchestration.cli import app
from orchestration.language import Language, catalogue
from warehouse.explain.coverage import COUNTS

ROOT = Path(__file__).resolve().parents[2]
ASKED = {"_": None, "_said": None, "gettext": None, "ngettext": (1, 2)}
FIELD = re.compile(r"\{[^}]*\}")


def helps(command) -> Iterator[str]:
    for described in (command, *command.get_params(typer.Context(command))):
        if help := getattr(described, "help", None):
            yield help
    for below in getattr(command, "commands", {}).values():
        yield from helps(below)


def messages(folder: Path) -> set:
    return {
        message
        for _, _, message, _, _ in extract_from_dir(
            folder, [("**.py", "python")], keywords=ASKED, directory_filter=lambda _: True
        )
    }


@pytest.fixture(scope="module")
def wanted() -> set:
    """What this project says itself."""
    folders = ("analytics", "orchestration", "warehouse")
    said = set().union(*(messages(ROOT / folder) for folder in folders))
    return said | set(COUNTS.values()) | set(helps(typer.main.get_command(app)))


@pytest.mark.parametrize("language", [one for one in Language if one is not Language.en])
def test_everything_is_said_in_every_language(wanted, language):
    with catalogue(language).open("rb") as file:
        known = {message.id: message for message in read_po(file, locale=language) if message.id}
    lacking = Catalog(locale=language)
    for text in wanted:
        if text not in known or not all(known[text].string) or known[text].fuzzy:
            lacking.add(text)
    text = BytesIO()
    write_po(text, lacking, omit_header=True)
    assert not len(lacking), f"add to {catalogue(language)}:\n{text.getvalue().decode()}"
    others = set(known) - wanted - messages(Path(typer.__file__).parent)
    sql = "".join(path.read_text("utf-8") for path in (ROOT / "dbt_project").rglob("*.sql"))
    assert not [text for text in others if f"'{text}'" not in sql]  # what a release says
    for message in known.values():
        english, other = (
            set(FIELD.findall(text if isinstance(text, str) else text[-1]))
            for text in (message.id, message.string)
        )
        assert english == other, message.id


@pytest.mark.parametrize("way", ["option", "environment"])
def test_a_command_answers_in_the_language_that_it_is_asked_in(clone, monkeypatch, way, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if way == "environment":
        monkeypatch.setenv("YEARBOOK_LANG", "zh")
    done = clone.yearbook(*(["--lang", "zh"] if way == "option" else []), "sql", "--help")
    assert "只读查询当前发布版本" in done.stdout and "选项" in done.stdout
    assert len(list(tmp_path.rglob("*.mo"))) == 1
    assert clone.yearbook("--lang", "xx", "sql", "--help").status == 2


def test_a_user_without_a_folder_is_answered_and_nothing_is_left(tmp_path):
    (tmp_path / "none").touch()  # where a folder cannot be made
    code = (
        "from orchestration import language as l; l.speak('zh'); print(l.gettext.gettext('name'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ
        | {"XDG_CACHE_HOME": str(tmp_path / "none"), "TMPDIR": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
    )
    assert done.stdout.decode() == "名称\n", done.stderr.decode()
    assert [path.name for path in tmp_path.iterdir()] == ["none"]


def test_a_refresh_in_chinese_says_and_writes_what_it_found_in_chinese(apart):
    edition = apart.home.landing / "wind" / "2020"
    edition.mkdir(parents=True)
    (edition / "_edition.yml").write_text("published_on: 2020-01-01\n")
    (edition / "empty.csv").touch()
    done = apart.yearbook("--lang", "zh", "refresh")
    assert done.status == 0 and "拒绝    wind/2020/empty.csv: 是空文件：请重新下载" in done.stderr
    found = (apart.home.root / "refresh.md").read_text("utf-8")
    assert "## 被拒绝的文件 (1)\n\n- 是空文件：请重新下载: wind/2020/empty.csv\n" in found
    again = apart.yearbook("--lang", "zh", "refresh", "--as-of", "1900-01-01")
    assert again.status == 1 and again.stderr.startswith(
        "yearbook: 截至 1900-01-01 没有已公布的文件"
    )


def test_wrong_words_of_a_command_are_refused_in_chinese(clone):
    done = clone.yearbook("--lang", "zh", "sql", "--format", "xml", "from a")
    assert done.status == 2 and done.stderr.endswith(
        "错误：'--format' 的值无效：'xml' 不是 'table', 'csv', 'json', 'parquet' 之一。\n"
    )


def test_an_audit_says_in_chinese_what_cannot_be(clone, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("table,column,term,coef,se,stars\n3,1,dige,0.52,0.61,***\n", encoding="utf-8")
    done = clone.yearbook("--lang", "zh", "audit", str(table))
    assert done.stdout.startswith(
        "不可能 1 处，可疑 0 处。\n\n- **表 3（1），dige** (星号, 不可能)\n"
    )
    assert "而 *** 要求 p < 0.01" in done.stdout
