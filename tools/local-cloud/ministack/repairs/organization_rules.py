"""Not a defect: an organization's rules and a service's refusals, at the resources that CloudFormation makes inside MiniStack.

`POST /_local/organization {"resourceRefusals": [{"type", "region"?, "reason", "times"?}], "requiredTags": [key],
"requiredBoundary": ARN}` replaces the rules that are given. A refused resource fails with the reason, as often as `times`
says. Where tags are required, a resource of a type that takes them fails, with an explicit deny, unless it carries them
all; so does a role without the boundary, where one is required.
"""

import functools

from repairs import expect


class Rules:
    """The rules of the moment."""

    refusals = []
    tags = []
    boundary = ""


async def set_rules(params):
    """Replaces the given rules."""
    Rules.refusals = params["body"].get("resourceRefusals", Rules.refusals)
    Rules.tags = params["body"].get("requiredTags", Rules.tags)
    Rules.boundary = params["body"].get("requiredBoundary", Rules.boundary)
    return 200, {}


ROUTES = {"/_local/organization": set_rules}


def refuse(resource_type, region):
    """Raises the reason of the first rule that concerns this resource and is not used up."""
    for rule in Rules.refusals:
        if rule["type"] == resource_type and rule.get("region", region) == region and rule.get("times", 1) > 0:
            if "times" in rule:
                rule["times"] -= 1
            raise ValueError(rule["reason"])


def demand_tags(resource_type, props, tag_property):
    """Raises an explicit deny when a tag that the organization requires is missing."""
    from ministack.services.cloudformation import provisioners

    missing = [key for key in Rules.tags if key not in provisioners._tag_map(props.get(tag_property))]
    if missing:
        raise ValueError(f"User is not authorized to perform the creation of {resource_type} with an explicit deny in a service "
                         f"control policy (tag {missing[0]} is required)")


def demand_boundary(resource_type, props):
    """Raises an explicit deny for a role without the boundary that the organization requires."""
    if resource_type == "AWS::IAM::Role" and Rules.boundary and props.get("PermissionsBoundary") != Rules.boundary:
        raise ValueError("User is not authorized to perform: iam:CreateRole with an explicit deny in a service control policy "
                         f"(permissions boundary {Rules.boundary} is required)")


def apply():
    from ministack.core.responses import get_region
    from ministack.services.cloudformation import provisioners, stacks

    original = stacks._provision_keeping_seed
    expect(original, "4ee168dfaf65")

    @functools.wraps(original)
    def provision(resource_type, logical_id, props, stack_name):
        refuse(resource_type, get_region())
        demand_boundary(resource_type, props)
        if resource_type in provisioners._STACK_TAG_PROPERTY:
            demand_tags(resource_type, props, provisioners._STACK_TAG_PROPERTY[resource_type][0])
        return original(resource_type, logical_id, props, stack_name)

    stacks._provision_keeping_seed = provision
