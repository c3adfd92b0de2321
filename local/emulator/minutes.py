"""How long a minute lasts, for schedules and for alarms: tests shorten it. `POST /_minutes` with `{"schedules": s, "alarms": s}`."""

import json

PATH = "/_minutes"
SECONDS_OF_AWS = 60.0

schedules = SECONDS_OF_AWS
alarms = SECONDS_OF_AWS


def of_schedules(seconds):
    return seconds * schedules / SECONDS_OF_AWS


def of_alarms(seconds):
    return seconds * alarms / SECONDS_OF_AWS


def install(app):
    emulator = app.app

    async def with_minutes(scope, receive, send):
        global schedules, alarms
        if scope["type"] != "http" or scope["path"] != PATH:
            return await emulator(scope, receive, send)
        asked = json.loads((await receive()).get("body", b"{}"))
        schedules, alarms = asked.get("schedules", schedules), asked.get("alarms", alarms)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    app.app = with_minutes
