"""Gives user pools an index, and with it AWS's paging, look-ups and a way to create imported users.

MiniStack keeps a pool's users in a plain dict. A filtered ListUsers reads all of them for every page, its tokens are
offsets (a delete between two pages skips a user), a token of another pool or filter is accepted, filters of another form
are ignored, AdminCreateUser in an e-mail pool reads all users, and CSV imports do not exist. This repair replaces the dict
by one that keeps itself indexed, so every path that creates or deletes users stays covered.

Whether Cognito cuts the pages of a filtered listing before or after it filters is not documented.
`POST /_local/listings {"filterAfterPaging"}` makes it cut them first: a filter by the beginning of a value then leaves
pages with few users, or none, and a token.
"""

import functools
import json

from ministack.core.responses import error_response_json, json_response, set_request_account_id, set_request_region
from ministack.services import cognito

from repairs import expect
from repairs._user_filter import Match, parse_filter, read_token, write_token
from repairs._user_index import alias_owner, attributes_of, held_by_others, names_of, remember_aliases, users_of
from repairs._user_schema import schema_problem, username_problem

# What is patched or leaned on, with the digest of its source in MiniStack 1.5.33.
PATCHED = {
    "_list_users": "1a72a5640d0d",
    "_list_users_in_group": "8425f5941925",
    "_resolve_user": "005b45b0326d",
    "_admin_create_user": "b6be9f9333ac",
    "_admin_update_user_attributes": "97a3aa75318e",
    "_merge_attributes": "3d325e67e25f",
    "_merge_federated_attrs": "aa366600dee8",
    "_admin_delete_user": "425d5d47c34a",
    "_sign_up": "7c18b40cc080",
}

INVALID_TOKEN = "Invalid pagination token given."


class Listings:
    """How listings behave at the moment."""

    filter_after_paging = False


async def set_listings(params):
    """Sets when filters by the beginning of a value are applied."""
    Listings.filter_after_paging = bool(params["body"]["filterAfterPaging"])
    return 200, {}


def _refused(message, code="InvalidParameterException"):
    return error_response_json(code, message, 400)


def list_users(data):
    """ListUsers in the order of `sub`; a token is the last `sub` that was looked at, bound to pool and filter."""
    pool, error = cognito._resolve_pool(data.get("UserPoolId"))
    if error:
        return error
    filter_text = data.get("Filter") or ""
    match = parse_filter(filter_text)
    if match is None:
        return _refused("One or more requested filters are not valid.")
    scope = ["ListUsers", pool["Id"], filter_text]
    after = read_token(data.get("PaginationToken"), scope)
    if after is None:
        return _refused(INVALID_TOKEN)
    limit = min(data.get("Limit") or 60, 60)
    # A filter by a whole value names few users: it is taken for a look-up.
    cut_first = Listings.filter_after_paging and match.operator == "^="
    users, last, more = users_of(pool).page(after, limit, Match() if cut_first else match)
    users = [user for user in users if match.accepts(user)]
    response = {"Users": [_listed(user, data.get("AttributesToGet")) for user in users]}
    if more:
        response["PaginationToken"] = write_token(last, scope)
    return json_response(response)


def list_users_in_group(data):
    """ListUsersInGroup in the order of `sub`, deleted users left out (MiniStack keeps their names in the group)."""
    pool, error = cognito._resolve_pool(data.get("UserPoolId"))
    if error:
        return error
    name = data.get("GroupName")
    if name not in pool["_groups"]:
        return _refused("Group not found.", "ResourceNotFoundException")
    scope = ["ListUsersInGroup", pool["Id"], name]
    after = read_token(data.get("NextToken"), scope)
    if after is None:
        return _refused(INVALID_TOKEN)
    limit = min(data.get("Limit") or 60, 60)
    users, last, more = users_of(pool).members_page(pool["_groups"][name], after, limit)
    response = {"Users": [_listed(user, None) for user in users]}
    if more:
        response["NextToken"] = write_token(last, scope)
    return json_response(response)


def _listed(user, attributes_to_get):
    shown = cognito._user_out(user)
    if attributes_to_get is not None:
        shown["Attributes"] = [each for each in shown["Attributes"] if each["Name"] in attributes_to_get]
    return shown


def resolve_user(pool, username):
    """Finds a user by user name, `sub`, or an attribute that signs in, without reading the whole pool."""
    users = users_of(pool)
    user = users.get(username) or users.named(username, pool) or users.with_sub(username)
    user = user or alias_owner(pool, username)
    if user is None:
        return None, _refused("User does not exist.", "UserNotFoundException")
    return user, None


def admin_create_user(original, data):
    """AdminCreateUser, refusing what AWS refuses: attributes outside the schema, names that differ by case only, taken aliases."""
    pool = cognito._user_pools.get(data.get("UserPoolId"))
    if pool is not None and (data.get("MessageAction") or "").upper() != "RESEND":
        listed = data.get("UserAttributes") or []
        if pool.get("UsernameAttributes"):
            # The user name becomes this attribute.
            alias = cognito._username_alias_attribute(pool, data.get("Username") or "")
            listed = listed if any(each["Name"] == alias for each in listed) else [*listed, {"Name": alias, "Value": data.get("Username")}]
        problem = username_problem(pool, data.get("Username")) or schema_problem(pool, listed, creating=True)
        if problem:
            return _refused(problem)
        attributes = cognito._attr_list_to_dict(listed)
        if users_of(pool).named(data.get("Username"), pool):
            return _refused("User account already exists.", "UsernameExistsException")
        if not data.get("ForceAliasCreation") and _taken_alias(pool, attributes):
            return _refused("An account with the given email or phone number already exists.", "AliasExistsException")
    return _signed_up(pool, data, original(data), lambda body: body["User"]["Username"])


def sign_up(original, data):
    """SignUp, which remembers by which address a user signed up."""
    pool = next((each for each in cognito._user_pools.values() if data.get("ClientId") in each["_clients"]), None)
    return _signed_up(pool, data, original(data), lambda body: body["UserSub"])


def _signed_up(pool, data, response, username_in):
    """In a pool that takes either of two addresses as names, the one of the sign-up stays the user's for ever."""
    status, _headers, body = response
    if pool is not None and status == 200 and len(pool.get("UsernameAttributes") or []) > 1:
        user = users_of(pool)[username_in(json.loads(body))]
        user.setdefault("_signUpBy", cognito._username_alias_attribute(pool, data.get("Username") or ""))
    return response


def admin_update_user_attributes(original, data):
    """AdminUpdateUserAttributes, with the attributes held against the schema, and with what becomes of names and aliases.

    A name of another user is refused; an address that is verified anew moves: it is another user's alias no longer, and not
    verified there any more [boto/boto3 issue 3213; AWS re:Post, email_verified attribute].
    """
    pool = cognito._user_pools.get(data.get("UserPoolId"))
    user = cognito._resolve_user(pool, data.get("Username"))[0] if pool is not None else None
    if user is None:
        return original(data)
    updates = data.get("UserAttributes") or []
    problem = schema_problem(pool, updates, creating=False)
    if problem:
        return _refused(problem)
    given = cognito._attr_list_to_dict(updates)
    if any(held_by_others(pool, user, name, given.get(name)) for name in names_of(pool, user)):
        return _refused("An account with the given email or phone number already exists.", "AliasExistsException")
    answer = original(data)
    for name in ("email", "phone_number"):
        attributes = attributes_of(user)
        if name not in (pool.get("AliasAttributes") or []) or attributes.get(f"{name}_verified", "").lower() != "true":
            continue
        for other in held_by_others(pool, user, name, attributes.get(name)):
            other["Attributes"] = cognito._merge_attributes(other["Attributes"], [{"Name": f"{name}_verified", "Value": "false"}])
    return answer


def _taken_alias(pool, attributes):
    """Whether a verified e-mail or phone number of these attributes already signs another user in, as an alias."""
    for alias in pool.get("AliasAttributes") or []:
        value = attributes.get(alias)
        verified = alias == "preferred_username" or str(attributes.get(f"{alias}_verified", "")).lower() == "true"
        if value and verified and alias_owner(pool, value) is not None:
            return True
    return False


def import_user(pool, user, now):
    """Creates one user of a CSV import; the caller has checked the row. Returns (outcome, reason)."""
    users, attributes = users_of(pool), dict(user["attributes"])
    unknown = [name for name in user.get("groups", []) if name not in pool["_groups"]]
    if unknown:
        return "FAILED", f"The pool has no group {unknown[0]}."
    sub = cognito.new_uuid()
    is_local = user["status"] != "EXTERNAL_PROVIDER"
    created = user["created"] / 1_000 if "created" in user else now
    if pool.get("UsernameAttributes") and is_local:
        if alias_owner(pool, user["username"]) is not None:
            return "SKIPPED", "The user already exists."
        username = sub
        sign_up_by = cognito._username_alias_attribute(pool, user["username"])
    else:
        username = user["username"]
        if username in users or users.named(username, pool) or users.with_sub(username):
            return "SKIPPED", "The user already exists."
        if _taken_alias(pool, attributes):
            return "FAILED", "An alias of the user is already in use by another user."
    users[username] = {
        "Username": username, "Attributes": cognito._dict_to_attr_list({"sub": sub, **attributes}),
        "UserCreateDate": created, "UserLastModifiedDate": created, "Enabled": user.get("enabled", True), "UserStatus": user["status"],
        "MFAOptions": [], "_password": "", "_groups": [], "_tokens": [],
    }
    if len(pool.get("UsernameAttributes") or []) > 1 and is_local:
        users[username]["_signUpBy"] = sign_up_by
    for name in user.get("groups", []):
        users[username]["_groups"].append(name)
        pool["_groups"][name]["_members"].append(username)
    return "SUCCEEDED", "The import succeeded."


async def import_users(params):
    """`/_local/import-users`: {account, region, poolId, users: [{line, username, attributes, status}]} -> results.

    A user may also have `enabled`, `created` (milliseconds) and `groups` (names of existing groups); CSV imports have none.
    """
    body = params["body"]
    set_request_account_id(body["account"])
    set_request_region(body["region"])
    pool = cognito._user_pools.get(body["poolId"])
    if pool is None:
        return 404, {"message": "The user pool does not exist."}
    now = cognito._now_epoch()
    results = [[user["line"], *import_user(pool, user, now)] for user in body["users"]]
    pool["EstimatedNumberOfUsers"] = len(pool["_users"])
    return 200, {"results": results}


ROUTES = {"/_local/import-users": import_users, "/_local/listings": set_listings}


def apply():
    for function, digest in PATCHED.items():
        expect(getattr(cognito, function), digest)
    create, update, register = cognito._admin_create_user, cognito._admin_update_user_attributes, cognito._sign_up
    merge, merge_federated = cognito._merge_attributes, cognito._merge_federated_attrs

    @functools.wraps(merge)
    def merge_attributes(existing, updates):
        merged = merge(existing, updates)
        remember_aliases(merged)
        return merged

    @functools.wraps(merge_federated)
    def merge_federated_attributes(user, *args, **kwargs):
        sub = merge_federated(user, *args, **kwargs)
        remember_aliases(user["Attributes"])
        return sub

    cognito._list_users = list_users
    cognito._list_users_in_group = list_users_in_group
    cognito._resolve_user = resolve_user
    cognito._admin_create_user = functools.wraps(create)(functools.partial(admin_create_user, create))
    cognito._sign_up = functools.wraps(register)(functools.partial(sign_up, register))
    cognito._admin_update_user_attributes = functools.wraps(update)(functools.partial(admin_update_user_attributes, update))
    cognito._merge_attributes = merge_attributes
    cognito._merge_federated_attrs = merge_federated_attributes
