"""Groups as AWS returns them, UpdateGroup, AWS's limits, and pages that survive a deletion.

MiniStack answers an absent precedence as 0 and an absent description or role as "", so that a restore could not be seen
to get them wrong. It has no UpdateGroup, its ListGroups tokens are offsets, AdminListGroupsForUser ignores Limit, and the
limits of 10,000 groups per pool and 100 groups per user are missing [Cognito Developer Guide, quotas].
"""

import functools
from bisect import bisect_right

from ministack.core.concurrency import run_reentrant
from ministack.core.responses import error_response_json, json_response
from ministack.services import cognito

from repairs import expect
from repairs._user_filter import read_token, write_token

GROUPS_PER_POOL = 10_000
GROUPS_PER_USER = 100
CHANGEABLE = ("Description", "Precedence", "RoleArn")

# What is patched, with the digest of its source in MiniStack 1.5.33.
PATCHED = {
    "_dispatch_idp": "eff61c61ce4d",
    "_create_group": "5fa0e67caff0",
    "_group_out": "8deb19fd2f47",
    "_list_groups": "3d658c6a0e42",
    "_admin_list_groups_for_user": "43d530762c44",
    "_admin_add_user_to_group": "357561047de2",
}


def group_out(group):
    """A group as the API returns it: what was never given is absent."""
    return {name: value for name, value in group.items() if not name.startswith("_") and not (name in CHANGEABLE and value in ("", None))}


def create_group(original, data):
    pool = cognito._user_pools.get(data.get("UserPoolId"))
    if pool is not None and len(pool["_groups"]) >= GROUPS_PER_POOL and data.get("GroupName") not in pool["_groups"]:
        return error_response_json("LimitExceededException", f"The user pool has reached its limit of {GROUPS_PER_POOL} groups.", 400)
    answer = original(data)
    if answer[0] != 200:
        return answer
    group = pool["_groups"][data["GroupName"]]
    if data.get("Precedence") is None:
        group["Precedence"] = None
    return json_response({"Group": group_out(group)})


def update_group(data):
    """Sets what is given; what is not given keeps its value."""
    pool, error = cognito._resolve_pool(data.get("UserPoolId"))
    if error:
        return error
    group = pool["_groups"].get(data.get("GroupName"))
    if group is None:
        return error_response_json("ResourceNotFoundException", "Group not found.", 400)
    for name in CHANGEABLE:
        if data.get(name) is not None:
            group[name] = data[name]
    group["LastModifiedDate"] = cognito._now_epoch()
    return json_response({"Group": group_out(group)})


def list_groups(data):
    pool, error = cognito._resolve_pool(data.get("UserPoolId"))
    return error or _page(data, sorted(pool["_groups"]), ["ListGroups", pool["Id"]], pool)


def list_groups_of_user(data):
    pool, error = cognito._resolve_pool(data.get("UserPoolId"))
    if error:
        return error
    user, error = cognito._resolve_user(pool, data.get("Username"))
    if error:
        return error
    names = sorted(name for name in user.get("_groups", []) if name in pool["_groups"])
    return _page(data, names, ["AdminListGroupsForUser", pool["Id"], user["Username"]], pool)


def _page(data, names, scope, pool):
    after = read_token(data.get("NextToken"), scope)
    if after is None:
        return error_response_json("InvalidParameterException", "Invalid pagination token given.", 400)
    start = bisect_right(names, after) if after else 0
    page = names[start:start + min(data.get("Limit") or 60, 60)]
    response = {"Groups": [group_out(pool["_groups"][name]) for name in page]}
    if start + len(page) < len(names):
        response["NextToken"] = write_token(page[-1], scope)
    return json_response(response)


def add_user_to_group(original, data):
    pool = cognito._user_pools.get(data.get("UserPoolId"))
    user = cognito._resolve_user(pool, data.get("Username"))[0] if pool is not None else None
    groups = user.get("_groups", []) if user else []
    if len(groups) >= GROUPS_PER_USER and data.get("GroupName") not in groups:
        return error_response_json("LimitExceededException", f"The user has reached the limit of {GROUPS_PER_USER} groups.", 400)
    return original(data)


def apply():
    for function, digest in PATCHED.items():
        expect(getattr(cognito, function), digest)
    dispatch, create, add = cognito._dispatch_idp, cognito._create_group, cognito._admin_add_user_to_group

    @functools.wraps(dispatch)
    async def dispatch_idp(action, data):
        if action == "UpdateGroup":
            return await run_reentrant(cognito._run_idp_handler, update_group, action, data)
        return await dispatch(action, data)

    cognito._dispatch_idp = dispatch_idp
    cognito._group_out = group_out
    cognito._list_groups = list_groups
    cognito._admin_list_groups_for_user = list_groups_of_user
    cognito._create_group = functools.wraps(create)(functools.partial(create_group, create))
    cognito._admin_add_user_to_group = functools.wraps(add)(functools.partial(add_user_to_group, add))
