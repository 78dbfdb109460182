"""Virtual-hosted template URLs: MiniStack reads `https://<bucket>.s3.<region>.amazonaws.com/<key>` as path style.

On AWS it is the usual form (CreateStack, ValidateTemplate, nested stacks). The request is signed, so the gateway cannot
rewrite it; here the URL is turned into path style before MiniStack looks at it.
"""

import functools
import re
from urllib.parse import urlsplit

from mends import expect

VIRTUAL_HOST = re.compile(r"^(?P<bucket>.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$")


def path_style(url):
    """The same object in path style; other URLs unchanged."""
    parts = urlsplit(url)
    found = VIRTUAL_HOST.match(parts.hostname or "")
    return f"https://s3.amazonaws.com/{found['bucket']}{parts.path}" if found else url


def apply():
    from ministack.services.cloudformation import helpers

    expect(helpers._resolve_document, "9ad9addb675b")
    original = helpers._resolve_document

    @functools.wraps(original)
    def resolve_document(params, body_key, url_key, label):
        url = helpers._p(params, url_key)
        if url and path_style(url) != url:
            params = {**params, url_key: [path_style(url)]}
        return original(params, body_key, url_key, label)

    helpers._resolve_document = resolve_document
