"""The economy as international bodies would publish it: China only, one function a layout."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from warehouse.demonstration.economy import Economy
from warehouse.demonstration.files import write_text
from warehouse.demonstration.layouts import NOTE, PUBLISHER, SAMPLE, write_edition

PUBLISHED_ON = "2023-12-31"
# First year of a classification of goods and its code.
HARMONIZED_SYSTEM = [(2022, "H6"), (2017, "H5"), (2012, "H4")]


def write_international(economy: Economy, landing: Path) -> None:
    """Write the editions of the three bodies below `landing`."""
    for source, write in (
        ("oecd", write_oecd),
        ("world_bank", write_world_bank),
        ("un_comtrade", write_comtrade),
    ):
        folder = landing / source / PUBLISHED_ON[:7]
        write_edition(folder, PUBLISHED_ON, "China in the layout of an international body.")
        write(economy, folder)


def write_oecd(economy: Economy, folder: Path) -> None:
    """Barriers to digital trade as SDMX-CSV with labels beside the codes."""
    index = economy.national["digital_trade_restrictiveness"]
    constant = {
        "STRUCTURE": "DATAFLOW",
        "STRUCTURE_ID": "OECD.TAD.TPD:DSD_STRI@DF_STRI_DIGITAL(1.0)",
        "STRUCTURE_NAME": NOTE,
        "FREQ": "A",
        "Frequency of observation": "Annual",
        "REF_AREA": "CHN",
        "Reference area": "China (People's Republic of)",
        "MEASURE": "STRI",
        "Measure": "Services trade restrictiveness index",
        "ACTIVITY": "DIGITAL",
        "Economic activity": "Digital services",
        "METHODOLOGY": "SYNTHETIC",
        "Methodology": "Simulation",
        "STRI_TYPE": "SYNTHETIC",
        "Type of index": "Simulation",
        "UNIT_MEASURE": "IX",
        "Unit of measure": "Index",
        "COUNTERPART_AREA": "W",
        "Counterpart area": "World",
    }
    rows = [
        {**constant, "TIME_PERIOD": year, "OBS_VALUE": f"{value:.4f}", "OBS_STATUS": "A"}
        for year, value in _by_year(economy, index)
    ]
    text = io.StringIO()
    table = csv.DictWriter(text, rows[0], lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    write_text(folder / "DF_STRI_DIGITAL.csv", text.getvalue().splitlines(), "utf-8")


def write_world_bank(economy: Economy, folder: Path) -> None:
    """ICT services in the exports of services, the newest year first."""
    share = economy.national["ict_services_export_share"]
    observations = [
        {
            "indicator": {
                "id": "BX.GSR.CCIS.ZS",
                "value": "ICT service exports (% of service exports, BoP)",
            },
            "country": {"id": "CN", "value": "China"},
            "countryiso3code": "CHN",
            "date": str(year),
            "value": round(float(value), 2),
            "unit": "",
            "obs_status": "",
            "decimal": 1,
        }
        for year, value in reversed(list(_by_year(economy, share)))
    ]
    header: dict[str, object] = {
        "page": 1,
        "pages": 1,
        "per_page": 20000,
        "total": len(observations),
    }
    header |= {"sourceid": "2", "sourcename": PUBLISHER, "lastupdated": PUBLISHED_ON}
    _write_json(folder / "BX.GSR.CCIS.ZS.json", [header, observations])


def write_comtrade(economy: Economy, folder: Path) -> None:
    """Exports and imports of goods of the country: the provinces add up to them."""
    records = []
    for flow, kind, indicator in (
        ("X", "Export", "exports_total"),
        ("M", "Import", "imports_total"),
    ):
        thousand_dollars = economy.series[indicator].sum(axis=0)
        for year, value in _by_year(economy, thousand_dollars):
            records.append(_comtrade_record(year, flow, kind, 1000 * int(value)))
    answer = {"elapsedTime": "0.01 secs", "count": len(records), "data": records, "error": ""}
    _write_json(folder / "comtrade_C_A_HS_156_TOTAL.json", answer)


def _comtrade_record(year: int, flow: str, kind: str, dollars: int) -> dict:
    return {
        "typeCode": "C",
        "freqCode": "A",
        "refPeriodId": year * 10000 + 101,
        "refYear": year,
        "refMonth": 52,
        "period": str(year),
        "reporterCode": 156,
        "reporterISO": "CHN",
        "reporterDesc": "China",
        "flowCode": flow,
        "flowDesc": kind,
        "partnerCode": 0,
        "partnerISO": "W00",
        "partnerDesc": "World",
        "partner2Code": 0,
        "partner2ISO": "W00",
        "partner2Desc": "World",
        "classificationCode": next(code for first, code in HARMONIZED_SYSTEM if year >= first),
        "classificationSearchCode": "HS",
        "isOriginalClassification": True,
        "cmdCode": "TOTAL",
        "cmdDesc": f"All Commodities. {NOTE}",
        "aggrLevel": 0,
        "isLeaf": False,
        "customsCode": "C00",
        "customsDesc": "TOTAL CPC",
        "mosCode": "0",
        "motCode": 0,
        "motDesc": "TOTAL MOT",
        "qty": None,
        "netWgt": None,
        "cifvalue": dollars if flow == "M" else None,
        "fobvalue": dollars if flow == "X" else None,
        "primaryValue": dollars,
        "isReported": False,
        "isAggregate": True,
    }


def _by_year(economy: Economy, values: np.ndarray) -> Iterator[tuple[int, float]]:
    """Year and value of a national series, for the years of the sample."""
    for year in SAMPLE:
        yield year, values[np.searchsorted(economy.years, year)]


def _write_json(path: Path, content: object) -> None:
    write_text(path, [json.dumps(content, ensure_ascii=False, separators=(",", ":"))], "utf-8")
