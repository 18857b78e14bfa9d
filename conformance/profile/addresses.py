"""URLs, paths and headers of a profile. Each function returns a valid one, or raises ProfileError."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from conformance.profile import ProfileError

_HOST = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token, RFC 9110 section 5.6.2

# The suite sets these headers itself. A check without credentials must not send any.
CREDENTIAL_HEADERS = frozenset({"authorization", "x-mbx-apikey"})


def base_url(text: str, key: str = "") -> str:
    """The URL below which the operations are, without a slash at the end."""
    _http_url(text, key, user_hint="credentials belong in [accounts.…]")
    if "?" in text or "#" in text:
        raise ProfileError("holds a query or a fragment; give the URL up to the end of its path", key)
    return text.rstrip("/")


def proxy_url(text: str, key: str) -> str:
    """The URL of an HTTP proxy. It may contain a user and a password."""
    _http_url(text, key)
    return text


def action_url(text: str, key: str) -> str:
    """The whole URL of a hook. Its path and its query may contain placeholders."""
    _http_url(text, key, user_hint="give an Authorization header in headers = { … }")
    if "#" in text:
        raise ProfileError("holds a fragment, which is never sent; leave out # and what follows", key)
    return text


def action_path(text: str, key: str) -> str:
    """A path below base_url. It may contain placeholders, but no query: the query would not be signed."""
    if not text.startswith("/"):
        hint = 'for a whole URL use url = "…"' if "://" in text else f'try "/{text}"'
        raise ProfileError(f"{text!r} does not begin with a slash; {hint}", key)
    _no_odd_characters(text, key)
    if "?" in text or "#" in text:
        raise ProfileError('holds a query or a fragment; give parameters in body, with encoding = "query"', key)
    return text


def headers(table: Mapping[str, str], key: str, forbidden: frozenset[str] = frozenset()) -> dict[str, str]:
    """The headers of a table. The names in `forbidden`, in lower case, are not allowed."""
    for name, value in table.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ProfileError(f"{name!r} is no name of a header", key)
        where = f"{key}.{name}"
        if name.lower() in forbidden:
            raise ProfileError("credentials belong in [accounts.…], so that a check can leave them out", where)
        # A line break would start another header. The library requests rejects blanks at the ends.
        if not value.replace("\t", " ").isprintable() or value != value.strip():
            raise ProfileError("holds a line break, another control character, or blanks at its ends", where)
        if any(ord(character) > 0xFF for character in value):
            raise ProfileError("holds a character beyond Latin-1, which a header cannot carry", where)
    return dict(table)


def _http_url(text: str, key: str, user_hint: str | None = None) -> None:
    # If the text may contain a password, do not show it.
    shown = "this" if "@" in text else repr(text)
    _no_odd_characters(text, key)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ProfileError(f"{shown} is no URL: {error}", key) from None
    if parts.scheme not in ("http", "https") or not text.lower().startswith(f"{parts.scheme}://"):
        raise ProfileError(f"{shown} is no http:// or https:// URL", key)
    if user_hint and "@" in parts.netloc:
        raise ProfileError(f"holds a user name or a password; {user_hint}", key)
    if not parts.hostname:
        raise ProfileError(f"{shown} names no host", key)
    if not _is_host(parts.hostname):
        raise ProfileError(f"{shown} names a host that cannot be", key)
    if port == 0:
        raise ProfileError(f"{shown} names port 0; give the port that is listened on", key)


def _is_host(host: str) -> bool:
    try:
        if ":" in host:
            return bool(ip_address(host))
        return _HOST.fullmatch(host.encode("idna").decode()) is not None
    except ValueError:  # also UnicodeError: a label is empty or too long
        return False


def _no_odd_characters(text: str, key: str) -> None:
    # Programs read a backslash differently; for some it ends the host.
    if not text.isprintable() or " " in text or "\\" in text:
        raise ProfileError("holds a blank, a control character or a backslash; percent-encode it", key)
