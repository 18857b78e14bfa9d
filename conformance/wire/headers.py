"""The headers of each request, and those that are sent twice."""

from collections.abc import Mapping
from typing import Any

from urllib3 import HTTPHeaderDict

OWN = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": "p99-conformance"}
"""What each request says of itself, unless the profile or the request says otherwise. Like the documents' samples, it
does not ask for JSON: curl and requests accept anything, and requests what is compressed, too.
"""


def all_of(given: Mapping[str, str], prepared: Any) -> Any:
    """The headers to send: of names in `given` that differ in case alone both, where `prepared` has only the last."""
    names = {name.lower() for name in given}
    if len(names) == len(given):
        return prepared
    sent = HTTPHeaderDict({name: value for name, value in prepared.items() if name.lower() not in names})
    for name, value in given.items():
        sent.add(name, value)
    return sent


SHOWN_IN_A_LINE = 500
"""Characters of a header, or of a problem, that are shown; a target can send texts of any length."""


def cut(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers as they are shown."""
    return {name[:SHOWN_IN_A_LINE]: value[:SHOWN_IN_A_LINE] for name, value in headers.items()}
