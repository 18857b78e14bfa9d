"""The exchanges that show something are carried beside it: they are no part of what it is."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.evidence import Exchange
from conformance.oracle.ledger import Entry, Seen
from conformance.oracle.snapshot import Snapshot

SHOWN = Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, "a long body", 0.0, 1.0)
ENTRY = Entry("alice", "place", "hold", 0.0, 0.1, "accepted")


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        (ENTRY, replace(ENTRY, exchange=SHOWN)),
        (Seen({}), Seen({}, exchanges=(SHOWN,))),
        (Snapshot({}), Snapshot({}, exchanges=(SHOWN,))),
    ],
    ids=["a request", "what lists show in the end", "a snapshot"],
)
def test_evidence_makes_no_difference(plain: Any, shown: Any) -> None:
    assert plain == shown
    assert repr(plain) == repr(shown)


def test_records_that_cannot_be_read_make_no_difference_to_what_is_known() -> None:
    assert Snapshot({}, unread=("a",)) == Snapshot({})
    assert "unread" not in repr(Snapshot({}, unread=("a",)))
