"""Not a defect: keeps which statement of which role allowed which action, for the check of permissions that nothing uses.

Where LOCAL_CLOUD_PERMISSIONS names a file, each role, Sid and IAM action is appended to it once, as a line of JSON, when a
request of that role is first allowed by that statement. Several clouds may write to the same file. The IAM action is the
one that was authorised, which differs from the API's name for batches, transactions and multipart uploads. Of several
statements that allow the same, only the first counts: the others were not needed.
"""

import functools
import json
import os

from repairs import expect


def apply():
    path = os.environ.get("LOCAL_CLOUD_PERMISSIONS")
    if not path:
        return
    from ministack.core import iam_evaluator

    original = iam_evaluator.evaluate
    expect(original, "2a5dd6932d1a")
    seen = set()

    @functools.wraps(original)
    def evaluate(ctx, policies, *limits):
        result = original(ctx, policies, *limits)
        if result.decision == "Allow" and ctx.principal_type == "AssumedRole":
            # arn:aws:sts::<account>:assumed-role/<role>/<session>
            used = (ctx.principal_arn.split("/")[1], result.matched_sid, ctx.action)
            if used not in seen:
                seen.add(used)
                with open(path, "a", encoding="utf-8") as file:
                    file.write(json.dumps({"role": used[0], "sid": used[1], "action": used[2]}) + "\n")
        return result

    iam_evaluator.evaluate = evaluate
