"""Capabilities: ValidateTemplate of MiniStack takes the PolicyName of an AWS::IAM::Policy for a custom name.

It is a required property of the resource, and CreateStack, of AWS as of MiniStack, asks for CAPABILITY_IAM alone. The gateway's
StackSets learn from ValidateTemplate what a template needs.
"""

from repairs import expect


def apply():
    from ministack.services.cloudformation import handlers

    expect(handlers._required_capabilities, "0b7ce940a40a")
    handlers._NAMED_IAM_PROPS.pop("AWS::IAM::Policy", None)
