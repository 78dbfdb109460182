"""Python loads this file by itself from PYTHONPATH: the CLI's waiters look every second instead of twice a minute."""

import time

_sleep = time.sleep
time.sleep = lambda seconds: _sleep(min(seconds, 1))
