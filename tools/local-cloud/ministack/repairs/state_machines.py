"""Rules of Step Functions that MiniStack lacks.

* A machine's own TimeoutSeconds never fires: here the execution becomes TIMED_OUT (the time is not scaled by
  SFN_WAIT_SCALE).
* An execution that was aborted or timed out could still be turned into FAILED by the task that was running.
* No payload is ever too large: here a state's input or a result above 262,144 bytes is States.DataLimitExceeded.
* States.ALL catches States.DataLimitExceeded and States.Runtime; on AWS it does not.
* `"X.$": "$$"` (the whole context object) is null.
"""

import contextvars
import functools
import json
import threading

from repairs import expect

PAYLOAD_LIMIT = 262_144
NOT_IN_ALL = ("States.DataLimitExceeded", "States.Runtime")


def size(text):
    """Bytes of a JSON text as Step Functions counts it: UTF-8, without the blanks that json.dumps adds."""
    if len(text) <= PAYLOAD_LIMIT:
        return len(text)
    return len(json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode())


def payloads(details):
    """The inputs and outputs in an event's details."""
    for detail in details.values():
        if isinstance(detail, dict):
            yield from (detail[name] for name in ("input", "output") if isinstance(detail.get(name), str))


def apply():
    from ministack.services import stepfunctions as sfn

    expect(sfn._run_execution, "996dff84e0e0")
    expect(sfn._fail_execution, "e6da895fa0b7")
    expect(sfn._add_event, "b1db143ccd21")
    expect(sfn._error_matches, "519b9dc729c5")
    expect(sfn._resolve_params_obj, "d41c2e27dd1b")
    run, fail, add_event, matches, resolve = sfn._run_execution, sfn._fail_execution, sfn._add_event, sfn._error_matches, sfn._resolve_params_obj

    def time_out(execution):
        if execution["status"] != "RUNNING":
            return
        execution["status"] = "TIMED_OUT"
        execution["stopDate"] = sfn.now_iso()
        add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
        sfn._emit_execution_status_event(execution)

    @functools.wraps(run)
    def run_execution(exec_arn):
        execution = sfn._executions.get(exec_arn)
        machine = sfn._state_machines.get(execution["stateMachineArn"]) if execution else None
        seconds = json.loads(machine["definition"]).get("TimeoutSeconds") if machine else None
        if not seconds:
            return run(exec_arn)
        timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), contextvars.copy_context().run, (time_out, execution))
        timer.daemon = True
        timer.start()
        try:
            return run(exec_arn)
        finally:
            timer.cancel()

    @functools.wraps(fail)
    def fail_execution(execution, error, cause):
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    @functools.wraps(add_event)
    def add_checked_event(execution, event_type, details=None):
        if event_type.endswith(("StateEntered", "StateExited", "TaskSucceeded")):
            for payload in payloads(details or {}):
                if size(payload) > PAYLOAD_LIMIT:
                    raise sfn._ExecutionError("States.DataLimitExceeded", f"The state/task returned a result with a size exceeding the maximum number of bytes service limit ({event_type}).")
        return add_event(execution, event_type, details)

    @functools.wraps(matches)
    def error_matches(error_equals, error):
        if error in NOT_IN_ALL:
            return error in error_equals
        return matches(error_equals, error)

    @functools.wraps(resolve)
    def resolve_params(template, data, ctx=None):
        if not isinstance(template, dict):
            return resolve(template, data, ctx)
        whole = {key[:-2] for key, value in template.items() if key.endswith(".$") and value == "$$"}
        result = resolve({key: value for key, value in template.items() if key[:-2] not in whole or not key.endswith(".$")}, data, ctx)
        context = {key: value for key, value in (ctx or {}).items() if key in ("Execution", "State", "StateMachine", "Task", "Map")}
        return {**result, **{key: context for key in whole}}

    sfn._run_execution = run_execution
    sfn._fail_execution = fail_execution
    sfn._add_event = add_checked_event
    sfn._error_matches = error_matches
    sfn._resolve_params_obj = resolve_params
