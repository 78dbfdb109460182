"""MiniStack stores the key of a table, bucket, queue, topic or log group and never uses it; on AWS nothing works without it.

Here a call that reads or writes what a customer's key encrypts is also asked for the key: it must exist in that Region and be
enabled, and the caller needs the KMS actions that the service takes on his behalf (kms:ViaService), by policies and key policy.
A table or replica is made only with a usable key, a replica only by a caller who may do with it what DynamoDB demands; a log
group only with a key whose policy lets CloudWatch Logs use it. MiniStack also gives a replica the key of its table, and lacks
AssociateKmsKey.
"""

import functools
import json
import re

from repairs import expect

DECRYPT, GENERATE = "kms:Decrypt", "kms:GenerateDataKey"
# By the guides of the services: key management of SQS and SNS, SSE-KMS of S3, encryption at rest of DynamoDB.
TAKEN = {
    "s3:GetObject": (DECRYPT,),
    "s3:PutObject": (GENERATE,),
    "sqs:SendMessage": (GENERATE, DECRYPT),
    "sqs:ReceiveMessage": (DECRYPT,),
    "sns:Publish": (GENERATE, DECRYPT),
    **{f"dynamodb:{action}": (DECRYPT,) for action in (
        "GetItem", "PutItem", "UpdateItem", "DeleteItem", "BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "Query", "Scan")},
}
TAKEN_FOR_A_REPLICA = (
    "kms:Encrypt", DECRYPT, "kms:ReEncryptFrom", "kms:ReEncryptTo", GENERATE, "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey", "kms:CreateGrant",
)
# Names of the errors, by the services' models: refused by a policy, disabled, in another state, not there.
ERRORS = {
    "s3": ("AccessDenied", "KMS.DisabledException", "KMS.KMSInvalidStateException", "KMS.NotFoundException"),
    "sqs": ("KmsAccessDenied", "KmsDisabled", "KmsInvalidState", "KmsNotFound"),
    "sns": ("KMSAccessDenied", "KMSDisabled", "KMSInvalidState", "KMSNotFound"),
    "dynamodb": ("AccessDeniedException",) * 4,
}


def key_of(service, resource_arn):
    """Id or ARN of the customer's key that encrypts the resource, or the empty string."""
    from ministack.services import dynamodb, s3, sns, sqs

    key = ""
    if service == "s3":
        bucket = resource_arn.split(":::")[-1].split("/")[0]
        key = s3._bucket_default_sse_headers(bucket).get("x-amz-server-side-encryption-aws-kms-key-id", "")
    elif service == "sqs":
        key = ((sqs._queue_by_arn(resource_arn) or {}).get("attributes") or {}).get("KmsMasterKeyId", "")
    elif service == "sns":
        key = ((sns._topic_by_arn_any_scope(resource_arn) or {}).get("attributes") or {}).get("KmsMasterKeyId", "")
    elif service == "dynamodb":
        table = dynamodb._tables.get(resource_arn.split(":table/")[-1].split("/")[0]) or {}
        key = (table.get("SSEDescription") or {}).get("KMSMasterKeyArn", "")
    return "" if "alias/aws/" in (key or "") else key or ""


def state_of(key):
    """The record of the key in the Region of the moment, and what keeps it from being used: the index into ERRORS, or None."""
    from ministack.services import kms

    record = kms._resolve_key(key)
    if record is None:
        return None, 3
    state = record["KeyState"]
    return record, None if state == "Enabled" else 1 if state == "Disabled" else 2


def refused(enforce, access_key, service, region, key, actions):
    """The error of the service for a key that cannot be used by this caller, or None."""
    from ministack.core.iam_evaluator import AuthError

    record, broken = state_of(key)
    if broken is not None:
        return AuthError(ERRORS[service][broken], f"The KMS key {key} does not exist, is not enabled or cannot be used in {region}.")
    context = {"kms:ViaService": f"{service}.{region}.amazonaws.com", "kms:CallerAccount": record["Arn"].split(":")[4]}
    for action in actions:
        denied = enforce(access_key, action, "kms", region, resource_arn=record["Arn"], service_context=context)
        if denied:
            return AuthError(ERRORS[service][0], f"The caller is not authorized to perform: {action} on resource: {record['Arn']} "
                             f"(KMS key access denied, via {service})")
    return None


def named_as_on_aws(group_name):
    """The generated name `<stack>-<logical id>-<suffix>`, for which MiniStack has `/aws/cloudformation/<stack>/<logical id>`."""
    return re.sub(r"^/aws/cloudformation/([^/]+)/([^/]+)$", r"\1-\2-0123456789AB", group_name)


def demand_of_log_group(key, group_name, region):
    """Raises what CloudWatch Logs says of a key that it cannot use for that log group."""
    from ministack.core.responses import get_account_id
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

    arn = f"arn:aws:logs:{region}:{get_account_id()}:log-group:{named_as_on_aws(group_name)}"
    record, broken = state_of(key)
    allowed = False
    if broken is None:
        context = EvalContext(
            principal_arn="", principal_type="Service", principal_account=get_account_id(), action="kms:Encrypt", resource_arn=record["Arn"],
            region=region, service_context={"kms:encryptioncontext:aws:logs:arn": arn})
        allowed = evaluate_resource_policy(record.get("Policy"), context, service=f"logs.{region}.amazonaws.com").decision == "Allow"
    if not allowed:
        raise ValueError(f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'")


def associate_key(body, region):
    """AssociateKmsKey of CloudWatch Logs."""
    from ministack.core.responses import error_response_json, json_response
    from ministack.services import cloudwatch_logs

    data = json.loads(body or b"{}")
    group = cloudwatch_logs._log_groups.get(data.get("logGroupName", ""))
    if group is None:
        return error_response_json("ResourceNotFoundException", "The specified log group does not exist.", 400)
    try:
        demand_of_log_group(data.get("kmsKeyId", ""), data["logGroupName"], region)
    except ValueError as error:
        return error_response_json("InvalidParameterException", str(error), 400)
    group["kmsKeyId"] = data["kmsKeyId"]
    return json_response({})


def replica_keys(body):
    """Region and key of each replica that an UpdateTable adds with a key."""
    updates = json.loads(body or b"{}").get("ReplicaUpdates") or []
    created = [update["Create"] for update in updates if "Create" in update]
    return [(create.get("RegionName", ""), create["KMSMasterKeyId"]) for create in created if create.get("KMSMasterKeyId")]


def apply():
    from ministack import app as ministack_app
    from ministack.core import iam_evaluator
    from ministack.core.iam_actions import access_denied_response
    from ministack.core.responses import get_account_id, get_region, request_scope
    from ministack.core.router import extract_access_key_id, extract_region
    from ministack.services import dynamodb, kms
    from ministack.services.cloudformation import stacks

    expect(iam_evaluator.enforce, "cf64b1ee5b09")
    expect(kms._resolve_key, "90e6b84ded7c")
    expect(dynamodb._apply_replica_updates, "cd04ee6026c8")
    expect(stacks._provision_keeping_seed, "4ee168dfaf65")
    enforce, replicate, provision = iam_evaluator.enforce, dynamodb._apply_replica_updates, stacks._provision_keeping_seed

    @functools.wraps(enforce)
    def enforce_with_key(access_key, action, service, region, resource_arn="*", service_context=None):
        denied = enforce(access_key, action, service, region, resource_arn=resource_arn, service_context=service_context)
        if denied or action not in TAKEN:
            return denied
        key = key_of(service, resource_arn)
        return refused(enforce, access_key, service, region, key, TAKEN[action]) if key else None

    @functools.wraps(replicate)
    def replicate_with_key(name, table, updates):
        failed = replicate(name, table, updates)
        if failed is not None:
            return failed
        for update in updates:
            create = update.get("Create") or {}
            replica = dynamodb._tables.get_scoped(get_account_id(), create.get("RegionName", ""), name)
            if replica is not None and table.get("SSEDescription"):
                with request_scope(get_account_id(), create["RegionName"]):
                    replica["SSEDescription"] = dynamodb._sse_description_from_spec(
                        {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": create.get("KMSMasterKeyId")})
        return None

    @functools.wraps(provision)
    def provision_with_key(resource_type, logical_id, props, stack_name):
        table_key = (props.get("SSESpecification") or {}).get("KMSMasterKeyId")
        if resource_type == "AWS::DynamoDB::Table" and table_key and state_of(table_key)[1] is not None:
            raise ValueError(f"KMS validation error: the key {table_key} does not exist or is not enabled")
        if resource_type == "AWS::Logs::LogGroup" and props.get("KmsKeyId"):
            demand_of_log_group(props["KmsKeyId"], props.get("LogGroupName") or f"{stack_name}-{logical_id}-0123456789AB", get_region())
        return provision(resource_type, logical_id, props, stack_name)

    iam_evaluator.enforce = enforce_with_key
    dynamodb._apply_replica_updates = replicate_with_key
    stacks._provision_keeping_seed = provision_with_key

    tables, logs = ministack_app.SERVICE_HANDLERS["dynamodb"], ministack_app.SERVICE_HANDLERS["logs"]

    async def tables_with_key(method, path, headers, body, query_params):
        if headers.get("x-amz-target", "").endswith(".UpdateTable"):
            for region, key in replica_keys(body):
                with request_scope(get_account_id(), region):
                    access_key = extract_access_key_id(headers, query_params)
                    error = refused(enforce, access_key, "dynamodb", region, key, TAKEN_FOR_A_REPLICA)
                if error:
                    return access_denied_response("dynamodb", "dynamodb:UpdateTable", "", "", error_code=error.code,
                                                  message=error.message, headers=headers)
        return await tables(method, path, headers, body, query_params)

    async def logs_with_key(method, path, headers, body, query_params):
        if headers.get("x-amz-target", "").endswith(".AssociateKmsKey"):
            return associate_key(body, extract_region(headers))
        return await logs(method, path, headers, body, query_params)

    ministack_app.SERVICE_HANDLERS["dynamodb"] = tables_with_key
    ministack_app.SERVICE_HANDLERS["logs"] = logs_with_key
