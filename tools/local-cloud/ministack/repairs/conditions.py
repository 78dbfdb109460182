"""Conditions: MiniStack resolves only Ref to a parameter (and Select) in the operands of Fn::Equals.

A pseudo parameter, Fn::FindInMap, Fn::Sub, Fn::Join or Fn::Split there is compared as it stands, so the condition is
false and its resources are silently missing although the stack completes. Here the operands are resolved first.
AWS::StackName and AWS::StackId are not known at this place and stay as they are.
"""

import copy
import functools
import re

from repairs import expect


def resolver(template, params, region, account):
    """Gives a function that resolves the value functions of one operand, whatever they contain."""
    pseudo = {"AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
    mappings = template.get("Mappings") or {}

    def name(reference):
        if reference in pseudo:
            return pseudo[reference]
        return str(params[reference]["Value"]) if reference in params else "${" + reference + "}"

    def substitute(argument):
        text, extra = (argument[0], argument[1]) if isinstance(argument, list) else (argument, {})
        values = {key: resolve(value) for key, value in extra.items()}
        return re.sub(r"\$\{([^!}][^}]*)\}", lambda found: str(values.get(found[1], None) or name(found[1])), text)

    functions = {
        "Fn::FindInMap": lambda args: mappings[resolve(args[0])][resolve(args[1])][resolve(args[2])],
        "Fn::Sub": substitute,
        "Fn::Join": lambda args: args[0].join(str(resolve(part)) for part in resolve(args[1])),
        "Fn::Split": lambda args: str(resolve(args[1])).split(args[0]),
    }

    def resolve(value):
        if isinstance(value, list):
            return [resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        (key, argument), *others = list(value.items()) or [("", None)]
        if not others and key == "Ref" and argument in pseudo:
            return pseudo[argument]
        if not others and key in functions:
            return functions[key](argument)
        return {inner: resolve(child) for inner, child in value.items()}

    return resolve


def apply():
    from ministack.core.responses import get_account_id, get_region
    from ministack.services.cloudformation import changesets, engine, handlers, stacks

    expect(engine._evaluate_conditions, "e7f9e29b6c01")
    original = engine._evaluate_conditions

    @functools.wraps(original)
    def evaluate_conditions(template, params):
        resolve = resolver(template, params, get_region(), get_account_id())
        return original({**template, "Conditions": resolve(copy.deepcopy(template.get("Conditions") or {}))}, params)

    for module in (engine, changesets, handlers, stacks):
        module._evaluate_conditions = evaluate_conditions
