"""Dagster's web server, which answers its own page alone and says whose it is.

Any page that a browser shows can send requests to a server of the same machine, and Dagster would
do what they ask for. A request is answered if it names this machine as its host, if it comes from
the page of this server where it says where from, and if it is a POST where it changes something.
The title of every page begins with the home and its current release, whose files are below
`/release`: its report, its dictionary.

Run as `python -m orchestration.webserver` with the arguments of `dagster-webserver`.
"""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from dagster_webserver.cli import cli
from dagster_webserver.webserver import DagsterWebserver
from graphql import GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse
from starlette.datastructures import Headers, QueryParams
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestration.ports import RELEASE
from warehouse.contract.home import Home

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
# Dagster's page gives itself another title wherever it goes
_KEEP_TITLE = """<script nonce="%s">{
  const ours = %s, keep = () => {
    if (!document.title.startsWith(ours)) document.title = `${ours} · ${document.title}`;
  };
  new MutationObserver(keep).observe(
    document.head, {childList: true, subtree: true, characterData: true});
  keep();
}</script></head>"""


class OwnPageOnly:
    """ASGI middleware that answers 403 to requests of others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or _is_own(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is open: status 403
        else:
            said = PlainTextResponse("this server answers its own page alone\n", status_code=403)
            await said(scope, receive, send)


def _is_own(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    host, origin = headers.get("host", ""), headers.get("origin")
    if urlsplit(f"//{host}").hostname not in _THIS_MACHINE:
        return False
    if origin is not None and origin != f"http://{host}":
        return False
    return scope.get("method") not in ("GET", "HEAD") or not _changes_something(scope)


def _changes_something(scope: Scope) -> bool:
    """Whether the query string holds a GraphQL mutation."""
    queries = QueryParams(scope["query_string"]).getlist("query")
    return any(_is_mutation(query) for query in queries)


def _is_mutation(query: str) -> bool:
    try:
        definitions = parse(query).definitions
    except GraphQLSyntaxError:
        return False  # nobody can carry it out
    return any(
        isinstance(definition, OperationDefinitionNode)
        and definition.operation == OperationType.MUTATION
        for definition in definitions
    )


def title_of(home: Home) -> str:
    """The home and the name of its current release."""
    link = home.releases / "current"
    return f"{home.root.name} · {link.readlink().name if link.is_symlink() else 'no release yet'}"


def release_files(home: Home) -> StaticFiles:
    """The files of whichever release is current when they are asked for."""
    return StaticFiles(directory=home.releases / "current", check_dir=False, html=True)


def entitled(page: str, title: str) -> str:
    """Dagster's page, whose title always begins with a text."""
    nonce = re.search(r'nonce="(\w+)"', page)
    assert nonce, page  # without it the browser would run no script of the page
    text = json.dumps(title).replace("<", "\\u003c")
    return page.replace("</head>", _KEEP_TITLE % (nonce[1], text), 1)


def main() -> None:
    """Run Dagster's own command with this in front of its app."""
    theirs, their_page = DagsterWebserver.build_middleware, DagsterWebserver.index_html_endpoint
    their_routes = DagsterWebserver.build_routes

    def with_ours(self: Any) -> list[Middleware]:
        return [Middleware(OwnPageOnly), *theirs(self)]

    def our_page(self: Any, request: Request) -> HTMLResponse:
        page = their_page(self, request)
        text = entitled(bytes(page.body).decode(), title_of(Home.from_environment()))
        del page.headers["content-length"]
        return HTMLResponse(text, headers=dict(page.headers))

    def our_routes(self: Any) -> list[BaseRoute]:
        return [Mount(RELEASE, release_files(Home.from_environment())), *their_routes(self)]

    # Its only ways in
    DagsterWebserver.build_middleware = with_ours  # type: ignore[method-assign]
    DagsterWebserver.index_html_endpoint = our_page  # type: ignore[method-assign]
    DagsterWebserver.build_routes = our_routes  # type: ignore[method-assign]
    cli()


if __name__ == "__main__":
    main()
