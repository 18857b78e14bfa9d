"""Rules and what they declare."""

from collections.abc import Iterator

import pytest

from conformance.oracle.rules import RIGHT, NotDeclared, Rulebook, Sight
from conformance.verdict import Breach


def book(charged: str | None) -> Rulebook[[int]]:
    """A rule of which anything above 1 is a breach."""
    made: Rulebook[[int]] = Rulebook()

    @made.rule("list.start", may_also=("list.end",))
    def at_most_one(number: int) -> Iterator[Sight]:
        yield RIGHT if number <= 1 else Breach("1 or less", f"{number}", charged)

    return made


def test_what_is_right_is_counted() -> None:
    judgement = book(None).judge(1)
    assert (judgement.saw, judgement.breaches) == ({"list.start": 1}, [])


@pytest.mark.parametrize(("charged", "under"), [(None, "list.start"), ("list.start",) * 2, ("list.end",) * 2])
def test_a_breach_stands_under_what_the_rule_declares(charged: str | None, under: str) -> None:
    [breach] = book(charged).judge(2).breaches
    assert breach == Breach("1 or less", "2", under)


def test_a_rule_that_charges_something_else_is_a_defect_of_the_suite() -> None:
    with pytest.raises(NotDeclared, match=r"at_most_one charges list\.symbol; it declares list\.start, list\.end"):
        book("list.symbol").judge(2)


@pytest.mark.parametrize("ids", [("list.strat", ()), ("list.start", ("list.edn",))])
def test_an_id_of_no_catalogue_is_refused(ids: tuple[str, tuple[str, ...]]) -> None:
    with pytest.raises(KeyError):
        Rulebook[[int]]().rule(ids[0], may_also=ids[1])
