"""Starts the pinned MiniStack with the repairs of the folder `repairs`, for the local cloud only.

Differences from `python -m ministack`: it refuses another version than the repairs were written for, it installs the
repairs, it answers a few routes of its own under /_local/, and it never outlives the process that started it: standard
input is a pipe from the starter, and when that ends (also by SIGKILL) the whole process group goes, Lambda workers
included. Configuration comes from MiniStack's own environment variables plus LOCAL_CLOUD_GATEWAY (host:port).
"""

import asyncio
import gc
import importlib
import logging
import os
import pkgutil
import shutil
import signal
import sys
import threading
from importlib.metadata import version

REPAIRED_VERSION = "1.5.33"

# The repairs are part of the checkout, which stays free of compiled files.
sys.dont_write_bytecode = True


def die_with_starter():
    """Ends this process group when the starter's pipe closes, and leaves no unpacked functions behind."""
    try:
        while sys.stdin.buffer.read(4096):
            pass
    finally:
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
        os.killpg(os.getpgrp(), signal.SIGKILL)


def install_repairs():
    """Applies every module of `repairs`; each checks by itself that what it patches is still as it was.

    Returns the ASGI routes that repairs add: {path: async handler(query_params) -> (status, json-able body)}.
    """
    import repairs

    routes = {}
    for info in sorted(pkgutil.iter_modules(repairs.__path__), key=lambda found: found.name):
        module = importlib.import_module(f"repairs.{info.name}")
        if not hasattr(module, "apply"):
            continue
        module.apply()
        routes.update(getattr(module, "ROUTES", {}))
    return routes


def raise_file_limit():
    """Many keep-alive connections and workers need more descriptors than the usual soft limit."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def collect_young_garbage_only():
    """Items of large tables are millions of objects: looking through all of them stops every request for a second or more."""
    young, middle, _old = gc.get_threshold()
    gc.set_threshold(50 * young, middle, 1_000_000)


def main():
    found = version("ministack")
    if found != REPAIRED_VERSION:
        sys.exit(f"MiniStack {found} is installed, but the repairs in tools/local-cloud/ministack/repairs were written for "
                 f"{REPAIRED_VERSION}. Install tools/local-cloud/requirements.txt, or check every repair against {found}.")
    threading.Thread(target=die_with_starter, daemon=True, name="die-with-starter").start()
    # MiniStack itself would wait for a pending custom resource; the starter made this a process group of its own.
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(os.getpgrp(), signal.SIGKILL))
    raise_file_limit()
    collect_young_garbage_only()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app as ministack_app

    from routes import with_routes

    app = with_routes(ministack_app.app, install_repairs())
    logging.getLogger("hypercorn.access").setLevel(logging.WARNING)
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.backlog = 512
    config.loglevel = os.environ.get("LOG_LEVEL", "WARNING")
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main()
