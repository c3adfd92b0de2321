"""How the gateway's engine reaches us: calls on the emulator's own port, which clients do not see.

- `GET /_replication/journal?after=<id>&limit=<n>`: work beyond an id, and the end of what was taken before.
- `POST /_replication/copy` with `{"tasks": [...]}`: carries each out; one result per task, in order.
- `POST /_replication/metric-minute` with `{"seconds": n}`: how long a minute of the metrics of replication lasts.
"""

import json
from urllib.parse import parse_qs

from s3_replication import metric_minute
from s3_replication.copying import Copier

PREFIX = "/_replication/"


def install(app, s3, journal):
    emulator = app.app

    async def with_replication(scope, receive, send):
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            return await emulator(scope, receive, send)
        answer = await _answer(s3, journal, scope, receive)
        body = json.dumps(answer).encode()
        await send({"type": "http.response.start", "status": 200,
                    "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})

    app.app = with_replication


async def _answer(s3, journal, scope, receive):
    body = await _read(receive)
    if scope["path"] == PREFIX + "journal":
        query = parse_qs(scope.get("query_string", b"").decode())
        return {"entries": journal.take(int(query["after"][0]), int(query["limit"][0]))}
    if scope["path"] == PREFIX + "metric-minute":
        metric_minute.seconds = json.loads(body)["seconds"]
        return {}
    copier = Copier(s3)
    return {"results": [copier.run(task) for task in json.loads(body)["tasks"]]}


async def _read(receive):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body
