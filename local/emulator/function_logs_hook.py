"""What a function prints reaches CloudWatch while it runs, and metrics in it are taken out (CloudWatch user guide, "Embedded metric format").

ministack stores a function's lines when it has ended, which is two minutes late for one that runs so long, and knows no embedded
metrics. Lines of START, END and REPORT still come at the end. Where the function's role may not write its log, all of them are lost, the
metrics in them, too, and the function learns nothing of it (Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs").
"""

import asyncio
import functools
import json
import time
import uuid


def install(app, _s3):
    from ministack.core import lambda_runtime
    from ministack.core.responses import request_scope

    functions, logs, cloudwatch = (app._get_module(name) for name in ("lambda_svc", "cloudwatch_logs", "cloudwatch"))
    loop = _loop_of(app)

    def take(worker, line):
        region, account = worker.config["FunctionArn"].split(":")[3:5]
        with request_scope(account, region):
            if _log(logs, worker, line):
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
        config = func.get("config") or func
        if _may_of(config)("logs:PutLogEvents", _group_of(config), request_id):
            original(func, request_id, "", *args, **kwargs)

    return emit


def _group_of(config):
    return (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"


def _may_of(config):
    """Tells whether a function's role may do something to a stream of a log."""
    from ministack.core import iam_evaluator
    from ministack.services import iam

    # arn:aws:lambda:<region>:<account>:function:<name>
    region, account = config["FunctionArn"].split(":")[3:5]
    name = config.get("Role", "").rsplit("/", 1)[-1]

    def may(action, group, stream):
        asked = iam_evaluator.EvalContext(
            principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/{config['FunctionName']}", principal_type="AssumedRole", principal_account=account, action=action,
            resource_arn=f"arn:aws:logs:{region}:{account}:log-group:{group}:log-stream:{stream}", region=region, secure_transport=True)
        return iam_evaluator.evaluate(asked, iam_evaluator._gather_role_policies(name, account), *iam_evaluator._permissions_boundary(iam._roles, name, account)).decision == "Allow"

    return may


def _log(logs, worker, line):
    """Whether the line was kept."""
    now = int(time.time() * 1000)
    group, may = _group_of(worker.config), _may_of(worker.config)
    # Each process has a stream of its own, also where one lies in memory where another did.
    vars(worker).setdefault("log_stream", uuid.uuid4().hex)
    stream = f"{time.strftime('%Y/%m/%d', time.gmtime())}/[$LATEST]{worker.log_stream}"
    if group not in logs._log_groups:
        if not may("logs:CreateLogGroup", group, ""):
            return False
        logs._log_groups[group] = {"arn": logs._make_group_arn(group), "creationTime": now, "retentionInDays": None, "tags": {}, "subscriptionFilters": {}, "streams": {}}
    streams = logs._log_groups[group]["streams"]
    if stream not in streams:
        if not may("logs:CreateLogStream", group, stream):
            return False
        streams[stream] = {"events": [], "uploadSequenceToken": "1", "creationTime": now, "firstEventTimestamp": None, "lastEventTimestamp": None, "lastIngestionTime": None}
    if not may("logs:PutLogEvents", group, stream):
        return False
    logs._append_log_events(streams[stream], [{"timestamp": now, "message": line, "ingestionTime": now}])
    return True


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
    # As for metrics that are put: where a minute is short, the next look may come too late.
    cloudwatch._evaluate_all_alarms()
