"""Alarms as CloudWatch judges them (CloudWatch user guide, "Alarm evaluation", "How alarms treat missing data").

ministack judges an alarm only when a metric is put, by all data points of that name whatever their dimensions, never by their
absence, and in one window instead of period by period. Here each alarm is looked at once a second, and when a metric arrives: the last `EvaluationPeriods`
periods up to now, of which `DatapointsToAlarm` must breach, a missing one counting as `TreatMissingData` says. Their minute may be
shorter (minutes.py). An alarm may be over the greatest, least or sum of several metrics, as a template says it by metric math, which
ministack refuses. Where their minute is shortened a data point may stand for longer than its own period. Not as in AWS: periods end now rather than on the clock's minute, and no older data point stands in for one
that is missing.
"""

import asyncio
import functools
import logging
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

EVERY_SECONDS = 1.0
EXPRESSIONS = {"MAX(METRICS())": max, "MIN(METRICS())": min, "SUM(METRICS())": sum}
COMPARED = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}

logger = logging.getLogger("cloudwatch")


def install(app, _s3):
    import minutes
    from ministack.core.responses import request_scope

    from ministack.services.cloudformation import provisioners

    cloudwatch = app._get_module("cloudwatch")
    provisioners._cw_metric_alarm_record = _with_math(provisioners._cw_metric_alarm_record)
    cloudwatch._evaluate_alarm = lambda alarm: _evaluate(cloudwatch, alarm, minutes)

    def look():
        for account, region, name in list(cloudwatch._alarms._data):
            with request_scope(account, region):
                alarm = cloudwatch._alarms.get(name)
                if alarm:
                    cloudwatch._evaluate_alarm(alarm)

    async def forever():
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                look()
            except Exception:
                logger.exception("alarms could not be judged")

    _once_serving(app, forever)


def _once_serving(app, task):
    emulator, started = app.app, []

    async def starting(scope, receive, send):
        if not started:
            started.append(asyncio.ensure_future(task()))
        return await emulator(scope, receive, send)

    app.app = starting


def _with_math(original):
    @functools.wraps(original)
    def record(name, props):
        queries = props.get("Metrics")
        if not queries:
            return original(name, props)
        expressions = [query for query in queries if "Expression" in query]
        stats = [query["MetricStat"] for query in queries if "MetricStat" in query]
        if len(expressions) != 1 or expressions[0]["Expression"] not in EXPRESSIONS or not stats:
            raise ValueError(f"of metric math, alarms over {', '.join(EXPRESSIONS)} alone are emulated, got {[one['Expression'] for one in expressions]}")
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        alarm = original(name, {**plain, "MetricName": "-", "Namespace": "-", "Period": stats[0]["Period"]})
        for key in ("MetricName", "Namespace", "Statistic", "ExtendedStatistic"):
            del alarm[key]
        return {**alarm, "Metrics": queries}

    return record


def _evaluate(cloudwatch, alarm, minutes):
    compared = COMPARED.get(alarm.get("ComparisonOperator"))
    if compared is None:
        return
    period, count = minutes.of_alarms(alarm.get("Period", 60)), alarm.get("EvaluationPeriods", 1)
    values = _values(cloudwatch, alarm, period, count, minutes.points)
    missing = values.count(None)
    treat = alarm.get("TreatMissingData", "missing")
    # What was before the alarm is not missing.
    if missing and time.time() < alarm.get("AlarmConfigurationUpdatedTimestamp", 0) + count * period:
        return
    if missing == count and treat == "ignore":
        return
    breaching = sum(value is not None and compared(value, alarm["Threshold"]) for value in values)
    if missing == count and treat == "missing":
        state = "INSUFFICIENT_DATA"
    else:
        state = "ALARM" if breaching + (missing if treat == "breaching" else 0) >= alarm.get("DatapointsToAlarm", count) else "OK"
    if state != alarm["StateValue"]:
        _move(cloudwatch, alarm, state, f"of the last {count} data points {breaching} breached the threshold {alarm['Threshold']} and {missing} were missing ({treat})")


def _values(cloudwatch, alarm, period, count, stands):
    """One value per period, the newest first; None where there is no data point."""
    if not alarm.get("Metrics"):
        return _of_metric(cloudwatch, alarm, period, count, stands)
    reduce = next(EXPRESSIONS[query["Expression"]] for query in alarm["Metrics"] if "Expression" in query)
    each = [_of_metric(cloudwatch, {**stat["Metric"], "Statistic": stat["Stat"], "Unit": stat.get("Unit")}, period, count, stands)
            for stat in (query["MetricStat"] for query in alarm["Metrics"] if "MetricStat" in query)]
    found = [[value for value in values if value is not None] for values in zip(*each)]
    return [reduce(values) if values else None for values in found]


def _of_metric(cloudwatch, alarm, period, count, stands):
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []}
    points = cloudwatch._metrics.get((alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))) or []
    if alarm.get("Unit"):
        points = [point for point in points if point.get("Unit") == alarm["Unit"]]
    now, periods, before = time.time(), [[] for _ in range(count)], None
    for point in reversed(points):
        age = int((now - point["Timestamp"]) // period)
        if age >= count:
            before = point
            break
        periods[max(age, 0)].append(point)
    _let_stand(periods, before, period, stands, now)
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
    return [cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points) if points else None for points in periods]


def _let_stand(periods, last, period, stands, now):
    """Fills empty periods, the newest first, with the point before them while that stands."""
    for place in reversed(range(len(periods))):
        if periods[place]:
            last = max(periods[place], key=lambda point: point["Timestamp"])
        elif last and now - place * period - last["Timestamp"] <= stands:
            periods[place].append(last)


def _move(cloudwatch, alarm, state, reason):
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
