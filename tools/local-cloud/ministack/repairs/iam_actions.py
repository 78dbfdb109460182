"""Which IAM action and resource a call is authorised as, where MiniStack 1.5.33 differs from AWS.

SQS: the batch calls have no permissions of their own ("SendMessageBatch: you need sqs:SendMessage", SQS API reference);
MiniStack asks for sqs:SendMessageBatch. CloudFormation: StackSet actions are authorised on the StackSet's ARN
(stackset/NAME:ID, Service Authorization Reference), except for those that name no existing one; MiniStack knows none of
them and asks for "*". DynamoDB: TagResource and the like name their table by ResourceArn; MiniStack asks for "*". EventBridge: a
rule of the default event bus is rule/NAME (Service Authorization Reference); MiniStack asks for rule/default/NAME. Cognito:
CreateUserPool names the tags of the pool UserPoolTags; MiniStack looks for request tags under Tags only, and resolves aws:ResourceTag for no pool.
"""

import functools
import json

from repairs import RepairOutdated, expect

BATCH_OF = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
WITHOUT_RESOURCE = ("CreateStackSet", "ListStackSets")


def first(query_params, name):
    """A parameter of a query-protocol request, or the empty string."""
    value = query_params.get(name, "")
    return (value[0] if value else "") if isinstance(value, list) else value


def named_by_arn(body):
    """The ResourceArn of a JSON request, if it has one."""
    try:
        arn = json.loads(body or b"{}").get("ResourceArn")
    except (ValueError, AttributeError):
        return []
    return [arn] if isinstance(arn, str) and arn else []


def pool_tags(service, iam_action, body):
    """aws:RequestTag/KEY and aws:TagKeys of a user pool that is made."""
    if service != "cognito-idp" or iam_action != "cognito-idp:CreateUserPool":
        return {}
    try:
        tags = json.loads(body or b"{}").get("UserPoolTags") or {}
    except (ValueError, AttributeError):
        return {}
    context = {f"aws:RequestTag/{name}".lower(): str(value) for name, value in tags.items()}
    return {**context, "aws:TagKeys": list(tags)} if tags else {}


def apply():
    from ministack.core import iam_actions

    from ministack.services import tagging

    if tagging._RESOURCE_TAG_COLLECTORS.setdefault("cognito-idp", tagging._collect_cognito) is not tagging._collect_cognito:
        raise RepairOutdated("MiniStack resolves aws:ResourceTag of user pools by itself.")
    expect(iam_actions.extract_iam_action, "ec476b92d969")
    expect(iam_actions.extract_resource_arn, "82f51700695c")
    expect(iam_actions.dynamodb_resource_arns, "a7186900d54a")
    expect(iam_actions.request_tag_context, "d46adb816e02")
    request_tags_of = iam_actions.request_tag_context
    tables_of = iam_actions.dynamodb_resource_arns
    action_of, resource_of = iam_actions.extract_iam_action, iam_actions.extract_resource_arn

    @functools.wraps(action_of)
    def extract_iam_action(*args, **kwargs):
        action = action_of(*args, **kwargs)
        return BATCH_OF.get(action, action)

    @functools.wraps(resource_of)
    def extract_resource_arn(service, method, path, headers, body, query_params, region, account_id):
        name = first(query_params, "StackSetName") if service == "cloudformation" else ""
        if name and first(query_params, "Action") not in WITHOUT_RESOURCE:
            # The id is the gateway's; policies can only know the name before.
            return f"arn:aws:cloudformation:{region}:{account_id}:stackset/{name if ':' in name else name + ':*'}"
        found = resource_of(service, method, path, headers, body, query_params, region, account_id)
        return found.replace(":rule/default/", ":rule/", 1) if service == "events" else found

    @functools.wraps(tables_of)
    def dynamodb_resource_arns(body, region, account_id):
        return tables_of(body, region, account_id) or named_by_arn(body)

    @functools.wraps(request_tags_of)
    def request_tag_context(service, iam_action, body, params):
        return {**request_tags_of(service, iam_action, body, params), **pool_tags(service, iam_action, body)}

    iam_actions.request_tag_context = request_tag_context
    iam_actions.dynamodb_resource_arns = dynamodb_resource_arns
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.extract_resource_arn = extract_resource_arn
