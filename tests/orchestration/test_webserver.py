"""The web server of the UI: it answers its own page, and nobody else, and says whose it is."""

import asyncio
import json
from urllib.parse import urlencode

import pytest

from orchestration.webserver import OwnPageOnly, entitled, title_of
from warehouse.contract.home import Home

OWN = {"host": "127.0.0.1:3000"}
MUTATION = {"query": "query a { version } mutation b { setNuxSeen }"}


def status(method: str, headers: dict[str, str], query: dict[str, str], kind: str = "http") -> int:
    """The status of an answer; 200 if the request gets through to the app."""
    sent = []

    async def app(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "method": method,
        "path": "/graphql",
        "query_string": urlencode(query).encode(),
        "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
    }
    asyncio.run(OwnPageOnly(app)(scope, None, send))
    return sent[0].get("status", 403 if sent[0] == {"type": "websocket.close", "code": 1008} else 0)


@pytest.mark.parametrize(
    ("method", "headers", "query", "expected"),
    [
        ("GET", OWN, {}, 200),
        ("GET", {"host": "localhost:3000"}, {"query": "{ version }"}, 200),
        ("GET", {"host": "[::1]:3000"}, {}, 200),
        ("POST", OWN | {"origin": "http://127.0.0.1:3000"}, {}, 200),
        ("GET", {"host": "attacker.example"}, {}, 403),
        ("GET", {"host": "127.0.0.1.attacker.example:3000"}, {}, 403),
        ("GET", {}, {}, 403),
        ("POST", OWN | {"origin": "http://attacker.example"}, {}, 403),
        ("POST", OWN | {"origin": "http://127.0.0.1:8888"}, {}, 403),
        ("POST", OWN | {"origin": "null"}, {}, 403),
        ("GET", OWN, MUTATION, 403),
        ("HEAD", OWN, MUTATION, 403),
    ],
)
def test_only_its_own_page_is_answered(method, headers, query, expected):
    assert status(method, headers, query) == expected
    assert status(method, headers, query, "websocket") == expected


def test_the_title_begins_with_the_home_and_its_release(tmp_path):
    home = Home(tmp_path / "<b>省")
    assert title_of(home) == "<b>省 · no release yet"
    home.releases.mkdir(parents=True)
    (home.releases / "current").symlink_to("2020-12-31-abc")
    title = title_of(home)
    assert title == "<b>省 · 2020-12-31-abc"
    page = entitled('<head><script nonce="n0">1</script></head><body></head></body>', title)
    script = page.split('<script nonce="n0">')[2].partition("</script></head><body>")[0]
    assert f"const ours = {json.dumps(title).replace('<', chr(92) + 'u003c')}, keep" in script
