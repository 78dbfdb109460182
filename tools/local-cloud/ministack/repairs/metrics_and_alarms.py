"""Metrics in the log lines of functions, and alarms as CloudWatch judges them.

MiniStack makes no metrics of log lines in the embedded metric format. It judges an alarm only when PutMetricData is called,
over all dimensions of a metric at once and without looking at missing data, and tells EventBridge nothing. Here lines become
metrics, and every alarm is judged each half second by the documented rules: period by period, missing data as the alarm says,
with an event at each change of state. `POST /_local/alarm-scale {"scale"}` makes the periods shorter by that factor.
"""

import functools
import json
import threading
import time
from datetime import datetime, timezone

from repairs import expect

TICK_SECONDS = 0.5


class Scale:
    """Seconds of this cloud that stand for one second of an alarm's period."""

    factor = 1.0


async def set_scale(params):
    """Sets the factor by which alarms' periods are shortened."""
    Scale.factor = params["body"]["scale"]
    return 200, {}


ROUTES = {"/_local/alarm-scale": set_scale}


def metrics_in(line):
    """(namespace, dimensions, name, unit, values, timestamp in seconds) of every metric in a line of the embedded metric format."""
    if '"_aws"' not in line:
        return
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return
    at = document["_aws"]["Timestamp"] / 1000
    for directive in directives:
        for names in directive["Dimensions"]:
            dimensions = {name: document[name] for name in names}
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                values = value if isinstance(value, list) else [value]
                yield directive["Namespace"], dimensions, metric["Name"], metric.get("Unit", "None"), values, at


def breaching(alarm, value):
    """Whether one data point of the alarm is on the wrong side of its threshold."""
    threshold = alarm["Threshold"]
    return {
        "GreaterThanThreshold": value > threshold,
        "GreaterThanOrEqualToThreshold": value >= threshold,
        "LessThanThreshold": value < threshold,
        "LessThanOrEqualToThreshold": value <= threshold,
    }[alarm["ComparisonOperator"]]


def judge(alarm, datapoints):
    """The state that follows from the data points of the evaluated periods (None: missing); None: it stays as it is."""
    treat = alarm.get("TreatMissingData") or "missing"
    if all(point is None for point in datapoints):
        return {"breaching": "ALARM", "notBreaching": "OK", "missing": "INSUFFICIENT_DATA", "ignore": None}[treat]
    wrong = [treat == "breaching" if point is None else breaching(alarm, point) for point in datapoints]
    return "ALARM" if sum(wrong) >= (alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"]) else "OK"


def iso(seconds):
    """`2026-03-01T02:00:00.000+0000`, as alarms tell times."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def datapoints_of(cloudwatch, alarm, now):
    """One value or None for each evaluated period, the newest first."""
    dimensions = {entry["Name"]: entry["Value"] for entry in alarm.get("Dimensions") or []}
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    points = list(cloudwatch._metrics.get(key) or [])
    period = alarm["Period"] * Scale.factor
    found = []
    for index in range(alarm["EvaluationPeriods"]):
        end = now - index * period
        inside = [point for point in points if end - period < point["Timestamp"] <= end]
        stats = cloudwatch._calc_stats(inside)
        found.append(cloudwatch._stat_value(stats, alarm["Statistic"], inside) if stats else None)
    return found


def state_change(alarm, old, new, reason, datapoints, now):
    """The detail of EventBridge's event "CloudWatch Alarm State Change"."""
    data = {"version": "1.0", "queryDate": iso(now), "statistic": alarm["Statistic"], "period": alarm["Period"],
            "recentDatapoints": [point for point in reversed(datapoints) if point is not None], "threshold": alarm["Threshold"]}
    metric = {"namespace": alarm["Namespace"], "name": alarm["MetricName"],
              "dimensions": {entry["Name"]: entry["Value"] for entry in alarm.get("Dimensions") or []}}
    return {
        "alarmName": alarm["AlarmName"],
        "state": {"value": new, "reason": reason, "reasonData": json.dumps(data), "timestamp": iso(now)},
        "previousState": {"value": old, "timestamp": iso(alarm["StateUpdatedTimestamp"])},
        "configuration": {
            "description": alarm["AlarmDescription"],
            "metrics": [{"id": "m1", "metricStat": {"metric": metric, "period": alarm["Period"], "stat": alarm["Statistic"]}, "returnData": True}],
        },
    }


def evaluate(cloudwatch, eventbridge, alarm, now):
    """Judges one alarm; where its state changes, does and tells what CloudWatch does and tells then."""
    datapoints = datapoints_of(cloudwatch, alarm, now)
    old, new = alarm["StateValue"], judge(alarm, datapoints)
    if new is None or new == old:
        return
    reason = f"{[point for point in datapoints if point is not None]} of {len(datapoints)} datapoints, threshold {alarm['Threshold']}"
    detail = state_change(alarm, old, new, reason, datapoints, now)
    alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=int(now))
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    eventbridge._put_events(
        {"Entries": [{"Source": "aws.cloudwatch", "DetailType": "CloudWatch Alarm State Change", "Detail": json.dumps(detail),
                      "Resources": [alarm["AlarmArn"]]}]},
        allow_aws_source=True)


def apply():
    from ministack.core.responses import request_scope
    from ministack.services import cloudwatch, eventbridge, lambda_svc

    expect(lambda_svc._emit_lambda_logs, "111efbf06968")
    expect(cloudwatch._evaluate_alarm, "a0b0acd3d432")
    expect(cloudwatch._store_datum, "e0194e701d56")
    expect(eventbridge._put_events, "ebcda0f38061")
    emit = lambda_svc._emit_lambda_logs

    @functools.wraps(emit)
    def emit_with_metrics(func, request_id, log_text, *args, **kwargs):
        emit(func, request_id, log_text, *args, **kwargs)
        for line in (log_text or "").splitlines():
            for namespace, dimensions, name, unit, values, at in metrics_in(line):
                cloudwatch._store_datum(namespace, name, dimensions, at, unit, None, values, None, None)

    def evaluate_now(alarm):
        evaluate(cloudwatch, eventbridge, alarm, time.time())

    def evaluate_for_ever():
        while True:
            time.sleep(TICK_SECONDS)
            for (account, region, _name), alarm in list(cloudwatch._alarms._data.items()):
                try:
                    with request_scope(account, region):
                        evaluate_now(alarm)
                except Exception:
                    cloudwatch.logger.exception("The alarm %s could not be judged", alarm.get("AlarmName"))

    lambda_svc._emit_lambda_logs = emit_with_metrics
    cloudwatch._evaluate_alarm = evaluate_now
    threading.Thread(target=evaluate_for_ever, daemon=True, name="alarms").start()
