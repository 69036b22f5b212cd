"""Labels that nothing stands for: drafts of new indicators, and which known ones are near."""

import re
from collections.abc import Iterator
from typing import Any

import duckdb
from slugify import slugify

from warehouse.contract.labels import has_chinese
from warehouse.explain.mapping.changed import most_alike
from warehouse.explain.mapping.proposal import NO_UNIT, Line, Proposal

# How much alike a known label has to be to be worth a guess
_NEAR = 0.6
# How many characters the name of a new indicator has at most
_LONGEST = 48

# A label is worth a draft if some value below it has an area and a year. Its unit is the standard
# unit that the printed one is, or comes nearest to; else it is one by itself.
_DRAFTABLE = """
with labels as (
    select source_id, table_id, coalesce(table_id, title_key, '') as table_key, indicator_key,
        arg_min(title_key, cell_id) as title_key, arg_min(unit_key, cell_id) as unit_key,
        arg_min(unit_label, cell_id) as unit_label, min(table_title) as title,
        arg_max(indicator_label, edition) as label, count(*) as cells,
        max(edition) as edition, min(year) as first_year, max(year) as last_year,
        arg_min(place, cell_id) as place
    from cells
    where indicator_id is null and is_telling_label and number is not null
        and area_code is not null and year is not null
    group by source_id, table_id, table_key, indicator_key
),

standards as (
    select unit_key, arg_min(unit, (currency is not null, factor <> 1, -factor, unit)) as unit
    from units group by all
)

select labels.*, standards.unit, (source_id, table_id) in (from general_tables) as is_general
from labels left join standards using (unit_key)
order by cells desc, source_id, table_key, indicator_key
"""
# What a label may be worded like: in a table about one subject its own aliases, else any general
_NEIGHBOURS = """
select distinct label_key, indicator_id
from indicator_aliases as a join indicators using (indicator_id) join units using (unit)
where unit_key = $unit_key
    and case when $is_general then (source_id, table_id) in (from general_tables)
        else source_id = $source_id and table_id = $table_id end
    and not exists (  -- under a label that is known
        from cells as c
        where c.source_id = $source_id and edition = $edition and c.indicator_id = a.indicator_id
    )
order by all
"""
_ASKED = ("unit_key", "is_general", "source_id", "table_id", "edition")
_Label = dict[str, Any]


def new_labels(database: duckdb.DuckDBPyConnection) -> Iterator[Proposal]:
    """For each label the known indicator that is near in its name, and the draft of a new one."""
    taken = {name for (name,) in database.execute("from taken_names").fetchall()}
    units = dict(database.execute("select indicator_id, unit from indicators").fetchall())
    for label in database.execute(_DRAFTABLE).to_arrow_table().to_pylist():
        name = _name(label)
        if name in units and units[name] == label["unit"]:
            yield _proposal(label, _aliases(label, name), "a guess by its name alone")
            continue
        neighbours = database.execute(_NEIGHBOURS, {asked: label[asked] for asked in _ASKED})
        names = dict(neighbours.fetchall())
        likeness, alike_to = most_alike(label["indicator_key"], names)
        if likeness >= _NEAR:
            guess = f"a guess by wording alone: worded like {alike_to} ({likeness:.2f})"
            yield _proposal(label, _aliases(label, names[alike_to]), guess)
        name = _untaken(name, taken)
        lines = (*_indicator(label, name), *_aliases(label, name))
        yield _proposal(label, lines, "a new indicator (N=name gives it another name)")


def _proposal(label: _Label, lines: tuple[Line, ...], what: str) -> Proposal:
    years = dict.fromkeys([label["first_year"], label["last_year"]])
    where = f" in {label['unit_label']}" if label["unit_label"] else ""
    if label["title"]:
        where = f"{where} of “{label['title']}”"
    told = f"{label['cells']} values{where}, {'-'.join(map(str, years))}"
    return Proposal(lines, label["label"], label["place"], (what, told))


def _indicator(label: _Label, name: str) -> tuple[Line, ...]:
    """The indicator, and its unit if that is new."""
    unit = label["unit"] or label["unit_label"] or NO_UNIT
    names = {"name_en": _in_english(label["label"]) or name.replace("_", " ")}
    if has_chinese(label["label"]):
        names["name_zh"] = _in_chinese(label["label"])
    indicator = Line("indicators", {"indicator_id": name, **names, "unit": unit})
    if label["unit"] or unit == NO_UNIT:
        return (indicator,)
    return (Line("units", {"unit_key": label["unit_key"], "unit": unit, "factor": "1"}), indicator)


def _aliases(label: _Label, indicator_id: str) -> tuple[Line, ...]:
    """The label's alias, and before it that of its table if no table has the title."""
    source, title = {"source_id": label["source_id"]}, label["title_key"] or ""
    printed = label["title"] or title or "untitled"
    table_id = label["table_id"] or _slug(_in_english(printed) or printed)
    alias = {**source, "table_id": table_id, "label_key": label["indicator_key"]}
    line = Line("indicator_aliases", {**alias, "indicator_id": indicator_id})
    if label["table_id"]:
        return (line,)
    return (Line("table_aliases", {**source, "title_key": title, "table_id": table_id}), line)


def _in_english(label: str) -> str:
    """The label if it is English, or its translation behind the Chinese; not "R&D" or "GDP"."""
    tail = re.split(r"[\u3400-\u9fff]", label)[-1]
    words = " ".join(re.findall(r"[A-Za-z][A-Za-z0-9&-]*", tail))
    return words if len(words) > 3 or not has_chinese(label) else ""


def _in_chinese(label: str) -> str:
    """The label without a translation behind it."""
    chinese = "".join(re.findall(r"^.*[\u3400-\u9fff][^\sA-Za-z]*", label, re.DOTALL))
    return re.sub(r"\s+|^[#＃]+", "", chinese)


def _name(label: _Label) -> str:
    """In English or pinyin, with what its table is about where the label alone does not say it."""
    printed = label["label"]
    name = _slug(_in_english(printed) or _in_chinese(printed), _LONGEST)
    if label["is_general"] or not label["table_id"]:
        return name
    return f"{label['table_id'].removesuffix('_by_region')}_{name}"


def _slug(text: str, longest: int = 0) -> str:
    """The text as a name, Chinese in pinyin, cut between words if it is too long."""
    name = slugify(text, separator="_", max_length=longest, word_boundary=True)
    return name if name[:1].isalpha() else f"series_{name}"


def _untaken(name: str, taken: set[str]) -> str:
    """The name, with a number if there is another of that name, which is then taken too."""
    numbered = (f"{name}_{n}" for n in range(2, len(taken) + 3))
    free = next(each for each in (name, *numbered) if each not in taken)
    taken.add(free)
    return free
