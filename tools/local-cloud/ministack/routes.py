"""Routes of the local cloud beside MiniStack's own: /_local/<name>, JSON in the query string, JSON out.

They are reachable on MiniStack's loopback port only; the gateway never forwards /_local/ from a client.
"""

import json
from urllib.parse import parse_qs


async def read_body(receive):
    """The whole request body; the routes take small JSON documents only."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def with_routes(app, routes):
    """Wraps an ASGI application: paths in `routes` are answered by `handler({name: first value, "body": parsed JSON})`."""

    async def application(scope, receive, send):
        handler = routes.get(scope["path"]) if scope["type"] == "http" else None
        if handler is None:
            await app(scope, receive, send)
            return
        query = {name: values[0] for name, values in parse_qs(scope.get("query_string", b"").decode()).items()}
        body = await read_body(receive)
        status, answer = await handler({**query, "body": json.loads(body) if body else None})
        payload = json.dumps(answer).encode()
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": payload})

    return application
