"""Fetches provincial yearly series from the portal's present API.

Every fetch finds its way anew through the catalogue, by names: the ids of tables and indicators
change, and a series is split over tables of different periods, whose answers are all kept. The
wanted names are in `wanted.yml`; the ids they led to are in the manifest of the edition.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from warehouse.contract.labels import label_key, split_unit
from warehouse.sources.fetching import NoAnswer, Request, Run, as_json

BASE_URL = "https://data.stats.gov.cn/dg/website/publicrelease/web/external"
# The portal sends a web page to clients that do not look like a browser on its own page.
HEADERS = {
    "User-Agent": (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/138.0.0.0 Safari/537.36"
    ),
    "Accept": "application/json, text/plain, */*",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Referer": "https://data.stats.gov.cn/dg/website/page.html",
    "Origin": "https://data.stats.gov.cn",
    "X-Requested-With": "XMLHttpRequest",
}
_HERE = Path(__file__).parent
_AREAS = _HERE.parents[2] / "dbt_project" / "seeds" / "dim_area.csv"
_PROVINCIAL_YEARLY = 6
_ONE_INDICATOR_ALL_AREAS = "3"
# "(2016-)", "(-2015)", "(2011-2015年)", but not the base of an index, "(1978=100)".
_PERIOD_OF_TABLE = re.compile(r"\((?![^()]*=)[^()]*(?:19|20)\d{2}[^()]*\)$")


@dataclass(frozen=True)
class _Table:
    """A table of the catalogue and the catalogue's root, which every question has to name."""

    path: str
    table_id: str
    root_id: str
    years: range


@dataclass(frozen=True)
class _Series:
    """One indicator of one table."""

    table: _Table
    indicator_id: str
    name: str

    def __str__(self) -> str:
        years = self.table.years
        return f"{self.table.path} > {self.name.strip()} {years[0]}-{years[-1]}"

    @property
    def file_name(self) -> str:
        """Names the question, so that an answer is found again by whoever asks the same."""
        ids = _digest(self.table.table_id, self.table.root_id, self.indicator_id)
        plain = re.sub(r"[^\w()=-]+", "", label_key(split_unit(self.name)[0]))[:40]
        years = f"{self.table.years[0]}-{self.table.years[-1]}"
        return f"{plain}_{years}_{ids}.json"


def fetch(run: Run, base_url: str, first: int, last: int) -> list[str]:
    """Keep one answer a series and table; returns what could not be found, in sentences.

    Raises FetchFailed.
    """
    catalogue = _Catalogue(run, base_url)
    found: dict[str, _Series] = {}
    missing: list[str] = []
    for path, names in yaml.safe_load((_HERE / "wanted.yml").read_text(encoding="utf-8")).items():
        run.say(f"looking up {path}")
        tables = list(catalogue.tables(path, range(first, last + 1)))
        if not tables:
            missing.append(f"{path}: no such table of {first}-{last}; {catalogue.instead(path)}")
            continue
        offered = [one for table in tables for one in catalogue.series(table)]
        for name in names:
            wanted = [one for one in offered if _is_wanted(one.name, name)]
            found |= {one.file_name: one for one in wanted}
            if not wanted:
                missing.append(f"{path} > {_printed(name)}: no such indicator in its tables")
    run.manifest["ids"] = _ids(found.values())
    for number, (file_name, series) in enumerate(found.items(), 1):
        state = " (kept)" if run.has(file_name) else ""
        run.say(f"{number}/{len(found)} {series}{state}")
        answer = run.keep(file_name, _question(base_url, series), _check_values)
        if not any(period.get("values") for period in as_json(answer)["data"]):
            missing.append(f"{series}: an empty answer")
    return missing


@dataclass(frozen=True)
class _Catalogue:
    """The portal's tree of tables; its branches are looked up once a fetch."""

    run: Run
    base_url: str

    def tables(self, path: str, years: range) -> Iterator[_Table]:
        """Every table below a path that has some of the years, with the years asked of it."""
        for root_id, node in self._nodes_at(path):
            for leaf in self._leaves(node):
                own = _years(leaf, years)
                if own:
                    name = f"{path} > {leaf['name'].strip()}" if leaf is not node else path
                    yield _Table(name, leaf["_id"], root_id, own)

    def series(self, table: _Table) -> list[_Series]:
        """The indicators of a table."""
        parameters = {"cid": table.table_id, "dt": "", "name": ""}
        request = Request(f"{self.base_url}/new/queryIndicatorsByCid", parameters)
        name = f"indicators-{_digest(table.table_id)}.json"
        content = self.run.look_up(name, request, _check_indicators)
        return [_Series(table, one["_id"], one["i_showname"]) for one in content["data"]["list"]]

    def instead(self, path: str) -> str:
        """What stands where the path leads astray."""
        *before, _ = path.split(" > ")
        siblings = self._nodes_at(" > ".join(before)) if before else []
        nodes = [child for _, node in siblings for child in self._children(node["_id"])]
        nodes = nodes or [node for _, node in self._groups()]
        return "there is " + ", ".join(node["name"].strip() for node in nodes)

    def _nodes_at(self, path: str) -> list[tuple[str, dict]]:
        """Root and node of every branch of that name: one name may stand for several periods."""
        group, *below = path.split(" > ")
        nodes = [(root, node) for root, node in self._groups() if _is_called(node, group)]
        for name in below:
            nodes = [
                (root, child)
                for root, node in nodes
                for child in self._children(node["_id"])
                if _is_called(child, name)
            ]
        return nodes

    def _groups(self) -> list[tuple[str, dict]]:
        """The groups of tables, below one root if the catalogue has one."""
        top = self._children("")
        if len(top) == 1 and not _is_leaf(top[0]):
            root = top[0]["_id"]
            return [(root, node) for node in self._children(root)]
        return [(node["_id"], node) for node in top]

    def _leaves(self, node: dict) -> Iterator[dict]:
        if _is_leaf(node):
            yield node
            return
        for child in self._children(node["_id"]):
            yield from self._leaves(child)

    def _children(self, node_id: str) -> list[dict]:
        parameters = {"pid": node_id, "code": _PROVINCIAL_YEARLY}
        request = Request(f"{self.base_url}/new/queryIndexTreeAsync", parameters)
        name = f"tree-{_digest(node_id)}.json"
        return self.run.look_up(name, request, _check_tree)["data"]


def _question(base_url: str, series: _Series) -> Request:
    with _AREAS.open(encoding="utf-8", newline="") as lines:
        areas = [
            {"text": row["name_zh_full"], "value": f"{row['area_code']}000000"}
            for row in csv.DictReader(lines)
            if row["level"] == "province"
        ]
    body = {
        "cid": series.table.table_id,
        "indicatorIds": [series.indicator_id],
        "daCatalogId": "",
        "das": areas,
        "showType": _ONE_INDICATOR_ALL_AREAS,
        "dts": [f"{series.table.years[0]}YY-{series.table.years[-1]}YY"],
        "rootId": series.table.root_id,
    }
    return Request(f"{base_url}/stream/esData", body=body)


def _years(leaf: dict, years: range) -> range:
    """The years asked of a table: those of the question that lie in its period."""
    begins, ends = _year(leaf.get("sdate")), _year(leaf.get("edate"))
    return range(max(years[0], begins or years[0]), min(years[-1], ends or years[-1]) + 1)


def _year(text: object) -> int | None:
    match = re.match(r"(?:19|20)\d{2}", str(text or ""))
    return int(match[0]) if match else None


def _is_leaf(node: dict) -> bool:
    return str(node.get("isLeaf")).lower() in ("true", "1")


def _is_called(node: dict, name: str) -> bool:
    return label_key(name) in (
        label_key(node["name"]),
        _PERIOD_OF_TABLE.sub("", label_key(node["name"])),
    )


def _is_wanted(printed: str, name: str | list[str]) -> bool:
    """Whether a printed name is the wanted one, its unit aside."""
    keys = {label_key(printed), label_key(split_unit(printed)[0])}
    return any(label_key(one) in keys for one in ([name] if isinstance(name, str) else name))


def _printed(name: str | list[str]) -> str:
    return name if isinstance(name, str) else " / ".join(name)


def _digest(*ids: str) -> str:
    """Names a file after ids whose form is the portal's affair."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:12]


def _ids(found: Iterable[_Series]) -> dict[str, dict]:
    return {
        one.file_name: {
            "path": f"{one.table.path} > {one.name.strip()}",
            "cid": one.table.table_id,
            "rootId": one.table.root_id,
            "indicatorId": one.indicator_id,
        }
        for one in found
    }


def _check_values(answer: bytes) -> None:
    """Raise NoAnswer unless it is a list of periods; the list may be empty."""
    data = _content(answer)
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise NoAnswer("answered without a list of periods")


def _check_tree(answer: bytes) -> None:
    data = _content(answer)
    if not isinstance(data, list) or not all(_has(one, "_id", "name") for one in data):
        raise NoAnswer("answered without a list of tables")


def _check_indicators(answer: bytes) -> None:
    data = _content(answer)
    listed = data.get("list") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not all(_has(one, "_id", "i_showname") for one in listed):
        raise NoAnswer("answered without a list of indicators")


def _has(record: object, *fields: str) -> bool:
    return isinstance(record, dict) and all(isinstance(record.get(one), str) for one in fields)


def _content(answer: bytes) -> object:
    """What the portal wraps into `data`. Raises NoAnswer for a refusal under HTTP 200."""
    content = as_json(answer)
    if not isinstance(content, dict) or content.get("data") is None:
        content = content if isinstance(content, dict) else {}
        said = content.get("message") or content.get("returndata") or "no reason given"
        code = content.get("state") or content.get("returncode")
        raise NoAnswer(f"answered without data ({code}: {said})")
    if content.get("success", True) is not True:
        raise NoAnswer(f"refused ({content.get('message') or content.get('state')})")
    return content["data"]
