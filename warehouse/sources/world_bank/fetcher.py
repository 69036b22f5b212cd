"""Fetches indicators of all countries from the World Bank's service, version 2."""

import csv
from pathlib import Path

from warehouse.sources.fetching import NoAnswer, Refused, Request, Run, as_json

BASE_URL = "https://api.worldbank.org/v2"
HEADERS = {"User-Agent": "yearbook", "Accept": "application/json"}
_ALIASES = Path(__file__).parents[3] / "dbt_project" / "seeds" / "indicator_aliases.csv"
# More rows than all countries have in any span of years that the service knows.
_ROWS_A_PAGE = 20_000


def fetch(run: Run, base_url: str, first: int, last: int) -> list[str]:
    """Keep every page of every indicator; returns what the service refused.

    Raises FetchFailed.
    """
    missing = []
    for indicator in _indicators():
        page, pages = 1, 1
        while page <= pages:
            run.say(f"{indicator} {first}-{last}, page {page} of {pages}")
            parameters = {
                "format": "json",
                "per_page": _ROWS_A_PAGE,
                "date": f"{first}:{last}",
                "page": page,
            }
            request = Request(f"{base_url}/country/all/indicator/{indicator}", parameters)
            name = f"{indicator}_{first}-{last}_page{page}.json"
            try:
                answer = run.keep(name, request, _check)
            except Refused as refusal:
                missing.append(f"{indicator}: {refusal}")
                break
            pages = int(as_json(answer)[0]["pages"])
            page += 1
    return missing


def _indicators() -> list[str]:
    """The codes that stand for an indicator here."""
    with _ALIASES.open(encoding="utf-8", newline="") as lines:
        return [
            row["label_key"].upper()
            for row in csv.DictReader(lines)
            if row["source_id"] == "world_bank"
        ]


def _check(answer: bytes) -> None:
    """Raise NoAnswer unless it is `[header, rows]`, and Refused for an error or no row at all."""
    content = as_json(answer)
    if not isinstance(content, list) or not content or not isinstance(content[0], dict):
        raise NoAnswer("answered with something else than [header, rows]")
    if len(content) == 1:
        messages = content[0].get("message") or []
        said = "; ".join(str(one.get("value", one)) for one in messages if isinstance(one, dict))
        raise Refused(f"the service refuses the question ({said or 'without a reason'})")
    if not content[1]:
        raise Refused("the service has no row for these years")
    if not str(content[0].get("pages", "")).isdigit():
        raise NoAnswer("answered without the number of its pages")
