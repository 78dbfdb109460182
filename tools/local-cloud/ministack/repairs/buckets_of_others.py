"""Whose bucket it is, and who asks for it, as policies see it.

A bucket's ARN names no account, so MiniStack takes aws:ResourceAccount of every bucket for the caller's own; and it asks the
policy of another account's bucket about that account's root, whoever of it called. By the IAM guide aws:ResourceAccount is the
bucket's owner, and aws:PrincipalArn of a role session is the ARN of the role. Access to a bucket of another account takes both:
the caller's own policies, which MiniStack asks first, and the bucket's, which is asked here about the caller himself. What
access control lists grant to roles is not looked at: in new buckets they are off.
"""

import functools

from repairs import expect

BUCKET_ARN = "arn:aws:s3:::"


def owner_of(resource_arn):
    """The account that owns the bucket of an S3 ARN; None for any other resource, or a bucket that does not exist."""
    from ministack.services import s3

    if not resource_arn.startswith(BUCKET_ARN):
        return None
    return s3._bucket_owner_account(resource_arn[len(BUCKET_ARN):].split("/", 1)[0])


def role_of_session(session_arn):
    """The ARN of the role behind a session's; anything else as it is."""
    from ministack.services import iam

    parts = session_arn.split(":")
    if len(parts) < 6 or not parts[5].startswith("assumed-role/"):
        return session_arn
    role = iam._roles.get_scoped(parts[4], None, parts[5].split("/")[1])
    return (role or {}).get("Arn", session_arn)


def policy_allows(policy, principal, action, bucket, key, context):
    """Whether the policy of a bucket lets the caller do this there."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_region

    asked = iam_evaluator.EvalContext(
        principal_arn=principal.arn, principal_type=principal.type, principal_account=principal.account, action=action,
        resource_arn=f"{BUCKET_ARN}{bucket}/{key}" if key else f"{BUCKET_ARN}{bucket}", region=get_region(),
        service_context={name.lower(): value for name, value in context.items()}, principal_keys=principal.keys)
    return iam_evaluator.evaluate_resource_policy(policy, asked).decision == "Allow"


def apply():
    from ministack.core import iam_evaluator
    from ministack.core.iam_actions import _s3_action, s3_service_context
    from ministack.core.responses import get_account_id, get_region, request_scope
    from ministack.core.router import extract_access_key_id
    from ministack.services import s3

    expect(iam_evaluator._resolve_condition_key, "15e26964cd38")
    expect(s3._foreign_bucket_allows, "7865eb38b093")
    resolve, allows = iam_evaluator._resolve_condition_key, s3._foreign_bucket_allows

    @functools.wraps(resolve)
    def resolve_condition_key(key, ctx):
        name = key.lower()
        if name in ("aws:resourceaccount", "s3:resourceaccount"):
            return owner_of(ctx.resource_arn) or resolve(key, ctx)
        found = resolve(key, ctx)
        return role_of_session(found) if name == "aws:principalarn" else found

    @functools.wraps(allows)
    def foreign_bucket_allows(owner, bucket, key, method, query_params, caller, headers=None):
        access_key = extract_access_key_id(headers or {}, query_params)
        if not caller or iam_evaluator.is_root_access_key(access_key):
            return allows(owner, bucket, key, method, query_params, caller, headers)
        principal = iam_evaluator.resolve_principal(access_key, get_account_id())
        policy = s3._bucket_policies.get_scoped(owner, None, bucket)
        if not policy or isinstance(principal, iam_evaluator.AuthError):
            return False
        path = f"/{bucket}/{key}" if key else f"/{bucket}"
        action = f"s3:{_s3_action(method, path, query_params)}"
        with request_scope(owner, get_region()):
            context = s3_service_context(action, query_params, path, headers or {})
        return policy_allows(policy, principal, action, bucket, key, context)

    iam_evaluator._resolve_condition_key = resolve_condition_key
    s3._foreign_bucket_allows = foreign_bucket_allows
