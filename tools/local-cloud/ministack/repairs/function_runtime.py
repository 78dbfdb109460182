"""Which program a function's runtime is.

MiniStack runs every `nodejs` function on the first `node` of the PATH, whatever the runtime says. Here it is the Node that
the local cloud was given for one runtime; a function of another one fails, as it would not run as on AWS.
"""

import functools
import os

from repairs import expect


def apply():
    from ministack.core import lambda_runtime

    expect(lambda_runtime._detect_runtime_binary, "222e200df2c0")
    expect(lambda_runtime.Worker._spawn, "c55febf95656")
    detect = lambda_runtime._detect_runtime_binary

    @functools.wraps(detect)
    def detect_runtime_binary(runtime):
        binary, script = detect(runtime)
        if not runtime.startswith("nodejs"):
            return binary, script
        # Without a program, MiniStack answers "Unsupported runtime".
        return (os.environ["LOCAL_CLOUD_NODE"], script) if runtime == os.environ["LOCAL_CLOUD_NODE_RUNTIME"] else ("", "")

    lambda_runtime._detect_runtime_binary = detect_runtime_binary
