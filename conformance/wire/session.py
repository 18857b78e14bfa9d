"""A session of requests that takes nothing from this machine, and gives nothing away that was not asked for."""

from http.cookiejar import DefaultCookiePolicy

import requests

from conformance.wire.bounded import BoundedAdapter

HEADERS = {"Accept": "application/json", "User-Agent": "p99-conformance"}
"""What each request says of itself, unless the profile or the request says otherwise."""


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: redirects are not followed. The library would read the whole body of the redirect first."""


def new_session() -> requests.Session:
    """A session with bounded answers, without cookies, and without credentials or proxies of this machine."""
    session = _Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, BoundedAdapter())
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # a cookie would be a credential too
    # A .netrc file or a proxy variable of this machine would send credentials elsewhere.
    session.trust_env = False
    session.headers.clear()
    return session
