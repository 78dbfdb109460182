"""Which IAM action and resource a call is authorised as, where MiniStack 1.5.33 differs from AWS.

SQS: the batch calls have no permissions of their own ("SendMessageBatch: you need sqs:SendMessage", SQS API reference);
MiniStack asks for sqs:SendMessageBatch. CloudFormation: StackSet actions are authorised on the StackSet's ARN
(stackset/NAME:ID, Service Authorization Reference), except for those that name no existing one; MiniStack knows none of
them and asks for "*". DynamoDB: TagResource and the like name their table by ResourceArn; MiniStack asks for "*". EventBridge: a
rule of the default event bus is rule/NAME (Service Authorization Reference); MiniStack asks for rule/default/NAME.
"""

import functools
import json

from repairs import expect

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


def apply():
    from ministack.core import iam_actions

    expect(iam_actions.extract_iam_action, "ec476b92d969")
    expect(iam_actions.extract_resource_arn, "82f51700695c")
    expect(iam_actions.dynamodb_resource_arns, "a7186900d54a")
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

    iam_actions.dynamodb_resource_arns = dynamodb_resource_arns
    iam_actions.extract_iam_action = extract_iam_action
    iam_actions.extract_resource_arn = extract_resource_arn
