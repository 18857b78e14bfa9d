"""The requests of the driver, and the placeholders that each of them needs and may have."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from conformance.profile import DriverProfile, ProfileError, addresses
from conformance.profile.template import Action

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")  # RFC 6901


class _Placeholders(NamedTuple):
    """`needed`: the request cannot do its work without these."""

    needed: frozenset[str]
    optional: frozenset[str]


_PLACEHOLDERS = {
    "place": _Placeholders(
        needed=frozenset({"symbol", "side", "price", "quantity"}),
        optional=frozenset({"type", "tif", "quote_quantity", "client_id", "account"}),
    ),
    # Without the id, DELETE /spot/orders would cancel all orders.
    "cancel": _Placeholders(needed=frozenset({"id"}), optional=frozenset({"symbol", "account", "client_id"})),
    "inject": _Placeholders(needed=frozenset({"orders"}), optional=frozenset({"account"})),
    # Without the number of times, the driver could not switch a fault off again.
    "fault": _Placeholders(needed=frozenset({"error", "times"}), optional=frozenset()),
}


def driver(tables: Mapping[str, Mapping[str, Any]], base_url: str) -> DriverProfile:
    """The requests of the driver. Raises ProfileError if one cannot be sent, or cannot do its work."""
    return DriverProfile(**{name: _action(name, table, base_url) for name, table in tables.items()})


def _action(name: str, table: Mapping[str, Any], base_url: str) -> Action:
    key = f"driver.{name}"
    if ("path" in table) == ("url" in table):
        raise ProfileError('needs one of path = "/…" (below base_url) and url = "…" (sent bare), and not both', key)
    action = Action(**table, base_url=base_url)
    if action.path is not None:
        addresses.action_path(action.path, f"{key}.path")
        addresses.headers(action.headers, f"{key}.headers", forbidden=addresses.CREDENTIAL_HEADERS)
    else:
        addresses.action_url(action.url or "", f"{key}.url")
        addresses.headers(action.headers, f"{key}.headers")
        if action.encoding == "query" and "?" in (action.url or ""):
            raise ProfileError('holds a query already, and encoding = "query" makes another', f"{key}.url")
    if action.order_id is not None and not _POINTER.fullmatch(action.order_id):
        raise ProfileError(
            f'{action.order_id!r} is no JSON pointer; it begins with a slash, as in "/id" or "/data/0/id"',
            f"{key}.order_id",
        )
    if action.encoding != "json":
        _check_flat(action.body, action.encoding, f"{key}.body")
    _check_placeholders(action, _PLACEHOLDERS[name], key)
    return action


def _check_placeholders(action: Action, allowed: _Placeholders, key: str) -> None:
    known = sorted(allowed.needed | allowed.optional)
    found = list(action.placeholders())
    for where, name in found:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = (
                f"did you mean {{{near[0]}}}?" if near else "known here: " + " ".join(f"{{{each}}}" for each in known)
            )
            raise ProfileError(f"unknown placeholder {{{name}}}; {hint}", f"{key}.{where}")
    missing = sorted(allowed.needed - {name for _, name in found})
    if missing:
        names = " and ".join(f"{{{name}}}" for name in missing)
        raise ProfileError(f"the request lacks {names}; put it into path, url, body or headers", key)


def _check_flat(body: Any, encoding: str, key: str) -> None:
    if body is not None and not isinstance(body, Mapping):
        raise ProfileError(f'has to be a table to be sent with encoding = "{encoding}"', key)
    for name, value in (body or {}).items():
        if isinstance(value, Mapping | list):
            raise ProfileError(f'a table or an array cannot be sent with encoding = "{encoding}"', f"{key}.{name}")
