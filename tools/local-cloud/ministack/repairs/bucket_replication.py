"""CloudFormation drops the ReplicationConfiguration of a bucket, and MiniStack copies whatever the role of the rules may do.

Here the property is what PutBucketReplication takes, and refuses what that refuses; S3 also refuses a destination that does not
exist. By the guide of S3 the role is what copies: s3.amazonaws.com must be trusted to take it, and its own policies must let it
read the rule, list the source and read that version with its access list and tags, and write in the destination; across accounts
the destination's policy must let it write, too (MiniStack asks that). Otherwise the status of the object is FAILED. Tags that an
object gets later are copied likewise, which MiniStack does for none. Copies come at once; on AWS within minutes.
"""

import functools
from xml.sax.saxutils import escape

from repairs import expect
from repairs.gateway_features import trusts

# How the API spells what CloudFormation calls otherwise.
API_NAMES = {"Id": "ID", "Rules": "Rule", "TagFilter": "Tag", "TagFilters": "Tag"}
READ_RULES = ("s3:GetReplicationConfiguration", "s3:ListBucket")
READ_VERSION = ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
COPY_TAGS = "s3:ReplicateTags"


def xml_of(name, value):
    """A property as the element of the API's request."""
    if isinstance(value, list):
        return "".join(xml_of(name, one) for one in value)
    content = "".join(xml_of(API_NAMES.get(key, key), one) for key, one in value.items()) if isinstance(value, dict) else escape(str(value))
    return f"<{name}>{content}</{name}>"


def keep_rules(bucket, rules):
    """Sets the rules of a bucket, or none. Raises what S3 says against them."""
    from ministack.services import s3

    if not rules:
        s3._bucket_replication.pop(bucket, None)
        return
    for rule in rules.get("Rules", []):
        destination = rule["Destination"]["Bucket"].split(":::")[-1]
        if s3._bucket_owner_account(destination) is None:
            raise ValueError(f"Destination bucket must exist. (Service: S3, Status Code: 400, bucket {destination})")
    status, _, body = s3._put_bucket_replication(bucket, xml_of("ReplicationConfiguration", rules).encode())
    if status >= 400:
        raise ValueError(f"{body.decode()} (Service: S3, Status Code: {status})")


def with_rules(provision):
    """The create or update handler of buckets, which also keeps the rules."""

    @functools.wraps(provision)
    def provision_with_rules(*args):
        name, attributes = provision(*args)
        # create(logical_id, props, stack_name) and update(physical_id, old_props, new_props, stack_name).
        keep_rules(name, args[-2].get("ReplicationConfiguration"))
        return name, attributes

    return provision_with_rules


def role_may(role_arn, needed):
    """Whether S3 may take the role, and the role do all that is needed: pairs of actions and ARN."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_region
    from ministack.services import iam

    account, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    role = iam._roles.get_scoped(account, None, name)
    if role is None or not trusts(role.get("AssumeRolePolicyDocument", "{}"), "s3.amazonaws.com"):
        return False
    policies = iam_evaluator._gather_role_policies(name, account)
    limits = iam_evaluator._permissions_boundary(iam._roles, name, account)

    def allowed(action, resource):
        asked = iam_evaluator.EvalContext(
            principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/s3-replication", principal_type="AssumedRole",
            principal_account=account, action=action, resource_arn=resource, region=get_region())
        return iam_evaluator.evaluate(asked, policies, *limits).decision == "Allow"

    return all(allowed(action, resource) for actions, resource in needed for action in actions)


def copying(rule, source, key, destination, write):
    """What a role needs to copy an object, or to write something else about it there."""
    override = ("s3:ObjectOwnerOverrideToBucketOwner",) if (rule.get("Destination") or {}).get("AccessControlTranslation") else ()
    return [
        (READ_RULES, f"arn:aws:s3:::{source}"),
        (READ_VERSION, f"arn:aws:s3:::{source}/{key}"),
        ((write, *override) if write == "s3:ReplicateObject" else (write,), f"arn:aws:s3:::{destination}/{key}"),
    ]


def copy_tags(bucket, key):
    """Gives the copy of the object's current version the tags that the object has."""
    from ministack.services import s3

    current = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key) or {}
    if not current.get("_replica"):
        return
    destination, version, owner = current["_replica"]
    tags = s3._object_tags.get((bucket, key, current.get("version_id")), {})
    rule, role = s3._replication_rule_for(bucket, key, tags)
    if rule is None or not role_may(role, copying(rule, bucket, key, destination, COPY_TAGS)) or not lets_write(owner, destination, key, role, COPY_TAGS):
        return
    with s3._in_account(owner):
        s3._object_tags[(destination, key, version)] = dict(tags)


def lets_write(owner, destination, key, role, action):
    """Whether the bucket of another account lets the role do this; one of its own account needs no policy."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_region
    from ministack.services import s3

    account = role.split(":")[4]
    if owner == account:
        return True
    asked = iam_evaluator.EvalContext(
        principal_arn=role, principal_type="AssumedRole", principal_account=account, action=action,
        resource_arn=f"arn:aws:s3:::{destination}/{key}", region=get_region())
    return iam_evaluator.evaluate_resource_policy(s3._bucket_policies.get_scoped(owner, None, destination), asked).decision == "Allow"


def apply():
    from ministack.services import s3
    from ministack.services.cloudformation import provisioners

    expect(s3._put_bucket_replication, "4b079c949062")
    expect(s3._replication_destination, "41275c80d1b6")
    expect(s3._maybe_replicate, "cb2dd6521e3d")
    expect(s3._maybe_replicate_delete_marker, "019420d946a9")
    expect(s3._put_object_tagging, "2aa1a21a1008")
    expect(s3._delete_object_tagging, "f19d15ff36ca")
    expect(provisioners._s3_create, "477b78a3cb15")
    expect(provisioners._s3_update, "1d4f3f6390bb")
    handler = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    handler["create"], handler["update"] = with_rules(handler["create"]), with_rules(handler["update"])
    find, mark = s3._replication_destination, s3._maybe_replicate_delete_marker
    marks = []

    @functools.wraps(find)
    def destination_of(bucket, key, rule, role):
        found = find(bucket, key, rule, role)
        write = "s3:ReplicateDelete" if marks else "s3:ReplicateObject"
        return found if found and role_may(role, copying(rule, bucket, key, found[0], write)) else None

    @functools.wraps(mark)
    def replicate_delete_marker(bucket, key):
        marks.append(key)
        try:
            mark(bucket, key)
        finally:
            marks.pop()

    def tagging(original):
        @functools.wraps(original)
        def tag(bucket, key, *rest):
            answer = original(bucket, key, *rest)
            if answer[0] < 300:
                copy_tags(bucket, key)
            return answer

        return tag

    s3._replication_destination = destination_of
    s3._maybe_replicate_delete_marker = replicate_delete_marker
    s3._put_object_tagging, s3._delete_object_tagging = tagging(s3._put_object_tagging), tagging(s3._delete_object_tagging)
