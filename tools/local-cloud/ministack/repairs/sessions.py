"""Not a defect: tells the gateway which role session an access key belongs to, so that its call log can name callers,
and with which secret to sign a request again that a simulated fault has shortened.

MiniStack gives each Lambda function a session of its execution role without any STS call that the gateway could see.
"""

from ministack.services import sts

from repairs import expect


async def caller(params):
    """`/_local/caller?key=ASIA...`: the session's ARN, secret and token, or {} for a key that is no role session."""
    session = sts._sessions.get(params.get("key", ""))
    if session is None:
        return 200, {}
    return 200, {"arn": session.get("Arn", ""), "secret": session.get("SecretAccessKey", ""), "token": session.get("SessionToken", "")}


ROUTES = {"/_local/caller": caller}


def apply():
    expect(sts.register_session, "a84ec986ec01")
