"""A model of one account: follows its orders step by step, and compares them with what lists show."""

from collections.abc import Iterator

from conformance.oracle.cancel_case import became, differences, traded
from conformance.oracle.snapshot import Snapshot
from conformance.verdict import Breach

# The requirement that an unexplained change breaks, by the status of the order before.
_FROZEN = {
    "canceled": "cancel.final",
    "filled": "cancel.terminal-untouched",
    "rejected": "cancel.terminal-untouched",
    "expired": "cancel.expired-untouched",
}


class Model:
    """The orders of one account after each step."""

    def __init__(self, seen: Snapshot) -> None:
        self._seen = seen

    def follow(self, seen: Snapshot) -> Iterator[Breach]:
        """The changes that no step explains. Anybody may have filled live orders, but none may be canceled."""
        earlier, self._seen = self._seen, seen
        for was in earlier.orders.values():
            now = seen.orders.get(was.id)
            if now is None:
                if seen.covers(was.created_at):
                    yield Breach(f"{was} listed still", "a list without it", "list.safe", certain=False)
            elif (changed := was.changes(now)) and not traded(was, now):
                certain = not was.live or now.status == "canceled"
                broken = _FROZEN.get(was.status, "list.safe")
                # What a step did to a live order, which need not have been a list, is more than a change by itself.
                told = () if was.live else became(changed, now)
                want, got = f"{was} as after the steps", differences(changed, now)
                yield Breach(want, got, broken, certain=certain, changed=told)

    def canceled(self, seen: Snapshot) -> None:
        """Take over the orders after a cancel-all, which has been judged elsewhere."""
        self._seen = seen
