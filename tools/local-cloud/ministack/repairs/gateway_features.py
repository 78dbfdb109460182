"""Not a defect: lets the gateway's own features (StackSets, import jobs) use MiniStack's IAM.

A request that carries the header x-local-cloud-authorize-only is authenticated and authorised as usual and then answered
with an empty 200 instead of being done; x-local-cloud-pass-role names a role ARN for which iam:PassRole is checked too,
without a value for iam:PassedToService: no source tells what Cognito and StackSets send there, so that a policy must do
without. The gateway removes both headers from what clients send. `/_local/service-session` gives the credentials that an
AWS service gets when it assumes a role.
"""

import json
import time

from repairs import expect
from ministack import app as ministack_app
from ministack.services import iam, sts


def deciding(service, handler):
    """The service's handler, which does nothing for requests that are only to be authorised."""

    async def handle(method, path, headers, body, query_params):
        if "x-local-cloud-authorize-only" not in headers:
            return await handler(method, path, headers, body, query_params)
        role = headers.get("x-local-cloud-pass-role", "")
        return (role and pass_role_denied(service, headers, query_params, role)) or (200, {}, b"")

    return handle


def pass_role_denied(service, headers, query_params, role):
    """The answer of AWS when the caller may not pass the role, or None."""
    from ministack.core.iam_actions import access_denied_response
    from ministack.core.iam_evaluator import AuthError, enforce
    from ministack.core.router import extract_access_key_id, extract_region

    if not ministack_app.AUTH:
        return None
    key = extract_access_key_id(headers, query_params)
    denied = enforce(key, "iam:PassRole", service, extract_region(headers), resource_arn=role)
    if not denied:
        return None
    principal = "" if isinstance(denied, AuthError) else denied.principal_arn
    message = f"User: {principal} is not authorized to perform: iam:PassRole on resource: {role}"
    return access_denied_response(service, "iam:PassRole", principal, "", message=message, headers=headers, resource_arn=role)


def trusts(document, service):
    """Whether a trust policy lets the service assume the role (conditions are not evaluated)."""
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        actions = statement.get("Action", [])
        if (statement.get("Effect") == "Allow" and service in ([services] if isinstance(services, str) else services)
                and {"sts:AssumeRole", "sts:*", "*"} & set([actions] if isinstance(actions, str) else actions)):
            return True
    return False


async def service_session(params):
    """`POST /_local/service-session {"roleArn", "services": [...], "sessionName"}`: credentials, or {"refused": reason}."""
    wanted = params["body"]
    arn = wanted["roleArn"]
    parts = arn.split(":")
    role = iam._roles.get_scoped(parts[4], None, arn.rsplit("/", 1)[-1]) if len(parts) > 5 else None
    if role is None:
        return 200, {"refused": "role does not exist"}
    if not any(trusts(role.get("AssumeRolePolicyDocument", "{}"), service) for service in wanted["services"]):
        return 200, {"refused": "role does not trust the service"}
    key, secret, token = sts._gen_session_access_key(), sts._gen_secret(), sts._gen_session_token()
    name = wanted["sessionName"]
    sts.register_session(key, {
        "Arn": f"arn:aws:sts::{parts[4]}:assumed-role/{arn.rsplit('/', 1)[-1]}/{name}",
        "UserId": f"{role.get('RoleId', '')}:{name}", "SecretAccessKey": secret, "SessionToken": token,
        "Expiration": time.time() + 12 * 3600, "AccountId": parts[4], "PrincipalType": "AssumedRole",
    })
    return 200, {"accessKeyId": key, "secretAccessKey": secret, "sessionToken": token}


ROUTES = {"/_local/service-session": service_session}


def apply():
    expect(ministack_app._dispatch_service_request, "17e5ef6dcfa0")
    for service, handler in ministack_app.SERVICE_HANDLERS.items():
        ministack_app.SERVICE_HANDLERS[service] = deciding(service, handler)
