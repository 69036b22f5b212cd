"""Every sentence that the code can say to a person is there in Chinese.

The sentences are read from the code itself: its strings that are prose, as texts with places for
what is computed, and the prose that SQL puts together.
"""

import ast
import csv
import os
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from orchestration import dbt_manifest, language
from orchestration.claims import claim
from orchestration.language import Language, catalogue
from orchestration.translations import CATALOGUE, SENTENCES, VALUES, in_chinese

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"\{[^{}\s]*\}")
PROSE = re.compile(r"[a-z]{2,}[,;:.)]* [a-z`(\"{]|[}`)\"] [a-z]{3,}")
SQL = re.compile(
    r"\W*(select|from|create|drop|insert|attach|copy|with recursive|alter|use|set|pragma|describe"
    r"|comment on|cast|case|foreign key|primary key|union|try_cast|where)\b.*"
    r"|.*(is null|is not null|is not true|distinct from|count\(|unnest\(|\$[12]| order by |union all"
    r"|\|\| '|list_contains|inner join|_to, '9999| as whose_).*"
)
# What no person reads, or who says it in Chinese otherwise
ELSEWHERE = {
    "analytics/figures.py": "the words in a figure are English",
    "analytics/reports.py": "the words of results.md are English",
    "analytics/table_files.py": "the words in a file of LaTeX are English",
    "analytics/tables.py": "tables.po says what tables are",
    "analytics/value_chains/measures.py": "catalog.dim_measure has names in both languages",
    "orchestration/automation.py": "the pages of Dagster are English",
    "orchestration/dbt_command.py": "the words of dbt are looked for",
    "warehouse/demonstration/": "what the files of the demonstration print",
    "warehouse/export/dataset.py": "both languages stand side by side",
    "warehouse/report/": "chapters are declared in both languages",
    "warehouse/store/indicator_table.py": "both languages stand side by side",
    "warehouse/store/package/": "the files beside a release are in both languages",
    "warehouse/store/release_tables.py": "tables.po says what tables are",
}
# On the pages of Dagster a text begins with a capital letter, and a sentence of ours does not
PAGES = re.compile(r"orchestration/(assets|checks)/")
NO_SENTENCE = re.compile(
    r"(yearbook|specification_curve)\b.*|\S*\[.*\]|application/json, .*|.*\.csv: \{values\}|\(\{sample\}\) and .*"
    r"|releases: \{.*"  # a line of settings
    r"|At any time: .*"  # of a table, beside the same in Chinese
    r"|PySpark does not .*|Failed to set spark.*"  # a library's, which are left out
)
# Whose texts are matched and not said
MATCHING = {"compile", "fullmatch", "match", "search", "split", "startswith", "endswith", "sub"}


def texts(node: ast.AST) -> Iterator[str]:
    """The texts of a piece of code."""
    parts = list(pieces(node))
    if any(map(is_text, parts)):
        yield named(parts)
    below = (part for part in parts if not is_text(part) and part is not node)
    if parts == [node]:
        below = (each for each in ast.iter_child_nodes(node) if is_said(node, each))
    for each in below:
        yield from texts(each)


def pieces(node: ast.AST) -> Iterator[ast.AST]:
    """What a text is put together of: texts, and what is computed."""
    match node:
        case ast.JoinedStr(values=parts):
            yield from chain.from_iterable(map(pieces, parts))
        case ast.FormattedValue(value=value):
            yield value
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            yield from pieces(left)
            yield from pieces(right)
        case _:
            yield node


def is_text(part: ast.AST) -> bool:
    return isinstance(part, ast.Constant) and isinstance(part.value, str)


def is_said(node: ast.AST, child: ast.AST) -> bool:
    """Not so a docstring, what is compared or matched, and what is said of a fault of ours."""
    if isinstance(child, ast.Expr) and is_text(child.value):
        return False
    called = getattr(node, "func", None)
    name = getattr(called, "attr", getattr(called, "id", ""))
    is_matching = name in MATCHING and child is not called
    return not (isinstance(node, ast.Compare) or is_matching or name == "AssertionError")


def named(parts: list[ast.AST]) -> str:
    """A text with its places, each called like what stands in it, and like no other."""
    names: list[str] = []
    return "".join(part.value if is_text(part) else place(part, names) for part in parts)


def place(part: ast.AST, names: list[str]) -> str:
    names.append((re.findall(r"[a-z]\w+", ast.unparse(part).lower()) or ["value"])[-1])
    again = names.count(names[-1])
    return f"{{{names[-1]}{again if again > 1 else ''}}}"


def said_by_code() -> dict[str, str]:
    """The prose of the code, by its words."""
    found = {}
    for folder in ("analytics", "orchestration", "warehouse"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if name.startswith(tuple(ELSEWHERE)):
                continue
            for text in texts(ast.parse(file.read_text(encoding="utf-8"))):
                if is_a_sentence(text) and not (PAGES.match(name) and text[0].isupper()):
                    found[words(text)] = text
    return found


def is_a_sentence(text: str) -> bool:
    other = SQL.fullmatch(text) or NO_SENTENCE.fullmatch(text) or "\n" in text
    return bool(PROSE.search(text)) and not other


def words(text: str) -> str:
    """A text whatever its places are called."""
    return PLACE.sub("{}", text)


def read(file: Path) -> list[Message]:
    with file.open("rb") as stream:
        return [message for message in read_po(stream, locale="zh") if message.id]


def translated() -> set[str]:
    """The words of everything that there is in Chinese."""
    files = (SENTENCES, VALUES, CATALOGUE, catalogue(Language.zh))
    ids = (message.id for file in files for message in read(file))
    return {words(text) for id in ids for text in ([id] if isinstance(id, str) else id)}


def test_every_sentence_of_the_code_is_said_in_chinese():
    known, lacking = translated(), Catalog(locale="zh")
    for text in (text for form, text in said_by_code().items() if form not in known):
        lacking.add(text)
    text = BytesIO()
    write_po(text, lacking, omit_header=True)
    assert not len(lacking), f"add to {SENTENCES}:\n{text.getvalue().decode()}"


def test_every_indicator_is_defined_in_chinese():
    seed = ROOT / "dbt_project" / "seeds" / "indicators.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["definition"]]
    assert len(rows) > 100
    assert [row for row in rows if not re.search("[\u4e00-\u9fff]", row["definition_zh"])] == []


def test_every_piece_of_prose_in_sql_is_said_in_chinese():
    known = "\n".join(str(message.id) for file in (SENTENCES, VALUES) for message in read(file))
    lacking = [text for text in prose_of_sql() if text not in known]
    assert lacking == []


def prose_of_sql() -> Iterator[str]:
    for text in strings_of_sql():
        if re.search(r"[a-z]{2,}[,;:.]? [a-z]{2,}", text) and not IN_SQL.search(text):
            yield text.strip(" ;,.")


def strings_of_sql() -> Iterator[str]:
    """What the models put between values."""
    for file in sorted((ROOT / "dbt_project" / "models").rglob("*.sql")):
        code = re.sub(r"--.*|\{#.*?#\}", "", file.read_text(encoding="utf-8"))
        code = re.sub(r"'\s*\|\|\s*'", "", code)  # a string in two pieces
        found = re.findall(r"'((?:[^'\n]|'')*)'", code)
        yield from (text.replace("''", "'") for text in found)


# What is SQL in a string of SQL, or a word that a note is searched for
IN_SQL = re.compile(
    r"is not null|union all|cast\(|case when|order by|\|\||^ \w+ $|ln\(|count\(|_code\b"
)


@pytest.mark.parametrize("file", [SENTENCES, VALUES, CATALOGUE], ids=lambda file: file.name)
def test_every_text_has_one_entry(file):
    entries = re.findall(
        r'^((?:msgctxt ".*"\n)?msgid (?:".*"\n)+)msgstr', file.read_text("utf-8"), re.MULTILINE
    )
    ids = Counter(entry.replace('"\n"', "") for entry in entries)
    assert len(ids) > 100 and [entry for entry, count in ids.items() if count > 1] == []


def test_every_sentence_has_the_places_of_its_english():
    for message in read(SENTENCES):
        english, chinese = (PLACE.findall(str(text)) for text in (message.id, message.string))
        assert len(english) == len({*english}), message.id
        assert {*chinese} <= {*english} and message.string, message.id
        # what Chinese has no use for
        assert {*english} - {*chinese} <= {"{s}", "{article}", "{level}"}, message.id


def test_what_a_test_of_the_data_claims_is_said_in_chinese(claims):
    assert len(claims) > 25 and [text for text in claims if in_chinese(text) == text] == []


@pytest.fixture(scope="module")
def claims() -> set[str]:
    nodes = dbt_manifest.described()["nodes"].values()
    return {claim(node) for node in nodes if node["resource_type"] == "test"}


def test_every_sentence_is_one_that_somebody_says(claims):
    known, in_sql = {words(text) for text in every_text()}, {*strings_of_sql()}
    known |= {os.strerror(number) for number in range(1, 40)}
    for message in read(SENTENCES):
        text, parts = str(message.id), PLACE.split(str(message.id))
        match message.auto_comments:
            case ["of SQL"]:
                assert any(is_put_into(text, part) for part in in_sql), text
            case ["of a test"]:
                assert any(all(part in said for part in parts) for said in claims), text
            case []:
                assert words(text) in known, text


def is_put_into(text: str, part: str) -> bool:
    """Whether SQL puts a string into a text, or begins it so."""
    inner = part.strip(" ;,.:")
    return (len(inner) > 4 and inner in text) or (len(part) > 2 and text.startswith(part))


def every_text() -> Iterator[str]:
    for folder in ("analytics", "orchestration", "warehouse"):
        for file in (ROOT / folder).rglob("*.py"):
            yield from texts(ast.parse(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '864 of a group of economies, first "AFE" in [1][18].value',
            "864 个属于经济体组合，首个为 [1][18].value 的“AFE”",
        ),
        (
            "gdp: compiled of 2025-11-15 (after-5th-census): suspected break of Tianjin 2006-2018, -35.8% in 2016 "
            "(no note of either edition tells of a change of definition; the median of 31 areas changed by 1.1 %); "
            "and 2 more areas",
            "gdp：compiled 2025-11-15 版（after-5th-census）：天津 2006-2018 年疑似口径变化，2016 年变动 -35.8%"
            "（两个版次的注释都没有提到口径变化；31 个地区的中位数变动 1.1%）；另有 2 个地区",
        ),
        (
            "/h/landing/wind/2020/a.csv: is empty: download it again",
            "/h/landing/wind/2020/a.csv：是空文件：请重新下载",
        ),
        (  # a value of a sentence is a sentence, and what stands in quotes is a name
            "regressor `value` is absorbed by the year effects: leave it out",
            "解释变量 `value` 被年份固定效应吸收：请去掉它",
        ),
        (
            "m.yml: model `a`: `effects` is empty; leave it out, or write none",
            "m.yml：模型 `a`：`effects` 为空；请去掉它，或写 none",
        ),
        (  # all that stands between backticks is code, not the beginning alone
            "model `a` needs `panel.entity`, which is not declared: name its column, as in "
            "`panel: {entity: firm, time: year}`",
            "模型 `a` 需要 `panel.entity`，但未声明：请写明其列，如 `panel: {entity: firm, time: year}`",
        ),
        (  # letters of columns, which are codes of observations elsewhere
            "columns E, P are of 2020年1-6月, which is not one whole year, and are not taken: "
            "land the table of the year",
            "E, P 列属于 2020年1-6月，不是完整的一年，未采用：请放入全年的表",
        ),
        # and so are letters of variables, wherever they stand
        ("descriptive statistics, D", "描述性统计，D"),
        ("  - follows: D from 0.0 to 1.0", "  - 应为：D 从 0.0 到 1.0"),
        (
            "I: all replications are on one side of the estimate: no corrected interval",
            "I：所有抽样结果都在估计值的同一侧：没有修正的区间",
        ),
        (  # two sentences, of which each has a semicolon of its own
            "two columns have no heading; give each a name; is nested too deeply",
            "有两列没有列名；请为每列命名；嵌套过深",
        ),
        (
            "/h cannot be opened or written: Permission denied: the disk fails: look after it, and "
            "restore a backup elsewhere",
            "/h 无法打开或写入：权限不足：磁盘有故障：请检修，并在别处恢复备份",
        ),
        (
            "gdp against nbs_portal/2020/a.csv: 3 of 4 values are more than double, such as "
            "Beijing in 2017: 9 here (B2), 4 there (C3). If the file is right: yearbook accept "
            '"wind/2021/b.csv"; if it is wrong: yearbook withdraw "wind/2021/b.csv"',
            "gdp（与 nbs_portal/2020/a.csv 相比）：4 个中有 3 个数值超过两倍，如北京 2017：这里为 9"
            '（B2），那里为 4（C3）。若文件正确：yearbook accept "wind/2021/b.csv"；若有误：yearbook '
            'withdraw "wind/2021/b.csv"',
        ),
        ("what a file prints: as it is", "what a file prints: as it is"),
    ],
)
def test_sentences_are_known_again_with_their_values(text, said):
    assert in_chinese(text) == said


def test_hundreds_of_sentences_in_a_row_are_said_in_chinese_one_by_one():
    said = (
        'code "{}" did not exist in 2020; if it did, add it to seeds/concordances/hs_chapters.csv'
    )
    each = [said.format(code) for code in range(300)]
    assert in_chinese("; ".join(each)) == "；".join(map(in_chinese, each))


def test_english_is_not_looked_up(monkeypatch):
    monkeypatch.setattr(language, "_spoken", Language.en)
    monkeypatch.setattr("orchestration.translations.in_chinese", None)
    from orchestration.translations import in_language

    assert in_language("is empty: download it again") == "is empty: download it again"
