"""Fetching from a server on 127.0.0.1 that behaves like the real ones, on bad days too."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from warehouse.sources import fetching
from warehouse.sources.fetching import Client, FetchFailed, Request, Run, as_json
from warehouse.sources.nbs_portal import fetcher as portal
from warehouse.sources.oecd import fetcher as oecd
from warehouse.sources.un_comtrade import fetcher as un_comtrade
from warehouse.sources.world_bank import fetcher as world_bank

TODAY = date(2026, 11, 20)
TOMORROW = date(2026, 11, 21)
# A server on this machine answers in a few thousandths of it
SILENT_SECONDS = 1.0


@dataclass
class Site:
    """A server: `answer` gives the body for a question; `failures` come first, one a question."""

    answer: Callable[[str, dict, dict | None], object]
    failures: list[tuple[str, Callable]] = field(default_factory=list)
    asked: list[tuple[str, dict, dict | None]] = field(default_factory=list)
    headers: list[dict] = field(default_factory=list)
    url: str = ""

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        parameters = {key: values[0] for key, values in parse_qs(parts.query).items()}
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length)) if length else None
        self.asked.append((parts.path, parameters, body))
        self.headers.append(dict(handler.headers))
        for number, (path, fail) in enumerate(self.failures):
            if path in parts.path:
                del self.failures[number]
                return fail(handler)
        answer = self.answer(parts.path, parameters, body)
        return send(handler, answer if isinstance(answer, bytes) else json.dumps(answer).encode())


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status, headers.pop("reason", None))
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in ({"Content-Length": str(len(body))} | headers).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def refuse(status: int, body: bytes = b"", **headers: str) -> Callable:
    return lambda handler: send(handler, body, status, **headers)


def half(handler: BaseHTTPRequestHandler) -> None:
    send(handler, b'{"data": [{"co', Content_Length="2000")


def cut_at_the_first_byte(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(2 * SILENT_SECONDS)


def web_page(handler: BaseHTTPRequestHandler) -> None:
    send(handler, "<html><body>请求过于频繁</body></html>".encode())


def code_501(handler: BaseHTTPRequestHandler) -> None:
    send(handler, json.dumps({"returncode": 501, "returndata": "暂无数据"}).encode())


def not_successful(handler: BaseHTTPRequestHandler) -> None:
    send(handler, b'{"success": false, "state": 50000, "message": "busy", "data": []}')


CLOSED = refuse(403, b"<html>url blocked, reason:UrlACL</html>")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Site]]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    servers = []

    def start(answer: Callable, *failures: tuple[str, Callable]) -> Site:
        site = Site(answer, list(failures))

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.respond(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        site.url = f"http://127.0.0.1:{server.server_port}"
        return site

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@dataclass
class Clock:
    """Time that passes only while somebody sleeps; the process is killed in sleep `killed_in`."""

    killed_in: int | None = None
    now: float = 0.0
    pauses: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        if len(self.pauses) == self.killed_in:
            raise Killed

    def client(self, **settings: object) -> Client:
        own = {"say": self.said.append, "sleep": self.sleep, "clock": lambda: self.now}
        return Client(**own | settings)


class Killed(BaseException):
    """Like a kill: nothing that catches errors catches it."""


# --- the client ---------------------------------------------------------------------------------

GOOD = {"data": [{"code": "2022YY"}], "success": True}


def ask(site: Site, clock: Clock) -> bytes:
    return clock.client().ask(Request(f"{site.url}/x", {"a": 1}), portal._check_values)


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (refuse(403), "403 Forbidden"),
        (CLOSED, "403 Forbidden (reason UrlACL)"),
        (refuse(403, reason="UrlACL"), "403 UrlACL"),
        (refuse(429), "429 Too Many Requests"),
        (refuse(429, b'{"message": "Quota exceeded"}'), "429 Too Many Requests (Quota exceeded)"),
        (refuse(503), "503 Service Unavailable"),
        (refuse(307, Location="/x?a=1"), "307 Temporary Redirect"),
        (half, "broke off in the middle"),
        (cut_at_the_first_byte, "could not be reached"),
        pytest.param(slow, "was silent for 1 seconds", marks=pytest.mark.slow),
        (web_page, "a web page instead of JSON"),
        (code_501, "answered without data (501: 暂无数据)"),
        (not_successful, "refused (busy)"),
        (lambda handler: send(handler, b'{"data": ['), "half a response"),
        (lambda handler: send(handler, b""), "half a response, or none"),
        (lambda handler: send(handler, b'{"data": {"list": []}}'), "without a list of periods"),
    ],
)
def test_a_bad_moment_is_waited_out(serve: Callable, failure: Callable, said: str) -> None:
    site, clock = serve(lambda *_: GOOD, ("/x", failure), ("/x", failure)), Clock()
    client = clock.client(timeout=SILENT_SECONDS)
    answer = client.ask(Request(f"{site.url}/x", body={"a": 1}), portal._check_values)
    assert json.loads(answer) == GOOD
    assert len(site.asked) == 3
    assert clock.pauses == [2.5, 5.0]
    assert all(said in line for line in clock.said) and len(clock.said) == 2


def test_the_server_says_how_long_to_wait(serve: Callable) -> None:
    later = "Wed, 01 Jan 2020 00:00:00 GMT"
    failures = [refuse(429, Retry_After=text) for text in ("37", "0", later, "soon")]
    site, clock = serve(lambda *_: GOOD, *(("/x", one) for one in failures)), Clock()
    ask(site, clock)
    assert clock.pauses == [37.0, 1.25, 1.25, 1.25 * 2**4]


def test_nobody_waits_an_hour(serve: Callable) -> None:
    site, clock = serve(lambda *_: GOOD, ("/x", refuse(429, Retry_After="3600"))), Clock()
    with pytest.raises(FetchFailed, match="asks to wait 3600 seconds: fetch again then"):
        ask(site, clock)
    assert (len(site.asked), clock.pauses) == (1, [])


def test_it_gives_up_in_one_sentence(serve: Callable) -> None:
    site, clock = serve(lambda *_: GOOD, *[("/x", CLOSED)] * 9), Clock()
    with pytest.raises(FetchFailed, match=r"gave no answer in 5 attempts.*403 Forbidden.*UrlACL"):
        ask(site, clock)
    assert (len(site.asked), clock.pauses) == (5, [2.5, 5.0, 10.0, 20.0])


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_wrong_question_is_asked_once(serve: Callable, status: int) -> None:
    site, clock = serve(lambda *_: GOOD, ("/x", refuse(status))), Clock()
    with pytest.raises(FetchFailed, match=str(status)):
        ask(site, clock)
    assert len(site.asked) == 1


def test_a_server_that_is_not_there() -> None:
    with pytest.raises(FetchFailed, match="could not be reached"):
        Clock().client(attempts=2).ask(Request("http://127.0.0.1:9/x"), as_json)


def test_cookies_of_a_firewall_are_sent_back(serve: Callable) -> None:
    wall = refuse(307, Location="/x", Set_Cookie="pass=1; Path=/")
    site, clock = serve(lambda *_: GOOD, ("/x", wall)), Clock()
    clock.client().ask(Request(f"{site.url}/x", body={}), as_json)
    assert [headers.get("Cookie") for headers in site.headers] == [None, "pass=1"]


# --- the portal ---------------------------------------------------------------------------------

SPLIT = "国民经济核算 > 地区生产总值"
UNITS = {"年末常住人口": "万人", "移动互联网用户": "万户", "居民消费价格指数(上年=100)": "%"}


class Portal:
    """The catalogue that `wanted.yml` expects, with one table split by period, and its values."""

    def __init__(self, without: str = "") -> None:
        self.children: dict[str, list[dict]] = {"": [node("root", "分省年度数据")], "root": []}
        self.indicators: dict[str, list[dict]] = {}
        wanted = yaml.safe_load((Path(portal.__file__).parent / "wanted.yml").read_text("utf-8"))
        for number, (path, names) in enumerate(wanted.items()):
            group, *table = path.split(" > ")
            if path == without:
                continue
            if group not in self.children:
                self.children["root"].append(node(group, group))
                self.children[group] = []
            slices = [table[0] if table else f"表{number}"]
            if path == SPLIT:
                slices = ["地区生产总值(-2015)", "地区生产总值 (2016-)"]
            for one in slices:
                years = {"sdate": "2016", "edate": ""} if "2016" in one else {}
                years |= {"sdate": "1993", "edate": "2015"} if "-2015" in one else {}
                cid = f"{number}/{one}"
                self.children[group].append(node(cid, one, isLeaf=True, **years))
                firsts = [name if isinstance(name, str) else name[0] for name in names]
                self.indicators[cid] = [
                    {"_id": f"{cid}/{name}", "i_showname": f"{name} ({UNITS.get(name, '亿元')}) "}
                    if "=100" not in name
                    else {"_id": f"{cid}/{name}", "i_showname": name}
                    for name in [*firsts, "别的指标"]
                ]

    def __call__(self, path: str, parameters: dict, body: dict | None) -> object:
        match path.rpartition("/")[2]:
            case "queryIndexTreeAsync":
                assert parameters["code"] == "6"
                return {"data": self.children.get(parameters.get("pid", ""), []), "success": True}
            case "queryIndicatorsByCid":
                return {"data": {"list": self.indicators[parameters["cid"]]}, "success": True}
            case "esData":
                return {"data": self.values(body), "success": True, "state": 20000}
        raise AssertionError(path)

    def values(self, body: dict) -> list[dict]:
        [indicator], [years] = body["indicatorIds"], body["dts"]
        assert body["rootId"] == "root" and body["daCatalogId"] == "" and body["showType"] == "3"
        [name] = [
            one["i_showname"] for one in self.indicators[body["cid"]] if one["_id"] == indicator
        ]
        first, last = (int(year.removesuffix("YY")) for year in years.split("-"))
        return [
            {
                "code": f"{year}YY",
                "name": f"{year}年",
                "values": [
                    {
                        "_id": indicator,
                        "i_showname": name,
                        "value": "" if year == 2025 else f"{year}.{area['value'][:2]}",
                        "du_name": UNITS.get(name.split(" ")[0], "亿元"),
                        "da": area["value"],
                        "da_name": area["text"],
                    }
                    for area in body["das"]
                ],
            }
            for year in range(first, last + 1)
        ]


def node(node_id: str, name: str, **more: object) -> dict:
    return {"_id": node_id, "name": name, "isLeaf": False, "treeinfo_globalid": node_id} | more


def fetch(warehouse, site: Site, clock: Clock, today: date = TODAY, last: int = 2025) -> Run:
    return fetching.fetch(
        warehouse.home.landing,
        "nbs_portal",
        2014,
        last,
        today=today,
        base_url=f"{site.url}/external/",
        client=clock.client(headers=portal.HEADERS),
    )


def landed(warehouse) -> dict[str, bytes]:
    """The landed answers by their names, with the edition."""
    files = warehouse.home.landing.glob("*/*/[!.]*.json")
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in files}


@pytest.mark.slow
def test_what_is_fetched_reads_to_the_right_cells(warehouse, serve: Callable) -> None:
    site, clock = serve(Portal()), Clock()
    run = fetch(warehouse, site, clock)
    warehouse.refresh()
    files = warehouse.files()
    assert {role for role, _ in files.values()} == {"taken"}
    cells = {
        (cell["indicator_key"], cell["area_key"], cell["period_label"]): cell
        for cell in warehouse.cells("nbs_portal")
    }
    # Ten years of both tables of GDP, none of them twice.
    gdp = sorted(key[2] for key in cells if key[:2] == ("地区生产总值", "天津市"))
    assert gdp == [str(year) for year in range(2014, 2026)]
    tianjin = cells["移动互联网用户", "天津市", "2022"]
    assert (tianjin["text"], tianjin["unit_key"]) == ("2022.12", "万户")
    assert tianjin["published_on"] == TODAY and tianjin["edition"] == "2026-11-20"
    assert cells["移动互联网用户", "新疆维吾尔自治区", "2025"]["text"] is None
    assert cells["居民消费价格指数", "北京市", "2014"]["unit_key"] == "上年=100"
    assert len(cells) == len({key[0] for key in cells}) * 31 * 12
    assert not any("别的指标" in key[0] for key in cells)

    declared = yaml.safe_load((run.folder / "_edition.yml").read_text("utf-8"))
    assert declared["published_on"] == TODAY and declared["redistributable"] is False
    manifest = json.loads((run.folder / ".manifest.json").read_text("utf-8"))
    assert manifest["is_finished"] is True
    ids = [one for one in manifest["ids"].values() if one["path"].endswith("> 地区生产总值 (亿元)")]
    assert {one["cid"] for one in ids} == {"0/地区生产总值(-2015)", "0/地区生产总值 (2016-)"}


def test_no_more_than_one_question_in_a_second_and_a_quarter(warehouse, serve: Callable) -> None:
    site, clock = serve(Portal()), Clock()
    fetch(warehouse, site, clock)
    assert len(clock.pauses) == len(site.asked) - 1
    assert set(clock.pauses) == {1.25}
    agents = {headers["User-Agent"] for headers in site.headers}
    assert len(agents) == 1 and "Mozilla" in agents.pop()


@pytest.mark.slow
@pytest.mark.parametrize("killed_in", [1, 17, 30, 45])
@pytest.mark.parametrize("resumed", [TODAY, TOMORROW])
def test_a_killed_fetch_goes_on_where_it_stopped(
    warehouse, serve: Callable, killed_in: int, resumed: date
) -> None:
    site = serve(Portal())
    with pytest.raises(Killed):
        fetch(warehouse, site, Clock(killed_in))
    before, arrived = list(site.asked), landed(warehouse)
    assert len(before) == killed_in
    site.asked.clear()
    fetch(warehouse, site, Clock(), resumed)
    assert not [question for question in site.asked if question in before]
    after = landed(warehouse)
    assert arrived.items() <= after.items()
    assert {name.partition("/")[0] for name in after} == {"2026-11-20"}
    assert len(after) == sum("esData" in path for path, *_ in [*before, *site.asked])

    site.asked.clear()
    fetch(warehouse, site, Clock(), TODAY)
    assert site.asked == [] and landed(warehouse) == after


@pytest.mark.slow
def test_a_finished_fetch_is_an_edition_of_its_own(warehouse, serve: Callable) -> None:
    site = serve(Portal())
    fetch(warehouse, site, Clock())
    fetch(warehouse, site, Clock(), TOMORROW)
    editions = {name.partition("/")[0] for name in landed(warehouse)}
    assert editions == {"2026-11-20", "2026-11-21"}


@pytest.mark.slow
def test_half_a_response_is_never_landed(warehouse, serve: Callable) -> None:
    site = serve(Portal(), *[("esData", half)] * 5)
    with pytest.raises(FetchFailed, match=r"broke off in the middle.*what has arrived is kept"):
        fetch(warehouse, site, Clock())
    assert landed(warehouse) == {}
    fetch(warehouse, site, Clock())
    warehouse.refresh()
    assert {role for role, _ in warehouse.files().values()} == {"taken"}


def test_what_cannot_be_found_is_said_and_the_rest_is_kept(warehouse, serve: Callable) -> None:
    site = serve(Portal(without="运输和邮电 > 互联网主要指标发展情况"))
    site.answer.indicators["1/总人口"] = site.answer.indicators["1/总人口"][1:]
    with pytest.raises(FetchFailed) as failed:
        fetch(warehouse, site, Clock())
    lines = str(failed.value).splitlines()
    assert len(lines) == 3
    assert lines[1] == "人口 > 总人口 > 年末常住人口: no such indicator in its tables"
    assert (
        "互联网主要指标发展情况: no such table of 2014-2025; there is 电信主要通信能力" in lines[2]
    )
    assert len(landed(warehouse)) > 20


def test_years_that_have_not_ended_are_not_asked_for(warehouse, serve: Callable) -> None:
    with pytest.raises(FetchFailed, match="the year 2026 has not ended"):
        fetch(warehouse, serve(Portal()), Clock(), last=2026)


def test_a_source_without_fetcher_says_which_have_one(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"customs has no fetcher: nbs_portal, .* can be fetched"):
        fetching.fetch(tmp_path, "customs", 2020, 2021, today=TODAY)


# --- the international services -----------------------------------------------------------------


def world_bank_rows(code: str, first: int, last: int) -> list[dict]:
    return [
        {
            "indicator": {"id": code, "value": f"{code} (% of exports)"},
            "country": {"id": iso2, "value": name},
            "countryiso3code": iso3,
            "date": str(year),
            "value": None if year == last else year / 100,
            "unit": "",
            "obs_status": "",
            "decimal": 0,
        }
        for iso2, iso3, name in [("CN", "CHN", "China"), ("1W", "WLD", "World")]
        for year in range(last, first - 1, -1)
    ]


def world_bank_service(path: str, parameters: dict, _: object) -> object:
    code = path.rpartition("/")[2]
    if code == "GB.XPD.RSDV.GD.ZS":
        return [{"message": [{"id": "120", "key": "Invalid value", "value": "not valid"}]}]
    first, last = map(int, parameters["date"].split(":"))
    rows, pages = world_bank_rows(code, first, last), 1
    if code == "IT.NET.USER.ZS":  # a service that gives smaller pages than it was asked for
        pages, page = 2, int(parameters["page"])
        rows = rows[: len(rows) // 2] if page == 1 else rows[len(rows) // 2 :]
    return [{"page": int(parameters["page"]), "pages": pages, "total": len(rows)}, rows]


def test_the_world_bank(warehouse, serve: Callable) -> None:
    site = serve(world_bank_service)
    with pytest.raises(FetchFailed, match=r"GB.XPD.RSDV.GD.ZS.*not valid"):
        fetching.fetch(
            warehouse.home.landing, "world_bank", 2020, 2022, today=TODAY, base_url=site.url,
            client=Clock().client(),
        )  # fmt: skip
    names = sorted(path.rpartition("/")[2] for path in landed(warehouse))
    assert [name for name in names if name.startswith("IT.NET.USER.ZS")] == [
        "IT.NET.USER.ZS_2020-2022_page1.json",
        "IT.NET.USER.ZS_2020-2022_page2.json",
    ]
    warehouse.refresh()
    values = {
        (cell["indicator_label"], cell["period_label"]): cell["text"]
        for cell in warehouse.cells("world_bank")
    }
    assert values["BX.GSR.CCIS.ZS", "2021"] == "20.21"
    assert values["BX.GSR.CCIS.ZS", "2022"] is None


SDMX = (
    "STRUCTURE,STRUCTURE_ID,REF_AREA,Reference area,MEASURE,ACTIVITY,METHODOLOGY,STRI_TYPE,"
    "UNIT_MEASURE,TIME_PERIOD,OBS_VALUE\n"
    "DATAFLOW,OECD.TAD.TPD:DSD_STRI@DF_STRI_DIGITAL(1.0),CHN,China,STRI,_T,M1,MFN,IX,2021,0.306\n"
)


def test_the_oecd(warehouse, serve: Callable) -> None:
    site = serve(
        lambda *_: SDMX.encode(),
        ("data", refuse(429, Retry_After="60")),
        ("data", lambda handler: send(handler, SDMX[:-20].encode())),
    )
    clock = Clock()
    fetching.fetch(
        warehouse.home.landing, "oecd", 2012, 2022, today=TODAY, base_url=site.url,
        client=clock.client(),
    )  # fmt: skip
    assert clock.pauses == [60.0, 5.0]
    path, parameters, _ = site.asked[-1]
    assert path.endswith(f"/data/{oecd.FLOW}/A.......")
    assert parameters == {
        "startPeriod": "2014", "endPeriod": "2022", "format": "csvfilewithlabels",
    }  # fmt: skip
    warehouse.refresh()
    [value] = warehouse.cells("oecd")
    assert (value["period_label"], value["text"]) == ("2021", "0.306")


def comtrade_record(year: str, flow: str, code: str) -> dict:
    totals = {"partnerCode": 0, "partner2Code": 0, "customsCode": "C00", "motCode": 0}
    kind = {"typeCode": "C", "freqCode": "A", "classificationCode": "H6", "cmdCode": code}
    record = {"period": year, "refYear": int(year), "reporterCode": 156, "flowCode": flow}
    return record | totals | kind | {"primaryValue": 3.5e12}


def comtrade_service(path: str, parameters: dict, _: object) -> object:
    if parameters["period"] == "2025":
        return {"elapsedTime": "0.1 secs", "count": 0, "data": [], "error": ""}
    codes = ["TOTAL"] if parameters["cmdCode"] == "TOTAL" else ["01", "85"]
    data = [comtrade_record(parameters["period"], f, code) for f in "XM" for code in codes]
    return {"elapsedTime": "0.1 secs", "count": len(data), "data": data, "error": ""}


@pytest.mark.parametrize("key", [None, "s3cret"])
def test_un_comtrade(
    warehouse, serve: Callable, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    monkeypatch.delenv(un_comtrade.KEY_VARIABLE, raising=False)
    if key:
        monkeypatch.setenv(un_comtrade.KEY_VARIABLE, key)
    site, clock = serve(comtrade_service), Clock()
    with pytest.raises(FetchFailed, match="TOTAL 2025: the service has no record"):
        fetching.fetch(
            warehouse.home.landing, "un_comtrade", 2024, 2025, today=TODAY, base_url=site.url,
            client=clock.client(),
        )  # fmt: skip
    path, parameters, _ = site.asked[0]
    assert path == ("/data/v1/get/C/A/HS" if key else "/public/v1/preview/C/A/HS")
    pinned = {"partnerCode": "0", "partner2Code": "0", "customsCode": "C00", "motCode": "0"}
    assert pinned.items() <= parameters.items()
    assert (
        site.headers[0].get(
            "Ocp-Apim-Subscription-Key", site.headers[0].get("Ocp-apim-subscription-key")
        )
        == key
    )
    for file in warehouse.home.landing.rglob("*"):
        assert file.is_dir() or b"s3cret" not in file.read_bytes()
    assert not any("s3cret" in line for line in clock.said)
    warehouse.refresh()
    totals = {cell["indicator_label"]: cell for cell in warehouse.cells("un_comtrade")}
    assert {"X/TOTAL", "M/TOTAL"} <= totals.keys()
    assert totals["X/TOTAL"]["period_label"] == "2024"


def test_each_fetcher_has_what_fetching_needs() -> None:
    assert fetching.fetchable() == ["nbs_portal", "oecd", "un_comtrade", "world_bank"]
    for fetcher in (portal, oecd, un_comtrade, world_bank):
        assert fetcher.BASE_URL.startswith("https://") and "User-Agent" in fetcher.HEADERS
