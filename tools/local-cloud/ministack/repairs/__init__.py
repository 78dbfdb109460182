"""One module per repair of the pinned MiniStack.

Each has a docstring with the defect and its reason, `apply()` which installs the repair, and optionally `ROUTES` (see
routes.py). `expect` makes a repair fail loudly, at start, when the code that it patches is no longer the code it knows.
"""

import hashlib
import inspect


class RepairOutdated(RuntimeError):
    """The patched code has changed: the repair must be checked, and perhaps dropped."""


def expect(function, digest):
    """Refuses to go on unless the source text of `function` has the SHA-256 that begins with `digest`."""
    found = hashlib.sha256(inspect.getsource(function).encode()).hexdigest()
    if not found.startswith(digest):
        raise RepairOutdated(f"{function.__module__}.{function.__qualname__} has changed (source digest {found[:12]}, expected {digest}): "
                           "check whether this repair is still needed and correct.")
