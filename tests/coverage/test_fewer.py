"""Fewer lists that tell as much."""

from dataclasses import replace

import pytest

from conformance.coverage import fewer
from conformance.coverage.asked import Asked, Queries
from conformance.coverage.rows import ABSENT
from conformance.orders import Query

LIST = Asked(Query(status="expired"), "caller", "jwt", (("status", "expired"), ("end", ABSENT)), frozenset({"status"}))
OTHER = replace(LIST, query=Query(status="open"), row=(("status", "open"), ("end", ABSENT)))


def test_a_list_that_was_chosen_twice_is_asked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fewer, "MOST", 0)
    told_by_nobody = Queries(())
    assert fewer.merged([LIST, replace(LIST)], [], told_by_nobody, lambda _: True, lambda _: OTHER) == [LIST]
    assert fewer.merged([LIST, OTHER], [], told_by_nobody, lambda _: True, lambda _: OTHER) == [OTHER]
