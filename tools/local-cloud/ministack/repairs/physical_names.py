"""Generated names: MiniStack derives them from the stack's name, so a stack launched again finds the old names.

On AWS every launch gets names of its own. A retained table of an earlier launch would otherwise be taken for the new
one. Here the stack's id goes into the suffix. And where a name is too long, AWS shortens the stack's name and the
logical id alike; MiniStack cuts off the logical id first, after which nobody can tell one function from another.
"""

import functools
import hashlib

from repairs import expect


def apply():
    from ministack.services.cloudformation import provisioners

    original = provisioners._physical_name
    expect(original, "aeef5b394ad2")

    @functools.wraps(original)
    def physical_name(stack_name, logical_id, *, lowercase=False, max_len=128, seeded=True):
        seed = provisioners._NAME_SEED.get() if seeded else ""
        key = f"{provisioners._cr_stack_id(stack_name)}:{logical_id}:{seed}"
        suffix = hashlib.sha256(key.encode()).hexdigest()[:12].upper()
        room = max_len - len(suffix) - 2
        stack, logical = stack_name, logical_id
        if len(stack) + len(logical) > room:
            stack = stack[:max(room // 2, room - len(logical))].rstrip("-")
            logical = logical[:room - len(stack)]
        name = f"{stack}-{logical}-{suffix}"
        return name.lower() if lowercase else name

    provisioners._physical_name = physical_name
