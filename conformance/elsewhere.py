"""What answers at the target's address, where it is not the API: by which mistake of the profile that came about."""

import os
import re
from urllib.parse import urljoin, urlsplit

from conformance import contract
from conformance.evidence import Exchange
from conformance.operations import LIST
from conformance.verdict import Unreachable
from conformance.wire.answers import code, decoded
from conformance.wire.call import Call
from conformance.wire.client import Answer, Client

# Where the documents put the API, and a path below it that nobody serves.
_DOCUMENTED_PATH = "/api/v1"
_NOBODYS_PATH = "/spot/no-such-path"

PROXY_CREDENTIALS = "write its user and password in target.proxy, as in http://user:password@proxy.example:3128"

# What is done about a request that got no answer, by how that is worded.
_REMEDIES = (
    ("does not resolve", "is target.base_url spelled right, and does this machine's network know that host?"),
    ("not use TLS", "write http:// in target.base_url, or give the port that uses TLS"),
    ("expired", "the target needs a new certificate; or is the clock of this machine wrong?"),
    ("not yet valid", "is the clock of this machine right, and that of who made the certificate?"),
    ("not valid for", "give the host that the certificate is for in target.base_url"),
    ("certificate", "name the file of its CA in target.ca_bundle"),
    ("refused", "is the target up, and listening on that port?"),
    ("no connection", "is the target up, and can this machine reach it?"),
    ("no HTTP", "give an address in target.base_url that speaks HTTP/1.1"),
)
_NO_WAY = ("does not resolve", "refused", "no connection")
_OTHER_PROTOCOL = (426, 505)
_NO_HTTP = ("no HTTP", "closed before an answer")


def remedy(client: Client, lost: Exchange) -> str:
    """What to do about a request that got no whole answer."""
    problem = lost.problem or ""
    to_do = next((to_do for words, to_do in _REMEDIES if words in problem), "is the target in order?")
    encrypted = client.target.base_url.replace("http://", "https://", 1)
    if any(words in problem for words in _NO_HTTP) and _speaks_tls(client, encrypted):
        return f"that port uses TLS: write {encrypted} in target.base_url"
    return _about_proxies(client, problem) or to_do if any(words in problem for words in _NO_WAY) else to_do


def _about_proxies(client: Client, problem: str) -> str | None:
    """What to do where no connection came about because of a proxy, or for want of one."""
    if client.target.proxy:
        return PROXY_CREDENTIALS if "407" in problem else "is target.proxy right, and may that proxy reach the target?"
    scheme = urlsplit(client.target.base_url).scheme
    name = next((each for each in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY") if os.environ.get(each)), None)
    if name is None or client.target.is_loopback:
        return None
    return f"is target.base_url right? {name} is set, and is not used: to go by that proxy, name it in target.proxy"


def elsewhere(client: Client, answer: Answer) -> tuple[str, str] | None:
    """Why the answer to a list is not the API's at all, and what to do; None where it may be.

    It is not where it leads to TLS or to a list at another address, where it wants another protocol, or where it is a
    404, a page or leads elsewhere, and a path that nobody serves is answered alike.
    """
    base_url = client.target.base_url
    url = base_url + LIST.path
    said = f"{answer.status} {code(answer)}: {url} is no list of orders"
    encrypted = base_url.replace("http://", "https://", 1)
    to = _leads_to(answer, url)
    leads_to_tls = to.startswith(encrypted) and encrypted != base_url
    if leads_to_tls or (answer.status == 400 and decoded(answer.body) is None and _speaks_tls(client, encrypted)):
        return f"{answer.status}: {url} is served only with TLS", f"say {encrypted} in target.base_url"
    if answer.status in _OTHER_PROTOCOL:
        return (
            f"{answer.status}: {url} wants another protocol",
            "give an address in target.base_url that speaks HTTP/1.1",
        )
    if to.endswith(LIST.path):
        return f"{answer.status}: {url} leads to {to}", f"say {to.removesuffix(LIST.path)} in target.base_url"
    if not (to or answer.status in (404, 405) or (answer.status == 200 and _is_page(answer))):
        return None
    parts = urlsplit(base_url)
    documented = f"{parts.scheme}://{parts.netloc}{_DOCUMENTED_PATH}"
    if documented != base_url and _is_the_api(_get(client, documented + LIST.path)):
        return said, f"say {documented} in target.base_url: there is one"
    nobodys = _get(client, base_url + _NOBODYS_PATH)
    if to and nobodys is not None and _leads_to(nobodys, base_url + _NOBODYS_PATH):
        return (
            f"{answer.status}: {url} leads to {to}; so does any other path",
            "is target.base_url that of this API, and not that of a login or a page in front of it?",
        )
    if nobodys is not None and _alike(answer, nobodys, LIST.path, _NOBODYS_PATH):
        return (
            f"{said}; any other path gets the same answer",
            "is target.base_url that of this API, with its base path?",
        )
    return None


def _leads_to(answer: Answer, url: str) -> str:
    """Where the answer to this URL sends its client, without what it would ask there; empty where it does not."""
    location = answer.exchange.header("location") if 300 <= answer.status < 400 else ""
    try:
        to = urljoin(url, location).partition("?")[0]
    except ValueError:  # it is no URL
        return ""
    return "" if to == url else to


def _get(client: Client, url: str) -> Answer | None:
    """What comes back without credentials, which would be nobody's business there."""
    try:
        return client.send_once(Call("nobody", "GET", url))
    except Unreachable:
        return None


def _speaks_tls(client: Client, base_url: str) -> bool:
    if not base_url.startswith("https://") or client.target.base_url == base_url:
        return False
    try:
        client.send_once(Call("nobody", "GET", base_url + LIST.path))
    except Unreachable as lost:
        return "certificate" in (lost.exchange.problem or "")
    return True


def _is_the_api(answer: Answer | None) -> bool:
    """Whether the answer to a list without credentials is of a form that the documents know."""
    if answer is None or answer.status in (404, 405):
        return False
    document = decoded(answer.body)
    return isinstance(document, list) or (document is not None and not contract.error_breaches(document))


def _alike(one: Answer, another: Answer, path: str, other_path: str) -> bool:
    same = _without(one, path) == _without(another, other_path) or (_is_page(one) and _is_page(another))
    return one.status == another.status and same


def _is_page(answer: Answer) -> bool:
    return "html" in answer.exchange.header("content-type").lower() and decoded(answer.body) is None


def _without(answer: Answer, path: str) -> str:
    """The body without what differs from request to request: the path, and numbers."""
    return re.sub(r"\d+", "", answer.exchange.response_body.replace(path, ""))
