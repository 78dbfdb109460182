"""Custom resources: MiniStack sends an Update to whatever function the changed ServiceToken names.

CloudFormation refuses it: "Modifying service token is not allowed." A renamed function behind a custom resource would
otherwise seem to work here and fail every stack that was launched before.
"""

import functools

from repairs import expect


def is_custom(resource_type):
    """Whether it is a custom resource, under either kind of name."""
    return resource_type.startswith("Custom::") or resource_type == "AWS::CloudFormation::CustomResource"


def apply():
    from ministack.services.cloudformation import stacks

    original = stacks._update_keeping_seed
    expect(original, "1527138b947b")

    @functools.wraps(original)
    def update(resource_type, physical_id, old_props, new_props, *others):
        if is_custom(resource_type) and old_props.get("ServiceToken") != new_props.get("ServiceToken"):
            raise ValueError("Modifying service token is not allowed.")
        return original(resource_type, physical_id, old_props, new_props, *others)

    stacks._update_keeping_seed = update
