"""Holds the attributes of a new or changed user against the pool's schema, as AdminCreateUser does on AWS.

It takes users without an attribute that the pool requires: they give it when they sign in for the first time [API reference].
"""

import re

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+[1-9][0-9]{1,14}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def schema_problem(pool, attributes, creating):
    """The message with which Cognito refuses these `[{Name, Value}]`, or None. Never holds a value."""
    schema = {each["Name"]: each for each in pool["SchemaAttributes"]}
    names = [each["Name"] for each in attributes]
    for name in names:
        if names.count(name) > 1:
            return f"The attribute {name} is given more than once."
        if name not in schema and name != "identities":
            return f"Attributes did not conform to the schema: {name}: Attribute does not exist in the schema."
    for each in attributes:
        rule, value = schema.get(each["Name"], {}), each.get("Value", "")
        if not creating and rule.get("Mutable") is False:
            return f"user.{each['Name']}: Attribute cannot be updated."
        problem = _value_problem(each["Name"], value, rule) if value != "" else None
        if problem:
            return problem
    return None


def _value_problem(name, value, rule):
    if name == "email" and not _EMAIL.fullmatch(value):
        return "Invalid email address format."
    if name == "phone_number" and not _PHONE.fullmatch(value):
        return "Invalid phone number format."
    kind = rule.get("AttributeDataType", "String")
    limits = rule.get(f"{kind}AttributeConstraints") or {}
    wrong = False
    if kind == "Boolean":
        wrong = value.lower() not in ("true", "false")
    elif kind == "Number":
        wrong = (not _NUMBER.fullmatch(value) or float(value) < float(limits.get("MinValue", "-inf"))
                 or float(value) > float(limits.get("MaxValue", "inf")))
    elif kind == "String":
        wrong = not int(limits.get("MinLength", 0)) <= len(value) <= int(limits.get("MaxLength", 2048))
    return f"Attributes did not conform to the schema: {name}: Value does not fit the attribute." if wrong else None


def username_problem(pool, username):
    """In a pool with e-mail or phone aliases a user name must not look like one [Cognito guide, user pool attributes]."""
    aliases = pool.get("AliasAttributes") or []
    if "email" in aliases and _EMAIL.fullmatch(username or ""):
        return "Username cannot be of email format, since user pool is configured for email alias."
    if "phone_number" in aliases and _PHONE.fullmatch(username or ""):
        return "Username cannot be of phone number format, since user pool is configured for phone number alias."
    return None
