"""How long a minute lasts, for schedules and for alarms: tests shorten it. `POST /_minutes` with `{"schedules": s, "alarms": s, "points": s}`.

Whoever publishes once a minute of AWS leaves most of such short minutes empty. So a data point stands for `points` seconds, or until the next
one of its metric.
"""

import json

PATH = "/_minutes"
SECONDS_OF_AWS = 60.0

schedules = SECONDS_OF_AWS
alarms = SECONDS_OF_AWS
points = 0.0


def of_schedules(seconds):
    return seconds * schedules / SECONDS_OF_AWS


def of_alarms(seconds):
    return seconds * alarms / SECONDS_OF_AWS


def install(app):
    emulator = app.app

    async def with_minutes(scope, receive, send):
        global schedules, alarms, points
        if scope["type"] != "http" or scope["path"] != PATH:
            return await emulator(scope, receive, send)
        asked = json.loads((await receive()).get("body", b"{}"))
        schedules, alarms, points = asked.get("schedules", schedules), asked.get("alarms", alarms), asked.get("points", points)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    app.app = with_minutes
