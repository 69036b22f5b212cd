"""Fetches the digital services trade restrictiveness index from the OECD's SDMX service.

The service allows 60 downloads an hour and answers 429 beyond; this is one of them. All economies,
methodologies and types of the index come in one file: which of them count is not for the fetcher.
"""

import csv
import io

from warehouse.sources.fetching import NoAnswer, Refused, Request, Run

BASE_URL = "https://sdmx.oecd.org/public/rest"
HEADERS = {"User-Agent": "yearbook", "Accept-Language": "en"}
FLOW = "OECD.TAD.TPD,DSD_STRI@DF_STRI_DIGITAL,1.0"
# FREQ.REF_AREA.MEASURE.ACTIVITY.METHODOLOGY.STRI_TYPE.UNIT_MEASURE.COUNTERPART_AREA
KEY = "A......."
FIRST_YEAR = 2014


def fetch(run: Run, base_url: str, first: int, last: int) -> list[str]:
    """Keep the index as SDMX-CSV with labels; returns what is not there. Raises FetchFailed."""
    first = max(first, FIRST_YEAR)
    if first > last:
        return [f"the digital index begins in {FIRST_YEAR}: nothing to fetch up to {last}"]
    run.say(f"digital services trade restrictiveness {first}-{last}")
    parameters = {"startPeriod": first, "endPeriod": last, "format": "csvfilewithlabels"}
    request = Request(f"{base_url}/data/{FLOW}/{KEY}", parameters)
    try:
        run.keep(f"DF_STRI_DIGITAL_{first}-{last}.csv", request, _check)
    except Refused as refusal:
        return [str(refusal)]
    return []


def _check(answer: bytes) -> None:
    """Raise NoAnswer unless it is SDMX-CSV down to its last row."""
    try:
        rows = list(csv.reader(io.StringIO(answer.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise NoAnswer("answered with something else than SDMX-CSV") from None
    if not rows or not {"TIME_PERIOD", "OBS_VALUE"} <= set(rows[0]):
        raise NoAnswer("answered with something else than SDMX-CSV")
    if len(rows) == 1:
        raise Refused("the service has no row for these years")
    if len(rows[-1]) < len(rows[0]):
        raise NoAnswer("broke off in the middle of its response")
