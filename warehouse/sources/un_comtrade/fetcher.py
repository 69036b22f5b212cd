"""Fetches China's yearly trade in goods from UN Comtrade, version 1.

With a key in the environment variable COMTRADE_KEY, which is sent and never stored, the full
service is asked, else the preview, which has the same totals (500 records and one year at most).
"""

import os

from warehouse.sources.fetching import NoAnswer, Refused, Request, Run, as_json

BASE_URL = "https://comtradeapi.un.org"
HEADERS = {"User-Agent": "yearbook", "Accept": "application/json"}
KEY_VARIABLE = "COMTRADE_KEY"
_CHINA = "156"
# Left out, the service adds the parts of each total to it: second partner, procedure, transport.
_TOTALS = {"partnerCode": "0", "partner2Code": "0", "customsCode": "C00", "motCode": "0"}
# All goods, and the chapters of the Harmonized System.
_COMMODITIES = ("TOTAL", "AG2")


def fetch(run: Run, base_url: str, first: int, last: int) -> list[str]:
    """Keep one answer a year and level of commodities; returns what was refused.

    Raises FetchFailed.
    """
    key = os.environ.get(KEY_VARIABLE)
    path = "data/v1/get" if key else "public/v1/preview"
    run.say(f"with the key in {KEY_VARIABLE}" if key else f"preview, as {KEY_VARIABLE} is not set")
    missing = []
    for year in range(first, last + 1):
        for commodities in _COMMODITIES:
            run.say(f"China's exports and imports {year}, {commodities}")
            parameters = {
                "reporterCode": _CHINA,
                "period": year,
                "flowCode": "X,M",
                "cmdCode": commodities,
                **_TOTALS,
                "includeDesc": "true",
            }
            request = Request(
                f"{base_url}/{path}/C/A/HS",
                parameters,
                secret={"Ocp-Apim-Subscription-Key": key} if key else {},
            )
            try:
                run.keep(f"{commodities}_{year}.json", request, _check)
            except Refused as refusal:
                missing.append(f"{commodities} {year}: {refusal}")
    return missing


def _check(answer: bytes) -> None:
    """Raise NoAnswer unless it has a list of records, and Refused if that is empty."""
    content = as_json(answer)
    if not isinstance(content, dict):
        raise NoAnswer("answered with something else than an envelope of records")
    if content.get("error") and not content.get("data"):
        raise Refused(f"the service refuses the question ({content['error']})")
    if not isinstance(content.get("data"), list):
        raise NoAnswer("answered without a list of records")
    if not content["data"]:
        raise Refused(
            "the service has no record, which is also its answer to a code it does not know"
        )
