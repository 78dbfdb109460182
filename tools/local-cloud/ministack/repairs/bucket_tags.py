"""Buckets of a stack have no tags.

CloudFormation gives the tags of a stack, and its own `aws:cloudformation:` ones, to every resource that takes tags, buckets
among them; MiniStack's provisioner of buckets takes neither these nor the property Tags.
"""

import functools

from repairs import expect


def tagging(provision):
    """The handler, which also keeps the tags."""

    @functools.wraps(provision)
    def provision_with_tags(*args):
        from ministack.services import s3
        from ministack.services.cloudformation import provisioners

        name, attributes = provision(*args)
        # create(logical_id, props, stack_name) and update(physical_id, old_props, new_props, stack_name).
        tags = provisioners._tag_map(args[-2].get("Tags"))
        if tags:
            s3._bucket_tags[name] = tags
        else:
            s3._bucket_tags.pop(name, None)
        return name, attributes

    return provision_with_tags


def apply():
    from ministack.services.cloudformation import provisioners

    handler = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    expect(provisioners._s3_create, "477b78a3cb15")
    expect(provisioners._s3_update, "1d4f3f6390bb")
    handler["create"] = tagging(handler["create"])
    handler["update"] = tagging(handler["update"])
    provisioners._STACK_TAG_PROPERTY["AWS::S3::Bucket"] = ("Tags", "list")
