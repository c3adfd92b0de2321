"""Starts ministack for the gateway, with the few changes that a proxy in front of it cannot make.

- It binds its own port and prints it, so that two local AWSs never race for one.
- Nothing of it outlives the parent: when stdin closes, the whole process group goes, Lambda workers included.
- The gateway says which bucket an access point request is served from, by a header; ministack asks its own table.
  Rewriting the request to the bucket instead would break the caller's signature and skip the access point's IAM check.
- It tells the gateway who the caller was, for the access log.
- Change sets may import buckets that exist (existing_resources.py).
- Versions are listed as by S3 (version_listing.py), and some smaller things mended (small_repairs.py).
- S3 refuses malformed policies, and buckets of somebody else than the caller expects (bucket_refusals.py).
- Permission to simulate policies is judged by whose they are (simulated_policies.py), that to put events by each of them
  (event_permissions.py), and who may not list is not told what is not there (unlisted_objects.py).
- `PATCHES` names further files to run before it serves (see local/gateway/extension.ts).
"""

import asyncio
import contextvars
import json
import os
import runpy
import shutil
import signal
import socket
import sys
import threading

import bucket_refusals
import event_permissions
import existing_resources
import simulated_policies
import small_repairs
import unlisted_objects
import version_listing

SERVE_HEADER = b"x-local-aws-serve"
PRINCIPAL_HEADER = b"x-local-aws-principal"
# Answers nothing but who the caller is.
PRINCIPAL_PATH = "/_principal"


def die_with_parent():
    """The parent holds the other end of stdin; it never writes."""
    while os.read(0, 4096):
        pass
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def bind():
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    return listener


def serve_what_the_gateway_chose(s3, chosen):
    original = s3.resolve_mrap_bucket
    s3.resolve_mrap_bucket = lambda alias: chosen.get() or original(alias)


def principal_of(headers, query):
    from urllib.parse import parse_qs

    from ministack.core.iam_evaluator import AmbiguousAccessKeyError, resolve_credential
    from ministack.core.router import extract_access_key_id

    key = extract_access_key_id(
        {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers},
        parse_qs(query.decode("latin-1")))
    try:
        return getattr(resolve_credential(key), "principal_arn", "") if key else ""
    except AmbiguousAccessKeyError:
        return ""


def wrap(app, chosen):
    async def wrapped(scope, receive, send):
        if scope["type"] != "http":
            return await app(scope, receive, send)
        chosen.set(dict(scope["headers"]).get(SERVE_HEADER, b"").decode("latin-1") or None)

        async def send_with_principal(message):
            if message["type"] == "http.response.start":
                principal = principal_of(scope["headers"], scope.get("query_string", b""))
                message = {**message, "headers": [*message.get("headers", []), (PRINCIPAL_HEADER, principal.encode())]}
            await send(message)

        if scope["path"] == PRINCIPAL_PATH:
            await send_with_principal({"type": "http.response.start", "status": 204, "headers": []})
            return await send({"type": "http.response.body", "body": b""})
        return await app(scope, receive, send_with_principal)

    return wrapped


def main():
    threading.Thread(target=die_with_parent, daemon=True).start()
    listener = bind()
    port = listener.getsockname()[1]
    os.environ["GATEWAY_PORT"] = str(port)  # read by ministack's modules when they are imported

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app as ministack

    s3 = ministack._get_module("s3")
    chosen = contextvars.ContextVar("chosen", default=None)
    serve_what_the_gateway_chose(s3, chosen)
    existing_resources.install(ministack, s3)
    version_listing.install(s3)
    small_repairs.install(s3)
    bucket_refusals.install(ministack, s3)
    simulated_policies.install(ministack, s3)
    event_permissions.install(ministack, s3)
    unlisted_objects.install(ministack, s3)
    for path in filter(None, os.environ.get("PATCHES", "").split(os.pathsep)):
        runpy.run_path(path)["install"](ministack, s3)

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 3600  # the gateway reuses connections; it must be the one to close them
    config.loglevel = "WARNING"
    print(json.dumps({"port": port}), flush=True)
    asyncio.run(serve(wrap(ministack.app, chosen), config, shutdown_trigger=lambda: asyncio.Event().wait()))


if __name__ == "__main__":
    sys.exit(main())
