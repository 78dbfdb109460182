"""Not a defect as such: replication between the Regions of a global table is immediate in MiniStack; on AWS it lags.

`POST /_local/replication-lag {"ms"}` sets the lag for writes from then on. Writes keep their order, also when the lag is
made shorter while some are on their way. `POST /_local/replication-hold {"held"}` keeps all writes back (a Region is down),
or lets those that were kept go.
"""

import contextvars
import copy
import functools
import time

from repairs import expect


class Lag:
    """The lag of the moment, and when the last write on its way arrives."""

    seconds = 0.0
    last_due = 0.0
    held = None


async def set_lag(params):
    """Sets the lag in milliseconds."""
    Lag.seconds = params["body"]["ms"] / 1000
    return 200, {}


async def hold(params):
    """Begins to keep writes back, or lets them go in their order; what is written from then on comes after them."""
    if params["body"]["held"]:
        Lag.held = [] if Lag.held is None else Lag.held
        return 200, {}
    kept, Lag.held = Lag.held or [], None
    Lag.last_due = max(time.monotonic(), Lag.last_due)
    for arrival in kept:
        deliver(arrival)
    return 200, {}


def deliver(arrival):
    """Runs a write's arrival after the one before it, from any thread."""
    from ministack import app

    # Timers of the same moment have no order.
    Lag.last_due += ORDER_SECONDS
    loop = app._MAIN_LOOP
    loop.call_soon_threadsafe(loop.call_later, max(0.0, Lag.last_due - time.monotonic()), arrival)


ORDER_SECONDS = 0.0001
ROUTES = {"/_local/replication-lag": set_lag, "/_local/replication-hold": hold}


def apply():
    from ministack.services import dynamodb

    expect(dynamodb._replicate_write, "3dc2a4ec09c5")
    original = dynamodb._replicate_write

    @functools.wraps(original)
    def replicate_write(table, event_name, old_item, new_item):
        due = max(time.monotonic() + Lag.seconds, Lag.last_due)
        if Lag.held is None and due <= time.monotonic():
            original(table, event_name, old_item, new_item)
            return
        # The write on its way is the item as it is now; account and Region of the request go along.
        arrival = functools.partial(contextvars.copy_context().run, original, table, event_name, copy.deepcopy(old_item), copy.deepcopy(new_item))
        if Lag.held is not None:
            Lag.held.append(arrival)
            return
        Lag.last_due = due
        deliver(arrival)

    dynamodb._replicate_write = replicate_write
