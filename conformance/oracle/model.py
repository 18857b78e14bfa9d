"""A model of one account: what its orders are, told by the steps that were taken, and held against what lists show."""

from collections.abc import Iterator

from conformance.oracle.cancellation import differences, traded
from conformance.oracle.snapshot import Snapshot
from conformance.verdict import Breach

# What a change that no step explains is a breach of, by what the order was before.
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
        """What is seen now and no step explains: live orders may have been filled, by anybody, and none canceled."""
        earlier, self._seen = self._seen, seen
        for was in earlier.orders.values():
            now = seen.orders.get(was.id)
            if now is None:
                if seen.covers(was.created_at):
                    yield Breach(f"{was} listed still", "a list without it", "list.safe", certain=False)
            elif (changed := was.changes(now)) and not traded(was, now):
                certain = not was.live or now.status == "canceled"
                broken = _FROZEN.get(was.status, "list.safe")
                yield Breach(f"{was} as the steps left it", differences(changed, now), broken, certain=certain)

    def canceled(self, seen: Snapshot) -> None:
        """A cancel-all has been judged, and this is what it left."""
        self._seen = seen
