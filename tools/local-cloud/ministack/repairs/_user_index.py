"""The users of one pool, as a dict that also knows them by `sub`, by folded name and by e-mail or phone number."""

import threading
from bisect import bisect_left, bisect_right, insort

_LOCK = threading.RLock()  # one for all pools: a lock inside a pool could not be copied, and MiniStack copies pools
_ALIASES = {}  # e-mail, phone number or preferred name -> subs that had it at some time; verified at every look-up
ALIAS_ATTRIBUTES = ("email", "phone_number", "preferred_username")


def attributes_of(user):
    return {each["Name"]: each.get("Value", "") for each in user.get("Attributes", []) if "Name" in each}


def is_case_insensitive(pool):
    """A pool made without UsernameConfiguration is case sensitive (CreateUserPool API reference)."""
    return (pool.get("UsernameConfiguration") or {}).get("CaseSensitive") is False


def remember_aliases(attributes):
    """Notes the aliases in a list of attributes, of whatever pool."""
    values = {each["Name"]: each.get("Value", "") for each in attributes if "Name" in each}
    with _LOCK:
        for name in ALIAS_ATTRIBUTES:
            if values.get(name) and values.get("sub"):
                _ALIASES.setdefault(values[name].casefold(), set()).add(values["sub"])


def users_of(pool):
    """The pool's users, indexed from now on."""
    users = pool["_users"]
    if not isinstance(users, PoolUsers):
        with _LOCK:
            if not isinstance(pool["_users"], PoolUsers):
                pool["_users"] = PoolUsers(pool)
        users = pool["_users"]
    return users


def names_of(pool, user):
    """The attributes by whose value the user signs in whether it is verified or not.

    Where either of two addresses can be a name, only the one of the sign-up is the user's; who came by an identity provider
    has another name.
    """
    preferred = {"preferred_username"} & set(pool.get("AliasAttributes") or [])
    if user.get("UserStatus") == "EXTERNAL_PROVIDER":
        return preferred
    return preferred | ({user["_signUpBy"]} if "_signUpBy" in user else set(pool.get("UsernameAttributes") or []))


def held_by_others(pool, user, name, value):
    """Other users who sign in by this value of this attribute."""
    if not value:
        return []
    others = [users_of(pool).with_sub(sub) for sub in _ALIASES.get(value.casefold(), ())]
    return [other for other in others if other is not None and other is not user and _signs_in_by(pool, other, name, value)]


def _signs_in_by(pool, user, name, value):
    attributes = attributes_of(user)
    held = attributes.get(name, "")
    if held != value and not (is_case_insensitive(pool) and held.casefold() == value.casefold()):
        return False
    if name in names_of(pool, user):
        return True
    return name in (pool.get("AliasAttributes") or []) and str(attributes.get(f"{name}_verified", "")).lower() == "true"


def alias_owner(pool, value):
    """The user that signs in by this attribute value; an e-mail or phone alias counts once it is verified."""
    users = users_of(pool)
    for sub in sorted(_ALIASES.get((value or "").casefold(), ())):
        user = users.with_sub(sub)
        if user is not None and any(_signs_in_by(pool, user, name, value) for name in ALIAS_ATTRIBUTES):
            return user
    return None


class PoolUsers(dict):
    """`{user name: user}`; pages are cut from the sorted list of `sub`, which nothing ever changes."""

    def __init__(self, pool):
        super().__init__()
        self._pool, self._subs, self._by_sub, self._folded = pool, [], {}, {}
        for username, user in pool["_users"].items():
            self[username] = user

    def __setitem__(self, username, user):
        sub = attributes_of(user).get("sub", "")
        with _LOCK:
            super().__setitem__(username, user)
            if sub not in self._by_sub:
                insort(self._subs, sub)
            self._by_sub[sub] = username
            self._folded[username.casefold()] = username
            remember_aliases(user.get("Attributes", []))

    def __delitem__(self, username):
        with _LOCK:
            user = self[username]
            super().__delitem__(username)
            sub = attributes_of(user).get("sub", "")
            if self._by_sub.pop(sub, None) is not None:
                del self._subs[bisect_left(self._subs, sub)]
            self._folded.pop(username.casefold(), None)
            # MiniStack leaves the name in its groups, where a later user of the same name would inherit it.
            for name in user.get("_groups", []):
                members = self._pool["_groups"].get(name, {}).get("_members", [])
                if username in members:
                    members.remove(username)

    def pop(self, username, *default):
        if username not in self and default:
            return default[0]
        user = self[username]
        del self[username]
        return user

    def with_sub(self, sub):
        return self.get(self._by_sub.get(sub))

    def named(self, username, pool):
        """The user of that name, in a case-insensitive pool in whatever spelling."""
        if username in self or not username or not is_case_insensitive(pool):
            return self.get(username)
        return self.get(self._folded.get(username.casefold()))

    def page(self, after, limit, match):
        """Up to `limit` matching users behind the sub `after`: (users, the last one's sub, whether more follow)."""
        with _LOCK:
            if match.key is not None:
                found = sorted(
                    ((sub, user) for sub, user in self._keyed(match) if sub > after and match.accepts(user)), key=lambda pair: pair[0])[:limit + 1]
                page = found[:limit]
                return [user for _, user in page], page[-1][0] if page else after, len(found) > limit
            position = max(bisect_left(self._subs, match.sub_prefix), bisect_right(self._subs, after) if after else 0)
            found, last = [], after
            for position in range(position, len(self._subs)):
                sub = self._subs[position]
                if not sub.startswith(match.sub_prefix):
                    break
                user = self[self._by_sub[sub]]
                if not match.accepts(user):
                    continue
                if len(found) == limit:
                    return found, last, True
                found.append(user)
                last = sub
            return found, last, False

    def _keyed(self, match):
        """The few users that can match an exact user name, e-mail, phone number or preferred name, with their subs."""
        if match.attribute == "username":
            users = [self.get(match.key)]
        else:
            users = [self.with_sub(sub) for sub in _ALIASES.get(match.key.casefold(), ())]
        return [(attributes_of(user)["sub"], user) for user in users if user is not None]

    def members_page(self, group, after, limit):
        """Like `page`, over the members of a group in the order in which they were added."""
        with _LOCK:
            if not isinstance(group["_members"], Members):
                group["_members"] = Members(group["_members"])
            return group["_members"].page(self, int(after or 0), limit)


class Members(list):
    """User names with a rising number each, so that a page goes on behind a number whatever was removed before it."""

    def __init__(self, names):
        super().__init__(names)
        self._numbers = list(range(1, len(self) + 1))
        self._next = len(self) + 1

    def append(self, name):
        with _LOCK:
            super().append(name)
            self._numbers.append(self._next)
            self._next += 1

    def remove(self, name):
        with _LOCK:
            position = self.index(name)
            del self[position]
            del self._numbers[position]

    def page(self, users, after, limit):
        found, last = [], after
        for position in range(bisect_right(self._numbers, after), len(self)):
            if self[position] not in users:
                continue
            if len(found) == limit:
                return found, str(last), True
            found.append(users[self[position]])
            last = self._numbers[position]
        return found, str(last), False
