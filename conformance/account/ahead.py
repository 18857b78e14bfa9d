"""Lists that are asked for ahead, side by side, since it is known that they will be wanted."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from conformance.account.sender import Sender
from conformance.account.sent import Came, Coming
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
    """Ask for these lists at once. Inside, who asks for one of them is given what comes, and only then is it judged:
    while others are still under way.

    Each is given once, and none any more once something was done to the account. With a single connection nothing is
    asked for ahead.
    """
    every = list(dict.fromkeys(lists))
    wanted = [each for each in every if (each.query, each.credential) not in each.account.coming]
    if not wanted or len(every) == 1 or wanted[0].account.at_once == 1:
        yield
        return
    now = time.monotonic()
    with wanted[0].account.under_way([partial(_asked, each) for each in wanted]) as running:
        for each, came in zip(wanted, running, strict=True):
            each.account.coming[each.query, each.credential] = Coming(now, came)
        try:
            yield
        finally:
            for each in wanted:
                each.account.coming.pop((each.query, each.credential), None)


def _asked(wanted: Wanted) -> Came:
    with wanted.account.counting_as(wanted.purpose):
        return wanted.account.asked_now(LIST, wanted.query, wanted.credential)
