"""What a function prints reaches CloudWatch while it runs, and metrics in it are taken out (CloudWatch user guide, "Embedded metric format").

ministack stores a function's lines when it has ended, which is two minutes late for one that runs so long, and knows no embedded
metrics. Lines of START, END and REPORT still come at the end.
"""

import asyncio
import functools
import json
import time


def install(app, _s3):
    from ministack.core import lambda_runtime
    from ministack.core.responses import request_scope

    functions, logs, cloudwatch = (app._get_module(name) for name in ("lambda_svc", "cloudwatch_logs", "cloudwatch"))
    loop = _loop_of(app)

    def take(worker, line):
        # arn:aws:lambda:<region>:<account>:function:<name>
        _, _, _, region, account, _, name = worker.config["FunctionArn"].split(":")[:7]
        with request_scope(account, region):
            _log(logs, worker, name, line)
            _extract(cloudwatch, line)

    def read(self):
        try:
            for line in self._proc.stderr:
                line = line.rstrip("\n")
                self._stderr_queue.put(line)
                if loop:
                    loop[0].call_soon_threadsafe(take, self, line)
        except (OSError, ValueError, RuntimeError):
            pass  # the worker, or all of us, has ended

    lambda_runtime.Worker._read_stderr = read
    functions._emit_lambda_logs = _without_lines(functions._emit_lambda_logs)


def _loop_of(app):
    """The loop in which requests are served, once it runs: nothing here may change what they read meanwhile."""
    emulator, found = app.app, []

    async def noting(scope, receive, send):
        if not found:
            found.append(asyncio.get_running_loop())
        return await emulator(scope, receive, send)

    app.app = noting
    return found


def _without_lines(original):
    @functools.wraps(original)
    def emit(func, request_id, log_text, *args, **kwargs):
        return original(func, request_id, "", *args, **kwargs)

    return emit


def _log(logs, worker, name, line):
    now = int(time.time() * 1000)
    group = (worker.config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    if group not in logs._log_groups:
        logs._log_groups[group] = {"arn": logs._make_group_arn(group), "creationTime": now, "retentionInDays": None, "tags": {}, "subscriptionFilters": {}, "streams": {}}
    streams = logs._log_groups[group]["streams"]
    stream = f"{time.strftime('%Y/%m/%d', time.gmtime())}/[$LATEST]{id(worker):032x}"
    if stream not in streams:
        streams[stream] = {"events": [], "uploadSequenceToken": "1", "creationTime": now, "firstEventTimestamp": None, "lastEventTimestamp": None, "lastIngestionTime": None}
    logs._append_log_events(streams[stream], [{"timestamp": now, "message": line, "ingestionTime": now}])


def _extract(cloudwatch, line):
    if '"CloudWatchMetrics"' not in line:
        return
    try:
        found = json.loads(line)
    except ValueError:
        return
    for directive in found.get("_aws", {}).get("CloudWatchMetrics", []):
        for names in directive.get("Dimensions", [[]]):
            dimensions = {name: str(found[name]) for name in names if name in found}
            if len(dimensions) != len(names):
                continue
            for metric in directive.get("Metrics", []):
                values = found.get(metric["Name"])
                for value in values if isinstance(values, list) else [values]:
                    if isinstance(value, (int, float)):
                        cloudwatch.record_metric(directive["Namespace"], metric["Name"], value, metric.get("Unit", "None"), dimensions)
