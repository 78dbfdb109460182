"""Virtual-hosted template URLs: MiniStack reads `https://<bucket>.s3.<region>.amazonaws.com/<key>` as path style.

On AWS it is the usual form (CreateStack, ValidateTemplate, nested stacks). The request is signed, so the gateway cannot
rewrite it; here the URL is turned into path style before MiniStack looks at it.

The gateway's StackSets hand over the templates of their instances in the same place: `POST /_local/template {"template"}`
gives a URL that CreateStack and UpdateStack take (an inline template ends at 51,200 bytes, a StackSet's at 1 MB).
"""

import functools
import hashlib
import re
from urllib.parse import urlsplit

from repairs import expect

VIRTUAL_HOST = re.compile(r"^(?P<bucket>.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$")


def path_style(url):
    """The same object in path style; other URLs unchanged."""
    parts = urlsplit(url)
    found = VIRTUAL_HOST.match(parts.hostname or "")
    return f"https://s3.amazonaws.com/{found['bucket']}{parts.path}" if found else url


STAGED = {}
STAGED_PREFIX = "https://s3.amazonaws.com/stack-set-templates/"


async def stage(params):
    """Keeps a template under its digest and gives the URL."""
    template = params["body"]["template"]
    url = STAGED_PREFIX + hashlib.sha256(template.encode()).hexdigest()
    STAGED[url] = template
    return 200, {"url": url}


ROUTES = {"/_local/template": stage}


def apply():
    from ministack.services.cloudformation import helpers

    expect(helpers._resolve_document, "9ad9addb675b")
    original = helpers._resolve_document

    @functools.wraps(original)
    def resolve_document(params, body_key, url_key, label):
        url = helpers._p(params, url_key)
        if url in STAGED:
            return STAGED[url], None
        if url and path_style(url) != url:
            params = {**params, url_key: [path_style(url)]}
        return original(params, body_key, url_key, label)

    helpers._resolve_document = resolve_document
