"""How the end of a check becomes an outcome."""

from typing import Any

import pytest

from conformance.evidence import Exchange
from conformance.judging.judge import _OBSERVATIONS, Judge
from conformance.judging.plan import Plan
from conformance.observations import Observations
from conformance.profile import loader
from conformance.verdict import Breach, Busy, CannotJudge, Declined, DriverRefused, Inconclusive, Violation
from tests.judging.collected import check, needs, verifies

PROFILE = """
[target]
name = "t"
base_url = "http://127.0.0.1:1"
[accounts.caller]
name = "a"
jwt = "very-secret-token"
"""
EXCHANGE = Exchange("alice", "GET", "http://127.0.0.1/", {}, "", 200, {}, "[]", 0.0, 1.0)
HEAR_SAY = Breach("this", "that", certain=False)


@pytest.fixture
def judge() -> Judge:
    return Judge(Plan(loader.loads(PROFILE, "t")))


def ended(judge: Judge, item: Any, error: BaseException | None) -> Any:
    return judge.outcome(item, error, 0.5)


def _raise(error: BaseException) -> None:
    raise error


def one(*marks: pytest.MarkDecorator) -> Any:
    return check("checks/test_a.py::test_it", verifies("list.start", "list.end"), *marks)


@pytest.mark.parametrize(
    ("error", "ending", "reason"),
    [
        (None, "passed", ""),
        (Inconclusive("who knows"), "inconclusive", "who knows"),
        (Busy("busy"), "inconclusive", "busy"),
        (DriverRefused("no"), "not exercised", "no"),
        (Declined("harm"), "declined", "harm"),
        (pytest.skip.Exception("not today"), "not exercised", "not today"),
        (KeyError("x"), "crashed", "KeyError: 'x'"),
    ],
)
def test_how_a_check_ends(judge: Judge, error: BaseException | None, ending: str, reason: str) -> None:
    outcome = ended(judge, one(), error)
    assert (outcome.ending, outcome.reason, outcome.findings) == (ending, reason, {})
    assert (outcome.check, outcome.verifies) == ("test_a::test_it", ("list.start", "list.end"))
    assert outcome.examples == 0


def test_a_violation_is_of_what_it_names_else_of_all_that_the_check_verifies(judge: Judge) -> None:
    own = ended(judge, one(), Violation(Breach("this", "that"), EXCHANGE))
    assert (own.ending, list(own.findings), own.reason) == (
        "violated",
        ["list.start", "list.end"],
        "want this; got that",
    )
    another = ended(judge, one(), Violation(Breach("this", "that", "order.id"), EXCHANGE))
    assert list(another.findings) == ["order.id"]
    assert another.reason == "stopped at a violation of order.id"


def test_no_secret_is_in_an_outcome(judge: Judge) -> None:
    told = ended(judge, one(), Inconclusive("with very-secret-token"))
    violated = ended(judge, one(), Violation(Breach("very-secret-token", "very-secret-token"), EXCHANGE))
    assert "very-secret-token" not in f"{told} {violated}"
    assert "with " in told.reason


def test_what_was_met_in_passing_is_told_and_the_end_of_the_check_counts_before_it(judge: Judge) -> None:
    def violation(got: str) -> Violation:
        return Violation(Breach("this", got, "order.id"), EXCHANGE)

    item = one()

    def seen(observations: Observations) -> None:
        observations.in_passing.update({"order.id": violation("before"), "order.fields": violation("other")})
        observations.saw["list.start"] = 4
        observations.doubt("perhaps", "list.end")
        observations.note("list.end", "by another way")
        observations.lapse(("list.limit-exact",), Breach("w", "g"), EXCHANGE)
        observations.lists = 9

    run(judge, item, lambda: seen(observed(judge, item)))
    outcome = ended(judge, item, violation("at its end"))
    assert {id: each.got for id, each in outcome.findings.items()} == {
        "order.id": "at its end",
        "order.fields": "other",
    }
    assert (outcome.saw, outcome.doubts, outcome.notes) == (
        {"list.start": 4},
        {"list.end": "perhaps"},
        {"list.end": "by another way"},
    )
    assert [(about, met.want) for about, met in outcome.lapses] == [(("list.limit-exact",), "w")]
    assert outcome.lists == 9
    assert {each.check for each in outcome.findings.values()} == {"test_a::test_it"}


def observed(judge: Judge, item: Any) -> Any:
    """The observations of the check, which its set-up makes, though nobody answers there."""
    with pytest.raises(CannotJudge):
        judge.set_up(item)
    return item.stash[_OBSERVATIONS]


def run(judge: Judge, item: Any, body: Any, again: Any = lambda: None) -> None:
    """Run the check as pytest does: its body inside what judges it."""
    with judge.running(item, again):
        body()


def test_a_violation_that_is_not_certain_counts_only_if_it_is_met_again(judge: Judge) -> None:
    for breach in (HEAR_SAY, HEAR_SAY._replace(requirement="order.id")):
        item = one()
        observations = observed(judge, item)
        run(judge, item, lambda breach=breach: _raise(Violation(breach)))
        doubtful = ["order.id"] if breach.requirement else ["list.end", "list.start"]
        assert sorted(observations.doubts) == doubtful
        assert observations.doubts[doubtful[0]] == "seen once, but not when repeated: want this; got that"
    again = Violation(HEAR_SAY._replace(got="that again"))
    with pytest.raises(Violation, match="that again"):
        run(judge, one(), lambda: _raise(Violation(HEAR_SAY)), lambda: _raise(again))


def test_one_that_a_trade_explains_leaves_no_doubt(judge: Judge) -> None:
    item = one()
    observations = observed(judge, item)
    run(judge, item, lambda: _raise(Violation(HEAR_SAY._replace(excusable=True))))
    assert not observations.doubts


def test_a_certain_violation_counts_at_once(judge: Judge) -> None:
    def never() -> None:
        raise AssertionError("it was run again")

    with pytest.raises(Violation, match="this"):
        run(judge, one(), lambda: _raise(Violation(Breach("this", "that"))), never)


def test_of_each_need_the_greatest_is_brought_about_on_its_lane(judge: Judge) -> None:
    lane = pytest.mark.lane(1)
    judge.expect(
        [
            one(needs(known_orders=51, place=True)),
            one(needs(known_orders=201)),
            one(needs(known_orders=3, cancel=False)),
            one(needs(known_orders=7), lane),
        ]
    )
    assert judge._wants == {0: {"known_orders": 201, "place": True, "cancel": False}, 1: {"known_orders": 7}}


def test_what_was_met_beside_another_lane_is_told_with_what_the_check_finds_by_itself(judge: Judge) -> None:
    item = one()
    earlier = ended(judge, item, Violation(Breach("this", "that"), EXCHANGE))
    judge.judge_once_more(item, earlier)
    again = ended(judge, item, None)
    assert (again.ending, again.findings, again.beside) == ("passed", {}, earlier.findings)
    assert again.seconds == 1.0
