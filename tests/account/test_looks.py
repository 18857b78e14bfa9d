"""One look beside the look before it: which page is charged for an order that it leaves out once."""

import json
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.account.account import Account
from conformance.account.looks import judge_succession, lists_about, told_of, unless_back, with_lists
from conformance.evidence import Exchange
from conformance.observations import Observations
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Order
from conformance.verdict import Breach
from tests.orders import order, record

NEWEST, TIED, OTHER, OLD = (record(id, created_at=at) for id, at in (("n", 9), ("t", 8), ("o", 8), ("old", 7)))


def look(*pages: Sequence[dict[str, Any]], told: Sequence[Order] = ()) -> Snapshot:
    """A look by these pages. `told`: orders that lists of single seconds have told."""
    shown = [Order.from_json(each) for page in pages for each in page]
    exchanges = tuple(
        Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, json.dumps(page), 0.0, 1.0) for page in pages
    )
    return Snapshot({each.id: each for each in (*shown, *told)}, exchanges=exchanges)


@pytest.mark.parametrize(
    ("first", "second", "charged"),
    [
        (look([NEWEST], []), look([NEWEST, TIED], []), "list.limit-exact"),
        (look([NEWEST, OLD], [OLD]), look([NEWEST, TIED], [TIED, OLD]), "list.limit-exact"),
        (look([NEWEST, OTHER], [OTHER, OLD]), look([NEWEST, OTHER], [OTHER, TIED]), "list.page-walk"),
        (look([NEWEST, OTHER], [OTHER, OLD]), look([NEWEST, TIED], [OTHER, OLD]), "list.page-walk"),
        (look([NEWEST, OTHER], [OTHER, OLD]), look([NEWEST, OTHER], [OTHER, OLD]), None),
        (look([NEWEST, OTHER], [OLD]), look([NEWEST, OTHER], [OLD], told=[order("t", created_at=8)]), None),
    ],
    ids=[
        "room on the page",
        "within the page",
        "on a later page",
        "the page may end within the second",
        "gone",
        "told",
    ],
)
def test_the_page_that_has_to_show_an_order_is_charged(first: Snapshot, second: Snapshot, charged: str | None) -> None:
    before = look([NEWEST, TIED, OTHER, OLD])
    observations = Observations()
    settled = SimpleNamespace(ids=lambda among, _: set(among))
    account = cast(Account, SimpleNamespace(settled=settled, observations=observations))
    unless_back(account, first, before, 2, (), lambda: second)
    assert [lapse.about[0] for lapse in observations.lapses] == [charged] * (charged is not None)


FULL = [record(f"f{number}", created_at=10) for number in range(200)]


@pytest.mark.parametrize(
    ("told", "number"), [(OLD, 1), (TIED, 1), (FULL[0], 0), (record("elsewhere", created_at=3), 0)], ids=lambda _: None
)
def test_a_breach_is_shown_by_the_list_that_shows_or_lacks_its_order(told: dict[str, Any], number: int) -> None:
    seen, lacking = look(FULL, [OTHER, OLD]), Order.from_json(TIED)
    breach = Breach("nothing else", f"{Order.from_json(told)}, in vain")
    assert [*lists_about(told_of(breach, [lacking, *seen.orders.values()]), seen)] == [seen.exchanges[number]]


def test_each_breach_has_its_own_lists_around_what_was_done() -> None:
    before, after = look(FULL, [OTHER, OLD]), look([*FULL[1:], OTHER], [OLD])
    delete = replace(before.exchanges[0], method="DELETE")
    of_new, of_old, told = (Breach(f"{Order.from_json(each)} untouched", "gone") for each in (FULL[0], OLD, OTHER))
    told = told._replace(exchanges=(delete,))
    found = with_lists([of_new, of_old, told], [before], [delete], [after])
    assert found[0].exchanges == (before.exchanges[0], delete, after.exchanges[0])
    assert found[1].exchanges == (before.exchanges[1], delete, after.exchanges[1])
    assert found[2].exchanges == (delete,)


@pytest.mark.parametrize(("owned", "named"), [((), ["order.id"]), (("new",), [])])
def test_an_order_that_is_known_by_its_id_is_no_former_one_under_another(
    owned: Sequence[str], named: Sequence[str]
) -> None:
    before, seen = look([NEWEST, TIED]), look([NEWEST, {**TIED, "id": "new"}])
    observations = Observations()
    account = cast(Account, SimpleNamespace(observations=observations, owns=lambda order: order.id in owned))
    judge_succession(account, before, seen, frozenset())
    assert [*observations.in_passing] == [*named]
