"""Names of Lambda errors, which state machines match in Retry and Catch.

MiniStack calls every error of a Node function Runtime.HandlerError and a throttled one Lambda.Unknown. On AWS it is the
thrown error's `name` ("errorType"), Runtime.ExitError when the process dies, and Lambda.TooManyRequestsException.
"""

import functools
import json
import threading

from repairs import RepairOutdated, expect

last = threading.local()

# The worker's answers to a failed invocation, with and without the error's name.
ANSWERS = (
    ('status: "error", error: String(err.message || err), trace: err.stack || ""', 'type: err.name, '),
    ('status: "error", error: e.message, trace: e.stack', 'type: e.name, '),
)


def tell_names(script):
    """The worker script with the error's name in its answers."""
    for answer, name in ANSWERS:
        if script.count(answer) != 1:
            raise RepairOutdated("The Node worker of MiniStack answers errors in another form: check the repair lambda_errors.")
        script = script.replace(answer, name + answer)
    return script


def apply():
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc, stepfunctions

    expect(lambda_runtime.Worker.invoke, "96751a754710")
    expect(lambda_svc._execute_function_warm, "62b9218bef5b")
    expect(stepfunctions._call_lambda, "25830369b126")
    lambda_runtime._NODEJS_WORKER_SCRIPT = tell_names(lambda_runtime._NODEJS_WORKER_SCRIPT)
    invoke, execute, call = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm, stepfunctions._call_lambda

    @functools.wraps(invoke)
    def named_invoke(self, *args, **kwargs):
        last.result = invoke(self, *args, **kwargs)
        return last.result

    @functools.wraps(execute)
    def named_execute(func, event, request_id):
        last.result = {}
        result = execute(func, event, request_id)
        body = result.get("body")
        if result.get("error") and isinstance(body, dict) and body.get("errorType") == "Runtime.HandlerError":
            if last.result.get("type"):
                body["errorType"] = last.result["type"]
                body["trace"] = (last.result.get("trace") or "").split("\n")
            elif "died" in body.get("errorMessage", ""):
                body["errorType"] = "Runtime.ExitError"
        return result

    @functools.wraps(call)
    def named_call(func_ref, event):
        try:
            return call(func_ref, event)
        except stepfunctions._ExecutionError as error:
            if error.error == "Lambda.Unknown" and json.loads(error.cause or "{}").get("__type") == "TooManyRequestsException":
                raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", error.cause) from None
            raise

    lambda_runtime.Worker.invoke = named_invoke
    lambda_svc._execute_function_warm = named_execute
    stepfunctions._call_lambda = named_call
