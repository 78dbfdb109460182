"""Not a defect as such: replication between the Regions of a global table is immediate in MiniStack; on AWS it lags.

`POST /_local/replication-lag {"ms"}` sets the lag for writes from then on. Writes keep their order, also when the lag is
made shorter while some are on their way.
"""

import contextvars
import copy
import functools
import time

from mends import expect


class Lag:
    """The lag of the moment, and when the last write on its way arrives."""

    seconds = 0.0
    last_due = 0.0


async def set_lag(params):
    """Sets the lag in milliseconds."""
    Lag.seconds = params["body"]["ms"] / 1000
    return 200, {}


ROUTES = {"/_local/replication-lag": set_lag}


def apply():
    from ministack import app
    from ministack.services import dynamodb

    expect(dynamodb._replicate_write, "3dc2a4ec09c5")
    original = dynamodb._replicate_write

    @functools.wraps(original)
    def replicate_write(table, event_name, old_item, new_item):
        due = max(time.monotonic() + Lag.seconds, Lag.last_due)
        if due <= time.monotonic():
            original(table, event_name, old_item, new_item)
            return
        Lag.last_due = due
        # The write on its way is the item as it is now; account and Region of the request go along.
        arrival = functools.partial(contextvars.copy_context().run, original, table, event_name, copy.deepcopy(old_item), copy.deepcopy(new_item))
        loop = app._MAIN_LOOP
        loop.call_soon_threadsafe(loop.call_later, max(0.0, due - time.monotonic()), arrival)

    dynamodb._replicate_write = replicate_write
