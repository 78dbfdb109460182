"""Records what MiniStack only pretends to deliver: SNS messages with their e-mail subscribers, and Cognito's e-mails.

MiniStack's SNS skips e-mail subscribers with a log line. Tests must see what a subscriber would have got, and that no
message ever went to an end user of a pool.
"""

import functools
import time

from ministack.services import ses, sns

from repairs import expect

SENT = []


async def messages(_params):
    """`/_local/messages`: every message since the start, oldest first."""
    return 200, SENT


ROUTES = {"/_local/messages": messages}


def apply():
    expect(sns._fanout, "984cdd91d64a")
    expect(ses.send_internal_email, "dfe28b356e3b")
    fanout, send_email = sns._fanout, ses.send_internal_email

    @functools.wraps(fanout)
    def recorded_fanout(topic_arn, msg_id, message, subject, *args, **kwargs):
        topic = sns._topic_by_arn_any_scope(topic_arn) or {"subscriptions": []}
        SENT.append({
            "kind": "sns", "time": time.time() * 1000, "topicArn": topic_arn, "subject": subject or "", "message": message,
            "subscribers": [{"protocol": s.get("protocol", ""), "endpoint": s.get("endpoint", ""), "confirmed": bool(s.get("confirmed"))}
                            for s in topic["subscriptions"]],
        })
        return fanout(topic_arn, msg_id, message, subject, *args, **kwargs)

    @functools.wraps(send_email)
    def recorded_email(*args, **kwargs):
        SENT.append({"kind": "end-user", "time": time.time() * 1000, "type": kwargs.get("type_name", ""),
                     "userPoolId": (kwargs.get("extra") or {}).get("UserPoolId", "")})
        return send_email(*args, **kwargs)

    sns._fanout = recorded_fanout
    ses.send_internal_email = recorded_email
