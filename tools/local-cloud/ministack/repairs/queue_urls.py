"""Queue URLs that MiniStack makes without a request at hand (CloudFormation's Ref) carry its own port.

The SDK for JavaScript uses the queue URL as its endpoint, so those calls would pass by the gateway. AWS has one public
endpoint; here it is the gateway.
"""

import os

from repairs import expect


def apply():
    from ministack.services import sqs

    expect(sqs._queue_url_for_account, "84f56260ad93")
    host, port = os.environ["LOCAL_CLOUD_GATEWAY"].rsplit(":", 1)
    sqs.DEFAULT_HOST, sqs.DEFAULT_PORT = host, port
    sqs._CANONICAL_NETLOC = f"{host}:{port}"
