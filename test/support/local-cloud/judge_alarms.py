"""Lets the local cloud's evaluator judge alarms, one look after the other, without the emulator.

Standard input: a list of {"alarm", "points": [{"Timestamp", "Value"}], "looks": [time, ...], "scale"}; standard output: for each
the states after its looks, and the events and actions that followed.
"""

import json
import sys
from types import SimpleNamespace

from repairs import metrics_and_alarms


def judged(case):
    """What one alarm does."""
    metrics_and_alarms.Scale.factor = case.get("scale", 1)
    alarm, events, actions = dict(case["alarm"]), [], []

    def key(dimensions):
        return tuple(sorted(dimensions.items()))

    dimensions = {entry["Name"]: entry["Value"] for entry in alarm["Dimensions"]}
    cloudwatch = SimpleNamespace(
        _metrics={(alarm["Namespace"], alarm["MetricName"], key(dimensions)): case["points"]},
        _dims_key=key,
        _calc_stats=lambda inside: [point["Value"] for point in inside],
        _stat_value=lambda stats, statistic, inside: {"Maximum": max, "Sum": sum}[statistic](stats),
        _record_history=lambda *_arguments: None,
        _dispatch_alarm_actions=lambda _alarm, old, new, _reason: actions.append([old, new]))
    eventbridge = SimpleNamespace(
        _put_events=lambda entries, **_options: events.extend(json.loads(entry["Detail"]) for entry in entries["Entries"]))
    states = []
    for now in case["looks"]:
        metrics_and_alarms.evaluate(cloudwatch, eventbridge, alarm, now)
        states.append(alarm["StateValue"])
    return {"states": states, "events": events, "actions": actions}


json.dump([judged(case) for case in json.load(sys.stdin)], sys.stdout)
