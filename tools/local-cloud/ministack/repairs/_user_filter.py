"""The Filter grammar of ListUsers, and paging tokens that are bound to what they were given for."""

import base64
import hashlib
import hmac
import json
import os
import re

from repairs._user_index import ALIAS_ATTRIBUTES, attributes_of

_KEY = os.urandom(32)  # tokens of another start are foreign
_GRAMMAR = re.compile(r'\s*"?([A-Za-z_:]+)"?\s*(\^=|=)\s*"((?:[^"\\]|\\.)*)"\s*', re.DOTALL)
# ListUsers API reference: the searchable attributes, and which of them match case-sensitively.
_SEARCHABLE = {"username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username",
               "cognito:user_status", "status", "sub"}
_CASE_SENSITIVE = {"username", "status"}


class Match:
    """One parsed filter; `sub_prefix` and `key` let the index jump instead of read."""

    def __init__(self, attribute="", operator="", value=""):
        self.attribute, self.operator = attribute, operator
        self.value = value if attribute in _CASE_SENSITIVE else value.casefold()
        self.sub_prefix = self.value if attribute == "sub" else ""
        self.key = value if operator == "=" and attribute in ("username", *ALIAS_ATTRIBUTES) else None

    def accepts(self, user):
        if not self.attribute:
            return True
        held = self._held(user)
        if held is None:
            return False
        held = held if self.attribute in _CASE_SENSITIVE else held.casefold()
        return held == self.value if self.operator == "=" else held.startswith(self.value)

    def _held(self, user):
        if self.attribute == "username":
            return user["Username"]
        if self.attribute == "status":
            return "Enabled" if user.get("Enabled", True) else "Disabled"
        if self.attribute == "cognito:user_status":
            return user.get("UserStatus", "")
        return attributes_of(user).get(self.attribute)


def parse_filter(text):
    """The filter as a Match, an empty text matches everything; None when it is not one that AWS documents."""
    if not text:
        return Match()
    found = _GRAMMAR.fullmatch(text)
    if found is None or found[1] not in _SEARCHABLE:
        return None
    return Match(found[1], found[2], re.sub(r"\\(.)", r"\1", found[3], flags=re.DOTALL))


def write_token(position, scope):
    payload = json.dumps([position, scope], separators=(",", ":")).encode()
    seal = hmac.new(_KEY, payload, hashlib.sha256).digest()[:16]
    # The scope is only sealed, not sent: it can hold an e-mail address.
    return base64.urlsafe_b64encode(seal + position.encode()).decode()


def read_token(token, scope):
    """The position in a token, "" without one, None for a token that was not given for this scope."""
    if not token:
        return ""
    try:
        data = base64.urlsafe_b64decode(token)
        position = data[16:].decode()
    except ValueError:
        return None
    return position if hmac.compare_digest(token, write_token(position, scope)) else None
