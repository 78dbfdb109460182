"""A page of a Scan takes as long as what is on it, however large the table is [DynamoDB Developer Guide, Scan].

MiniStack sorts all keys of the table for every page, and takes a hash of each for a parallel scan: 100,000 users and their
memberships took more than a minute of a processor. Here a table keeps its order until a partition key is added or removed, and
MiniStack is shown only what can be on the page.
"""

import hashlib
import threading
import types
from bisect import bisect_left
from collections import defaultdict

from ministack.services import dynamodb

from repairs import expect

# What is patched, with the digest of its source in MiniStack 1.5.33.
PATCHED = {
    "_scan": "7094ff00335e",
    "_paginate_evaluated_items": "d70cfb58e3a2",
    "_apply_exclusive_start_key_scan": "ba125dde3d8c",
}
PAGE_BYTES = dynamodb._DDB_PAGE_SIZE_BYTES
_LOCK = threading.RLock()  # one for all tables: a lock inside a table could not be copied, and MiniStack copies tables


class TableItems(defaultdict):
    """The items of one table by partition key, which know the order of these keys, also within the segments of a scan."""

    _orders = None

    def __setitem__(self, key, value):
        if key not in self:
            self._orders = None
        super().__setitem__(key, value)

    def __delitem__(self, key):
        self._orders = None
        super().__delitem__(key)

    def pop(self, *arguments):
        self._orders = None
        return super().pop(*arguments)

    def popitem(self):
        self._orders = None
        return super().popitem()

    def clear(self):
        self._orders = None
        super().clear()

    def update(self, *arguments, **more):
        self._orders = None
        super().update(*arguments, **more)

    def setdefault(self, key, default=None):
        if key not in self:
            self._orders = None
        return super().setdefault(key, default)

    def ordered(self, segment, segments):
        """The partition keys of a segment (of all there are: 0 of 1), ascending."""
        with _LOCK:
            orders = self._orders
            if orders is None:
                orders = self._orders = {}
            if segments not in orders:
                parts = [[] for _ in range(segments)]
                for key in sorted(self.keys()):
                    parts[segment_of(key, segments)].append(key)
                orders[segments] = parts
            return orders[segments][segment]


def segment_of(key, segments):
    """As MiniStack divides a table."""
    if segments == 1:
        return 0
    return int.from_bytes(hashlib.sha1(str(key).encode("utf-8")).digest()[:4], "big") % segments


def ahead(table, data):
    """Of the table's items those that a page of this scan can hold, and one more where there is one."""
    items = table["items"]
    keys = items.ordered(int(data.get("Segment") or 0), int(data.get("TotalSegments") or 1))
    after = (data.get("ExclusiveStartKey") or {}).get(table["pk_name"])
    start = None if after is None else dynamodb._extract_key_val(after)
    found, size = {}, 0
    for place in range(0 if start is None else bisect_left(keys, start), len(keys)):
        key = keys[place]
        found[key] = items.get(key) or {}
        # Of the key that the last page ended with nobody knows here how much is left.
        if key != start:
            size += sum(dynamodb._item_size_bytes(item) for item in list(found[key].values()))
        if size > PAGE_BYTES:
            break
    return found


def can_be_shown_less(table, data):
    """An index has an order of its own; segments that are refused are refused as before."""
    if data.get("IndexName") or not isinstance(table["items"], TableItems):
        return False
    segment, segments = data.get("Segment"), data.get("TotalSegments")
    return (segment is None and segments is None) or (segment is not None and segments is not None and 0 <= int(segment) < int(segments) <= 1_000)


def apply():
    from ministack.services.cloudformation import provisioners

    for name, digest in PATCHED.items():
        expect(getattr(dynamodb, name), digest)
    expect(provisioners._ddb_create, "277586e016c6")
    # Only tables are made of these, in both modules.
    dynamodb.defaultdict = provisioners.defaultdict = TableItems
    asked = threading.local()

    class Tables:
        """What the scan looks its table up in."""

        @staticmethod
        def get(name):
            table = dynamodb._tables.get(name)
            if table is None or not can_be_shown_less(table, asked.data):
                return table
            return {**table, "items": ahead(table, asked.data)}

    original = dynamodb._scan
    shown_less = types.FunctionType(
        original.__code__, {**vars(dynamodb), "_tables": Tables}, original.__name__, original.__defaults__, original.__closure__
    )

    def scan(data):
        asked.data = data
        return shown_less(data)

    dynamodb._scan = scan
