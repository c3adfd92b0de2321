"""Schedules as EventBridge Scheduler runs them (EventBridge Scheduler user guide).

- A rate without a start date fires at once, and then each interval; ministack waits for an interval first, and looks every 10 s.
- The schedule's role must trust the service and allow the call ("Setting up the execution role"); ministack does not ask.
- A function is invoked asynchronously: Lambda tries again as the function's event invoke configuration says.
- Context attributes in the input are filled in.
"""

import functools
import json
import logging
import os
import sys
import time
from datetime import datetime, timezone

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

SERVICE = "scheduler.amazonaws.com"
LOOK_SECONDS = 0.5

logger = logging.getLogger("scheduler")


def install(app, _s3):
    import minutes

    minutes.install(app)
    scheduler, events = app._get_module("scheduler"), app._get_module("eventbridge")
    scheduler._SCHEDULE_TICK_INTERVAL = LOOK_SECONDS
    scheduler._create_schedule = _firing_at_once(scheduler._create_schedule, scheduler)
    events._parse_rate_seconds = _scaled(events._parse_rate_seconds, minutes)
    events._invoke_target = _by_role(events._invoke_target, app)


def _firing_at_once(original, scheduler):
    @functools.wraps(original)
    def create(name, body):
        answer = original(name, body)
        if answer[0] == 200 and body["ScheduleExpression"].startswith("rate(") and not body.get("StartDate"):
            key = (scheduler.get_account_id(), scheduler.get_region(), f"{body.get('GroupName', 'default')}/{name}")
            scheduler._schedule_last_fired[key] = 0.0
        return answer

    return create


def _scaled(original, minutes):
    @functools.wraps(original)
    def seconds(expression):
        found = original(expression)
        return None if found is None else minutes.of_schedules(found)

    return seconds


def _by_role(original, app):
    @functools.wraps(original)
    def invoke(target, event, rule, *args):
        if event.get("Source") != "aws.scheduler":
            return original(target, event, rule, *args)
        refusal = _refusal(target, rule, event)
        if refusal:
            return logger.warning("schedule %s: %s", rule.get("Arn"), refusal)
        if ":lambda:" not in target["Arn"]:
            return original(target, event, rule, *args)
        return _invoke_function(app._get_module("lambda_svc"), target, event, rule)

    return invoke


def _invoke_function(functions, target, event, schedule):
    function, config, name = functions._get_func_record_for_ref(target["Arn"])
    if not function or not config:
        return logger.warning("schedule %s: there is no function %s", schedule.get("Arn"), name)
    now = datetime.fromtimestamp(time.time(), tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    attributes = {"schedule-arn": schedule["Arn"], "scheduled-time": now, "execution-id": event["EventId"], "attempt-number": "1"}
    text = target.get("Input") or json.dumps({"version": "0", "id": event["EventId"], "detail-type": "Scheduled Event", "source": "aws.scheduler", "account": event["Account"],
                                              "time": now, "region": event["Region"], "resources": [schedule["Arn"]], "detail": "{}"})
    for attribute, value in attributes.items():
        text = text.replace(f"<aws.scheduler.{attribute}>", value)
    functions.invoke_async_with_retry(function, json.loads(text))


def _refusal(target, schedule, event):
    """Why the role may not be used, or None."""
    from ministack.core import iam_evaluator
    from ministack.services import iam

    account, region, arn = event["Account"], event["Region"], target.get("RoleArn", "")
    name = arn.rsplit("/", 1)[-1]
    role = iam._roles.get_scoped(account, None, name)
    if role is None or role.get("Arn") != arn:
        return f"there is no role {arn}"

    def context(principal, action, resource, **service_context):
        return iam_evaluator.EvalContext(principal_arn=principal, principal_type="AssumedRole", principal_account=account, action=action,
                                         resource_arn=resource, region=region, secure_transport=True, service_context=service_context)

    group = schedule["Arn"].replace(":schedule/", ":schedule-group/").rsplit("/", 1)[0]
    trust = context(SERVICE, "sts:AssumeRole", arn, **{"aws:sourceaccount": account, "aws:sourcearn": group})
    if iam_evaluator.evaluate_resource_policy(role.get("AssumeRolePolicyDocument"), trust, service=SERVICE).decision != "Allow":
        return f"role {arn} does not trust {SERVICE} for {group}"
    session = f"arn:aws:sts::{account}:assumed-role/{name}/scheduler"
    if ":lambda:" in target["Arn"]:
        asked = context(session, "lambda:InvokeFunction", target["Arn"])
        policies = iam_evaluator._gather_role_policies(name, account)
        if iam_evaluator.evaluate(asked, policies, *iam_evaluator._permissions_boundary(iam._roles, name, account)).decision != "Allow":
            return f"role {arn} may not lambda:InvokeFunction on {target['Arn']}"
    return None
