"""Dagster's web server, which answers its own page alone.

Any page that a browser shows can send requests to a server of the same machine, and Dagster would
do what they ask for. A request is answered if it names this machine as its host, if it comes from
the page of this server where it says where from, and if it is a POST where it changes something.

Run as `python -m orchestration.webserver` with the arguments of `dagster-webserver`.
"""

from typing import Any
from urllib.parse import urlsplit

from dagster_webserver.cli import cli
from dagster_webserver.webserver import DagsterWebserver
from graphql import GraphQLSyntaxError, OperationDefinitionNode, OperationType, parse
from starlette.datastructures import Headers, QueryParams
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


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


def main() -> None:
    """Run Dagster's own command with this in front of its app."""
    theirs = DagsterWebserver.build_middleware

    def with_ours(self: Any) -> list[Middleware]:
        return [Middleware(OwnPageOnly), *theirs(self)]

    DagsterWebserver.build_middleware = with_ours  # type: ignore[method-assign] # its only way in
    cli()


if __name__ == "__main__":
    main()
