"""The table of what may follow from what."""

from typing import Any

import pytest

from conformance import requirements
from conformance.requirements import CatalogueError

CATALOGUE = requirements.load()
ENTRY = {"of": "list.array", "affects": ["list.start"], "why": "it is so"}

# Foreign orders shown, orders changed outside the scope, bad credentials accepted.
HARM = {
    "list.own-only",
    "list.safe",
    "cancel.own-only",
    "cancel.scope-symbol",
    "cancel.terminal-untouched",
    "cancel.expired-untouched",
    "cancel.final",
    "auth.required",
    "auth.jwt-forged",
    "auth.signature",
    "error.bad-input",
}


def test_every_entry_gives_a_reason_in_a_few_words() -> None:
    table = requirements.consequences()
    assert table
    for each in table:
        assert {each.id, each.of} <= CATALOGUE.keys()
        assert len(each.why) <= 80
        assert not each.why.endswith("."), each.why


# What all orders are seen by: where it is wrong, orders are missed that are there.
EYES = {"order.timestamps", "order.id", "list.newest-first", "list.end"} | {
    f"list.limit-{limit}" for limit in ("default", "exact", "max")
}


def test_what_does_harm_follows_only_from_what_all_orders_are_seen_by() -> None:
    assert CATALOGUE.keys() >= HARM | EYES
    table = [each for each in requirements.consequences() if not each.by_the_same_change]
    assert {each.of for each in table if each.id in HARM - {"error.bad-input", "cancel.final"}} <= EYES
    never = {"auth.required", "auth.jwt-forged", "auth.signature", "list.own-only", "cancel.scope-symbol"}
    assert not {each.id for each in table} & never


def test_only_what_changes_by_itself_or_in_lists_is_compared_with_what_else_changes() -> None:
    table = [each for each in requirements.consequences() if each.by_the_same_change]
    by_itself = {"cancel.visible", "cancel.updated-at-stable", "cancel.final"}
    assert {each.of for each in table} == {"list.safe", "list.limit-exact"} | by_itself
    assert {each.id for each in table if each.of == "list.limit-exact"} == {"cancel.scope-symbol"}
    assert "list.own-only" not in {each.id for each in table}  # a foreign order has not become so


def test_what_fails_a_run_follows_only_from_what_fails_one() -> None:
    for each in requirements.consequences():
        assert CATALOGUE[each.of].level != "advisory" or CATALOGUE[each.id].level == "advisory"


def loaded(monkeypatch: pytest.MonkeyPatch, *entries: dict[str, Any]) -> tuple[requirements.Consequence, ...]:
    requirements.load()  # before its files are replaced
    monkeypatch.setattr(requirements, "_document", lambda _: {"consequence": list(entries)})
    return requirements.consequences.__wrapped__()


def test_each_affected_requirement_is_an_entry_of_its_own_in_the_order_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = {"of": "order.id", "affects": ["list.end"], "why": "so, too"}
    found = loaded(monkeypatch, {**ENTRY, "affects": ["list.end", "list.start"]}, other)
    assert [(each.id, each.of, each.why) for each in found] == [
        ("list.end", "list.array", "it is so"),
        ("list.start", "list.array", "it is so"),
        ("list.end", "order.id", "so, too"),
    ]


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([{**ENTRY, "of": "list.arry"}], "there is no requirement 'list.arry'"),
        ([{**ENTRY, "affects": ["list.strat"]}], "list.array: there is no requirement 'list.strat'"),
        ([{**ENTRY, "affects": []}], "list.array: affects has to be a list"),
        ([{**ENTRY, "affects": "list.start"}], "list.array: affects has to be a list"),
        ([{"of": "list.array", "affects": ["list.start"]}], "list.array: no why"),
        ([{"affects": ["list.start"], "why": "x"}], "an entry without of: no of"),
        ([{**ENTRY, "because": "x"}], "unknown key 'because'"),
        ([ENTRY, {**ENTRY, "why": "another"}], "list.array affects list.start already"),
        ([{**ENTRY, "of": "order.id-uuid"}], "order.id-uuid is advisory, so list.start always counts"),
        ([{**ENTRY, "affects": ["list.array"]}], "a circle: list.array → list.array"),
        ([ENTRY, {**ENTRY, "of": "list.start", "affects": ["list.array"]}], "a circle: "),
        ([{**ENTRY, "by_the_same_change": "yes"}], "list.array: by_the_same_change has to be true or false"),
    ],
)
def test_a_table_that_is_wrong_is_named(
    entries: list[dict[str, Any]], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CatalogueError) as wrong:
        loaded(monkeypatch, *entries)
    assert "consequences.toml" in str(wrong.value)
    assert says in str(wrong.value)
