"""What ministack's CloudWatch leaves out of reading metrics (CloudWatch API reference, GetMetricData and GetMetricStatistics).

- Data points come newest first unless `ScanBy` says otherwise; ministack has the oldest first, always. The old Query
  protocol keeps ministack's order: no client here speaks it.
- The start of the time asked for is rounded down to a whole period, a minute at most.
- The metrics of replication may have a shorter minute (s3_replication/metric_minute.py).
"""

import contextvars
import functools
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

MINUTE = 60


def install(app, _s3):
    from s3_replication import metric_minute

    cloudwatch = app._get_module("cloudwatch")
    newest_first = contextvars.ContextVar("newest_first", default=False)
    for name in ("_json_ok", "_cbor_ok"):
        setattr(cloudwatch, name, _ordered(getattr(cloudwatch, name), newest_first))
    cloudwatch._get_metric_data = _metric_data(cloudwatch, metric_minute, newest_first)
    cloudwatch._get_metric_statistics = _metric_statistics(cloudwatch, metric_minute)


def _ordered(original, newest_first):
    @functools.wraps(original)
    def answer(data):
        for result in data.get("MetricDataResults", []) if newest_first.get() else []:
            result["Timestamps"] = result["Timestamps"][::-1]
            result["Values"] = result["Values"][::-1]
        return original(data)

    return answer


def _metric_data(cloudwatch, metric_minute, newest_first):
    original = cloudwatch._get_metric_data

    @functools.wraps(original)
    def get(params, data, *protocol):
        if not data:
            return original(params, data, *protocol)
        queries = [_with_real_period(query, metric_minute) for query in data.get("MetricDataQueries", [])]
        periods = [int(query["MetricStat"].get("Period", MINUTE)) for query in queries if query.get("MetricStat")]
        start = _rounded(cloudwatch._parse_ts(data.get("StartTime")), min(periods, default=MINUTE))
        token = newest_first.set(data.get("ScanBy") != "TimestampAscending")
        try:
            return original(params, {**data, "MetricDataQueries": queries, "StartTime": start}, *protocol)
        finally:
            newest_first.reset(token)

    return get


def _with_real_period(query, metric_minute):
    stat = query.get("MetricStat")
    if not stat:
        return query
    metric = stat.get("Metric", {})
    period = metric_minute.real_period(metric.get("Namespace"), metric.get("MetricName"), int(stat.get("Period", MINUTE)))
    return {**query, "MetricStat": {**stat, "Period": period}}


def _metric_statistics(cloudwatch, metric_minute):
    original = cloudwatch._get_metric_statistics

    @functools.wraps(original)
    def get(params, data, *protocol):
        if not data:
            return original(params, data, *protocol)
        period = metric_minute.real_period(data.get("Namespace"), data.get("MetricName"), int(data.get("Period") or MINUTE))
        start = _rounded(cloudwatch._parse_ts(data.get("StartTime")), period)
        return original(params, {**data, "Period": period, "StartTime": start}, *protocol)

    return get


def _rounded(start, period):
    grid = min(period, MINUTE)
    return None if start is None else start // grid * grid
