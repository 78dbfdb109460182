"""Failed creates of custom resources: MiniStack's rollback forgets the resource whose Create failed.

CloudFormation sends it a Delete with the physical id of the failed answer, so that what the Create had made by then is
removed; without that a StackSet stays behind. Here the Delete is sent right after the failure, while everything that
the resource depends on is still there. It has no events of its own, and what it fails with is added to the reason.
"""

import functools

from repairs import expect


def apply():
    from ministack.services.cloudformation import custom_resource, provisioners

    expect(provisioners._custom_resource_create, "56c9141c84ff")
    expect(custom_resource.deliver_response, "4f864c27b849")
    original_create = provisioners._custom_resource_create
    original_deliver = custom_resource.deliver_response
    answered = {}

    @functools.wraps(original_deliver)
    def deliver_response(token, response):
        answered[(response.get("StackId"), response.get("LogicalResourceId"))] = response.get("PhysicalResourceId")
        return original_deliver(token, response)

    @functools.wraps(original_create)
    def custom_resource_create(logical_id, props, stack_name, resource_type="AWS::CloudFormation::CustomResource"):
        key = (provisioners._cr_stack_id(stack_name), logical_id)
        answered.pop(key, None)
        try:
            return original_create(logical_id, props, stack_name, resource_type)
        except (RuntimeError, TimeoutError) as failure:
            # Without an answer CloudFormation makes up an id.
            physical_id = answered.get(key) or f"{stack_name}-{logical_id}-unanswered"
            try:
                provisioners._custom_resource_delete(physical_id, props, stack_name, logical_id, resource_type)
            except (RuntimeError, TimeoutError) as left_behind:
                raise RuntimeError(f"{failure} The removal of what it had made failed too: {left_behind}") from failure
            raise
        finally:
            answered.pop(key, None)

    custom_resource.deliver_response = deliver_response
    provisioners._custom_resource_create = custom_resource_create
    provisioners._RESOURCE_HANDLERS["AWS::CloudFormation::CustomResource"]["create"] = custom_resource_create
