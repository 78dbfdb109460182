"""MiniStack's CloudFormation drops properties that decide what may be done: the permissions boundary of a role, and with which
key a table, bucket or topic is encrypted. A boundary that does not exist is refused, as IAM does.
"""

import functools
import json

from repairs import expect


def role_boundary(name, props):
    """Sets the boundary that the template gives, or none."""
    from ministack.services import iam

    iam._roles[name]["PermissionsBoundary"] = props.get("PermissionsBoundary") or None


def demand_boundary_that_exists(props):
    """Raises what IAM says of a boundary that is not there."""
    from ministack.core.iam_evaluator import _resolve_managed_policy_document
    from ministack.core.responses import get_account_id

    arn = props.get("PermissionsBoundary")
    if arn and not _resolve_managed_policy_document(arn, get_account_id()):
        raise ValueError(f"Scope ARN: {arn} does not exist or is not attachable. (Service: Iam, Status Code: 404)")


def table_key(name, props):
    """Table encryption: the template says SSEEnabled where the API says Enabled."""
    from ministack.services import dynamodb

    spec = props.get("SSESpecification") or {}
    if spec.get("KMSMasterKeyId"):
        dynamodb._tables[name]["SSEDescription"] = dynamodb._sse_description_from_spec(
            {"Enabled": True, "SSEType": spec.get("SSEType"), "KMSMasterKeyId": spec["KMSMasterKeyId"]})


def bucket_key(name, props):
    """The default encryption of a bucket, as PutBucketEncryption stores it."""
    from ministack.services import s3

    rules = "".join(
        "<Rule><ApplyServerSideEncryptionByDefault>"
        + "".join(f"<{tag}>{value}</{tag}>" for tag, value in (rule.get("ServerSideEncryptionByDefault") or {}).items())
        + f"</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>{json.dumps(bool(rule.get('BucketKeyEnabled')))}</BucketKeyEnabled></Rule>"
        for rule in (props.get("BucketEncryption") or {}).get("ServerSideEncryptionConfiguration", []))
    if rules:
        s3._bucket_encryption[name] = f'<ServerSideEncryptionConfiguration xmlns="{s3.S3_NS}">{rules}</ServerSideEncryptionConfiguration>'


def topic_key(arn, props):
    """The key of a topic."""
    from ministack.services import sns

    if props.get("KmsMasterKeyId"):
        sns._topics[arn]["attributes"]["KmsMasterKeyId"] = props["KmsMasterKeyId"]


AFTER = {
    "AWS::IAM::Role": role_boundary,
    "AWS::DynamoDB::Table": table_key,
    "AWS::S3::Bucket": bucket_key,
    "AWS::SNS::Topic": topic_key,
}


def apply():
    from ministack.services.cloudformation import provisioners

    expect(provisioners._iam_role_create, "2d7e3d8ec507")
    expect(provisioners._iam_role_update, "4f4039080dc1")
    expect(provisioners._sns_create, "0a96666a036a")
    for resource_type, keep in AFTER.items():
        handlers = provisioners._RESOURCE_HANDLERS[resource_type]
        handlers["create"] = creating(handlers["create"], keep)
    role = provisioners._RESOURCE_HANDLERS["AWS::IAM::Role"]
    role["update"] = updating_role(role["update"])


def creating(original, keep):
    """The create handler of a type, which then keeps what it dropped."""

    @functools.wraps(original)
    def create(logical_id, props, stack_name):
        if keep is role_boundary:
            demand_boundary_that_exists(props)
        made = original(logical_id, props, stack_name)
        keep(made[0], props)
        return made

    return create


def updating_role(original):
    """The update handler of roles, by which a boundary comes, changes and goes."""

    @functools.wraps(original)
    def update(physical_id, old_props, new_props, *rest):
        demand_boundary_that_exists(new_props)
        made = original(physical_id, old_props, new_props, *rest)
        role_boundary(made[0], new_props)
        return made

    return update
