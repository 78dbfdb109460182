"""Not a defect: lets the gateway kill the process of a function in the middle of an invocation, as AWS may at any time.

`POST /_local/kill-function {"caller"}`: SIGKILL to every process of the function that is at work; `caller` is its role
session's name, the first 64 characters of its name. The invocation then ends with Runtime.ExitError.
"""

from ministack.core import lambda_runtime

from repairs import expect


async def kill_function(params):
    """Answers how many processes were killed."""
    caller = params["body"]["caller"]
    with lambda_runtime._lock:
        at_work = [worker for workers in lambda_runtime._workers.values() for worker in workers
                   if worker.in_use and worker.func_name[:64] == caller]
    killed = 0
    for worker in at_work:
        process = worker._proc
        if process is not None and process.poll() is None:
            process.kill()
            killed += 1
    return 200, {"killed": killed}


ROUTES = {"/_local/kill-function": kill_function}


def apply():
    expect(lambda_runtime.acquire_worker, "5017d144adb5")
