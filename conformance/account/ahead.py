"""Lists that are asked for ahead, side by side, since it is known that they will be wanted."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from conformance.account.sender import Came, Sender
from conformance.operations import LIST
from conformance.wire.counts import Purpose
from conformance.wire.signer import Credential


class Wanted(NamedTuple):
    """A list that will be wanted: by which account, with which query as it goes over the wire, and credential; and what
    it counts as.
    """

    account: Sender
    query: str
    credential: Credential
    purpose: Purpose


@contextmanager
def asked_ahead(lists: Iterable[Wanted]) -> Iterator[None]:
    """Ask for these lists at once. Inside, who asks for one of them is given what has come, and only then is it judged.

    Each is given once, and none any more once something was done to the account. With a single connection nothing is
    asked for ahead.
    """
    wanted = [each for each in dict.fromkeys(lists) if (each.query, each.credential) not in each.account.came]
    if len(wanted) > 1 and wanted[0].account.at_once > 1:
        calls = [partial(_asked, each) for each in wanted]
        for each, came in zip(wanted, wanted[0].account.side_by_side(calls), strict=True):
            each.account.came[each.query, each.credential] = came
    try:
        yield
    finally:
        for each in wanted:
            each.account.came.pop((each.query, each.credential), None)


def _asked(wanted: Wanted) -> Came:
    with wanted.account.counting_as(wanted.purpose):
        return wanted.account.asked_now(LIST, wanted.query, wanted.credential)
