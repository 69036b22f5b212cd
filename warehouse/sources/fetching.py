"""Fetching: the one place that speaks to the network, slowly, and keeps every answer as a file.

A source can be fetched if its folder has a `fetcher.py` with `BASE_URL`, `HEADERS` and
`fetch(run, base_url, first, last)`, which returns sentences about what it could not find. It asks
through `Run.keep`, which writes each answer into the edition of the day the moment it arrives;
what is there already is not asked for again.
"""

import email.utils
import hashlib
import http.client
import http.cookiejar
import importlib
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from warehouse.contract import editions
from warehouse.contract.errors import WarehouseError
from warehouse.contract.files import write_atomically
from warehouse.sources import Source, sources

MANIFEST = ".manifest.json"
LOOK_UPS = ".lookups"
# These say that the question is wrong; everything else may be a bad moment.
_FINAL = {400, 401, 404, 405, 406, 410, 414, 422}
_LONGEST_PAUSE = 600


class FetchFailed(WarehouseError):
    """A source could not be fetched, or not wholly; what has arrived is kept."""


class Refused(FetchFailed):
    """The server understood the question and has no answer to it: asking again is idle."""


class NoAnswer(Exception):
    """What came back is no answer (a refusal, a web page, half a response): worth another try.

    `pause` is how many seconds the server asks to wait, if it says so.
    """

    def __init__(self, fault: str, pause: float | None = None) -> None:
        super().__init__(fault)
        self.pause = pause


@dataclass(frozen=True)
class Request:
    """One question: GET, or POST if it has a `body`, which is sent as JSON.

    `secret` headers (a key) are sent and neither printed nor stored.
    """

    url: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    secret: Mapping[str, str] = field(default_factory=dict)

    @property
    def full_url(self) -> str:
        if not self.parameters:
            return self.url
        return f"{self.url}?{urllib.parse.urlencode(self.parameters)}"


@dataclass
class Client:
    """Asks one question at a time, `spacing` seconds apart, and tries again with growing pauses.

    `timeout` (seconds) holds for each silence of the server. Cookies are kept, as some portals
    first answer with one.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    spacing: float = 1.25
    timeout: float = 60
    attempts: int = 5
    say: Callable[[str], None] = print
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _free_at: float = field(default=float("-inf"), init=False)
    _opener: urllib.request.OpenerDirector = field(
        default_factory=lambda: urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        ),
        init=False,
    )

    def ask(self, request: Request, check: Callable[[bytes], object]) -> bytes:
        """The bytes of the answer. `check` raises NoAnswer if they are none worth keeping.

        Raises Refused if the question is wrong, FetchFailed if the server asks for more than ten
        minutes of patience or every attempt failed.
        """
        for attempt in range(1, self.attempts + 1):
            self._wait_for_turn()
            try:
                answer = self._once(request)
                check(answer)
                return answer
            except NoAnswer as fault:
                last = fault
            finally:
                self._free_at = self.clock() + self.spacing
            pause = last.pause if last.pause is not None else self.spacing * 2**attempt
            if pause > _LONGEST_PAUSE:
                raise FetchFailed(
                    f"{request.full_url} {last} and asks to wait {pause:.0f} seconds: fetch again "
                    "then; what has arrived is kept"
                )
            if attempt < self.attempts:
                self.say(f"{request.url} {last}; trying again in {pause:.0f} seconds")
                self._free_at = self.clock() + max(pause, self.spacing)
        raise FetchFailed(
            f"{request.full_url} gave no answer in {self.attempts} attempts: the last one {last}. "
            "Fetch again later or from another network; what has arrived is kept"
        )

    def _wait_for_turn(self) -> None:
        pause = self._free_at - self.clock()
        if pause > 0:
            self.sleep(pause)

    def _once(self, request: Request) -> bytes:
        data = None if request.body is None else json.dumps(request.body).encode()
        headers = {**self.headers, **request.secret}
        if data is not None:
            headers["Content-Type"] = "application/json;charset=UTF-8"
        question = urllib.request.Request(request.full_url, data, headers)
        try:
            with self._opener.open(question, timeout=self.timeout) as response:
                return response.read()
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error, request) from None
        except http.client.IncompleteRead:
            raise NoAnswer("broke off in the middle of its response") from None
        except TimeoutError:
            raise NoAnswer(f"was silent for {self.timeout:g} seconds") from None
        except (OSError, http.client.HTTPException) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise NoAnswer(f"was silent for {self.timeout:g} seconds") from None
            fault = str(getattr(error, "reason", error)) or type(error).__name__
            raise NoAnswer(f"could not be reached ({fault})") from None


def _refusal(error: urllib.error.HTTPError, request: Request) -> Exception:
    """What a status other than 200 means: NoAnswer, or Refused where asking again is idle."""
    said = f"answered {error.code} {error.reason}".rstrip()
    if reason := _reason(error):
        said += f" ({reason})"
    if error.code == 401:
        return Refused(f"{request.url} {said}: the key is missing or wrong")
    if error.code in _FINAL:
        return Refused(f"{request.full_url} {said}: the question is wrong, or the address is")
    return NoAnswer(said, _retry_after(error.headers.get("Retry-After")))


def _reason(error: urllib.error.HTTPError) -> str | None:
    """The reason in the page of a refusal: a JSON message, or the rule that a firewall names."""
    try:
        page = error.read(4096).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return None
    if rule := re.search(r"reason\s*:\s*(\w+)", page):
        return f"reason {rule[1]}"
    try:
        return str(json.loads(page)["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _retry_after(text: str | None) -> float | None:
    """The seconds that a header Retry-After asks for: a number, or a date."""
    if not text:
        return None
    try:
        return max(float(text), 0.0)
    except ValueError:
        pass
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((when.astimezone(UTC) - datetime.now(UTC)).total_seconds(), 0.0)


def as_json(answer: bytes) -> Any:
    """The content of a JSON answer. Raises NoAnswer for a web page or half a response."""
    if answer.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise NoAnswer("answered with a web page instead of JSON, as it does when asked too often")
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        raise NoAnswer("answered with half a response, or none, instead of JSON") from None


@dataclass
class Run:
    """One fetch into the folder of an edition, with a manifest of what was asked and resolved."""

    folder: Path
    client: Client
    manifest: dict = field(default_factory=lambda: {"requests": {}, "ids": {}})

    def keep(self, name: str, request: Request, check: Callable[[bytes], object]) -> bytes:
        """The answer to a question, from the file `name` if it arrived before.

        Raises FetchFailed. The file appears whole or not at all.
        """
        path = self.folder / name
        if path.exists():
            answer = path.read_bytes()
        else:
            answer = self.client.ask(request, check)
            write_atomically(path, answer)
        self.manifest["requests"][name] = {
            "url": request.full_url,
            **({} if request.body is None else {"body": request.body}),
            "bytes": len(answer),
            "sha256": hashlib.sha256(answer).hexdigest(),
        }
        self.save()
        return answer

    def look_up(self, name: str, request: Request, check: Callable[[bytes], object]) -> Any:
        """The content of a JSON answer that is no data (a catalogue), kept out of readers' way."""
        return json.loads(self.keep(f"{LOOK_UPS}/{name}", request, check))

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def say(self, text: str) -> None:
        self.client.say(text)

    def save(self) -> None:
        text = json.dumps(self.manifest, ensure_ascii=False, indent=1)
        write_atomically(self.folder / MANIFEST, text)


def fetchable() -> list[str]:
    """The sources that have a fetcher."""
    return [name for name, source in sources().items() if (source.folder / "fetcher.py").exists()]


def fetch(
    landing: Path,
    source_id: str,
    first: int,
    last: int,
    *,
    today: date,
    base_url: str | None = None,
    client: Client | None = None,
    say: Callable[[str], None] = print,
) -> Run:
    """Fetch the years `first` to `last` of a source into `landing/<source>/<edition>/`.

    The edition is the day the fetch began: an unfinished one of yesterday is gone on with.
    Raises FetchFailed, also if some series could not be found; what has arrived is kept.
    """
    if source_id not in fetchable():
        what = "has no fetcher" if source_id in sources() else "is no source"
        raise FetchFailed(
            f"{source_id} {what}: {', '.join(fetchable())} can be fetched; the files of the other "
            "sources are landed by hand (docs/sources.md)"
        )
    _check_years(first, last, today)
    source = sources()[source_id]
    fetcher = importlib.import_module(f"warehouse.sources.{source_id}.fetcher")
    base_url = (base_url or fetcher.BASE_URL).rstrip("/")
    if not base_url.startswith(("https://", "http://")):
        raise FetchFailed(f"{base_url} is no address of a server: it should begin with https://")
    asked = {"source_id": source_id, "base_url": base_url, "first": first, "last": last}
    run = _begin(landing / source_id, source, asked, today, client or _client(fetcher, say))
    missing = fetcher.fetch(run, base_url, first, last)
    run.manifest |= {"is_finished": True, "missing": missing}
    run.save()
    if missing:
        raise FetchFailed("\n".join([f"not everything was found at {base_url}:", *missing]))
    return run


def _client(fetcher: ModuleType, say: Callable[[str], None]) -> Client:
    return Client(headers=fetcher.HEADERS, say=say)


def _check_years(first: int, last: int, today: date) -> None:
    if first > last:
        raise FetchFailed(f"the years {first} to {last} are none: the first is after the last")
    if last >= today.year:
        raise FetchFailed(
            f"the year {last} has not ended: yearly values are fetched up to {today.year - 1}"
        )


def _begin(folder: Path, source: Source, asked: dict, today: date, client: Client) -> Run:
    """The run of today, or yesterday's if that was broken off; its edition is declared."""
    edition = folder / today.isoformat()
    yesterday = folder / (today - timedelta(days=1)).isoformat()
    if not edition.exists() and _is_broken_off(yesterday, asked):
        edition = yesterday
        client.say(f"going on with the fetch of {edition.name}")
    declaration = edition / editions.FILE_NAME
    if not declaration.exists():
        write_atomically(
            declaration,
            f"# Fetched from {asked['base_url']}\n"
            f"published_on: {edition.name}\n"
            f"publisher: {json.dumps(source.publisher)}\n"
            f"redistributable: {json.dumps(source.redistributable)}\n",
        )
    run = Run(edition, client)
    known = _manifest(edition)
    run.manifest |= {"requests": known.get("requests", {})} | asked | {"is_finished": False}
    run.save()
    return run


def _is_broken_off(edition: Path, asked: dict) -> bool:
    known = _manifest(edition)
    return known.get("is_finished") is False and asked.items() <= known.items()


def _manifest(edition: Path) -> dict:
    try:
        return json.loads((edition / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise FetchFailed(f"{edition / MANIFEST} is damaged ({error}): remove it") from None
