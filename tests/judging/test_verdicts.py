"""From outcomes to verdicts, and from verdicts to the exit code."""

import json
from dataclasses import replace
from typing import Any

import pytest

from conformance.judging import verdicts
from conformance.judging.verdicts import Outcome
from conformance.reporting.words import by_part
from conformance.requirements import Consequence, Requirement
from conformance.results import Finding, Mishaps, Missing, RequirementResult, Results
from conformance.verdict import Ending, Verdict

CATALOGUE = {
    id: Requirement(id, level, "It is so.", "a document", "list", ("A bug.",))
    for id, level in (("order.a", "implied"), ("list.b", "must"), ("list.c", "advisory"), ("list.d", "must"))
}
JUDGED_BY = {"order.a": ["laws::a"], "list.b": ["test_list::b"], "list.c": ["test_list::c"]}
FINDING = Finding(want="this", got="that", evidence="GET …", check="test_list::b")


def outcome(*verifies: str, ending: Ending = "passed", **named: Any) -> Outcome:
    return Outcome(check="test_list::b", verifies=verifies, ending=ending, **{"examples": 1, **named})


def verdicts_of(*outcomes: Outcome) -> dict[str, RequirementResult]:
    return {result.id: result for result in verdicts.results(CATALOGUE, JUDGED_BY, outcomes)}


def results(*outcomes: Outcome, require: Any = "none", mishaps: Mishaps = Mishaps()) -> Results:  # noqa: B008 - frozen
    return Results(
        catalogue_version="1.0",
        suite_version="0",
        seed=7,
        require=require,
        started_at="2026-01-01T00:00:00+00:00",
        duration_s=1.5,
        target={"name": "t", "base_url": "http://127.0.0.1", "environment": "mock", "scope": "full"},
        requirements=verdicts.results(CATALOGUE, JUDGED_BY, outcomes),
        requests={"total": 3, "setup": 1, "retried_503": 0},
        mishaps=mishaps,
    )


SEEN = outcome("list.b", saw={"order.a": 4})
FAILED = outcome("list.b", ending="violated", findings={"list.b": FINDING})


def test_every_requirement_is_there_exercised_or_not() -> None:
    found = verdicts_of()
    assert list(found) == list(CATALOGUE)
    assert {result.verdict for result in found.values()} == {Verdict.NONE}
    assert found["list.d"].reason == "there is no check for it yet"
    assert found["list.b"].reason == "no check of it was run"
    assert found["order.a"].reason == "no response contained what this test needs"


def test_what_kept_some_checks_from_judging_can_be_told_by_its_reasons() -> None:
    left = [outcome("list.b", ending="not exercised", reason=why) for why in ("no room", "no time", "no room")]
    found = verdicts_of(SEEN, *left, replace(SEEN, notes={"list.b": "by two lists"}))
    assert by_part(found.values()) == {"no room": ["list.b"], "no time": ["list.b"]}


BESIDE = outcome("list.b", beside={"list.b": FINDING})


def test_what_was_met_beside_another_lane_alone_is_a_violation_where_there_is_no_other() -> None:
    found = verdicts_of(BESIDE, outcome("list.d"))
    assert found["list.b"].verdict is Verdict.FAIL
    assert found["list.b"].findings == (FINDING,)
    assert found["list.d"].verdict is Verdict.PASS


def test_what_was_met_beside_another_lane_alone_is_in_doubt_where_something_else_is_violated() -> None:
    found = verdicts_of(BESIDE, outcome("list.d", ending="violated", findings={"list.d": FINDING}))
    assert found["list.d"].verdict is Verdict.FAIL
    assert found["list.b"].verdict is Verdict.INCONCLUSIVE
    assert found["list.b"].reason == (
        "met while another lane canceled, but not when the check was run by itself: want this; got that"
    )


def test_an_outcome_is_clean_where_nothing_was_wrong_or_in_doubt() -> None:
    assert outcome("list.b").is_clean
    assert outcome("list.b", ending="not exercised").is_clean
    assert not outcome("list.b", doubts={"list.b": "nobody knows"}).is_clean
    assert not outcome("list.b", findings={"order.a": FINDING}).is_clean
    assert not outcome("list.b", lapses=((("order.a",), FINDING),)).is_clean
    assert not outcome("list.b", ending="inconclusive").is_clean


def test_a_check_that_passes_and_what_was_seen_in_passing() -> None:
    found = verdicts_of(SEEN)
    assert found["list.b"].verdict is Verdict.PASS
    assert found["order.a"].verdict is Verdict.PASS
    assert found["order.a"].examples == 4


def test_the_worst_verdict_holds() -> None:
    doubt = outcome("list.b", ending="inconclusive", reason="unreachable")
    assert verdicts_of(SEEN, doubt)["list.b"].verdict is Verdict.INCONCLUSIVE
    assert verdicts_of(SEEN, doubt, FAILED, SEEN)["list.b"].verdict is Verdict.FAIL


def test_a_finding_in_passing_fails_its_requirement_alone() -> None:
    found = verdicts_of(outcome("list.b", findings={"order.a": FINDING}))
    assert found["order.a"].verdict is Verdict.FAIL
    assert found["list.b"].verdict is Verdict.PASS


def test_what_was_not_observed_is_said_with_what_would_enable_it() -> None:
    missing = outcome("list.b", ending="not exercised", missing=(Missing("201 orders", "a driver"),))
    assert verdicts_of(missing)["list.b"].reason == "needs 201 orders"
    assert verdicts_of(missing)["list.b"].missing == (Missing("201 orders", "a driver"),)
    assert verdicts_of(missing, SEEN)["list.b"].reason.startswith("in part: needs")


def test_a_check_that_stopped_at_another_violation_has_not_judged_its_own() -> None:
    stopped = outcome("list.b", ending="violated", reason="b stopped at order.a", findings={"order.a": FINDING})
    assert verdicts_of(stopped)["list.b"].verdict is Verdict.NONE


@pytest.mark.parametrize(
    ("given", "code", "verdict"),
    [
        (results(SEEN), 0, Verdict.PASS),
        (results(), 3, Verdict.NONE),
        (results(outcome("list.b")), 3, Verdict.INCONCLUSIVE),
        (results(SEEN, FAILED), 1, Verdict.FAIL),
        (results(SEEN, outcome("list.c", findings={"list.c": FINDING})), 0, Verdict.PASS),
        (results(SEEN, outcome("list.b", ending="inconclusive", reason="x")), 3, Verdict.INCONCLUSIVE),
        (results(SEEN, require="must"), 3, Verdict.INCONCLUSIVE),
        (results(SEEN, outcome("list.d"), require="implied"), 0, Verdict.PASS),
        (results(SEEN, outcome("list.d"), require="all"), 3, Verdict.INCONCLUSIVE),
        (results(SEEN, mishaps=Mishaps(crashes=("a check broke",))), 4, Verdict.INCONCLUSIVE),
        (results(SEEN, FAILED, mishaps=Mishaps(crashes=("a check broke",))), 1, Verdict.FAIL),
        (results(SEEN, FAILED, mishaps=Mishaps(refusal="no")), 2, Verdict.FAIL),
        (results(SEEN, FAILED, mishaps=Mishaps(interrupted=True)), 130, Verdict.FAIL),
    ],
)
def test_the_exit_code_is_the_first_that_holds(given: Results, code: int, verdict: Verdict) -> None:
    assert (given.exit_code, given.verdict) == (code, verdict)
    assert given.partial is (given.mishaps != Mishaps())


def test_outcomes_travel_between_processes_unchanged() -> None:
    full = replace(FAILED, doubts={"list.d": "why"}, missing=(Missing("a", "b"),), saw={"order.a": 1})
    assert Outcome.from_plain(full.to_plain()) == full


def test_results_are_read_back_as_they_were_written() -> None:
    written = results(SEEN, FAILED, mishaps=Mishaps(crashes=("x",)))
    assert Results.from_json(written.to_json()) == written


ANYWHERE = ("list.limit-exact", "list.symbol-omitted")


@pytest.mark.parametrize(
    ("about", "charged"),
    [
        ([("list.b", "list.d")], "list.b"),
        ([("list.b", "list.d"), ("list.d",)], "list.d"),
        ([("list.b",), ("list.d",)], "list.limit-exact"),
        ([("cancel.visible", "list.b")], "list.b"),
        ([("cancel.visible", "list.b"), ("cancel.visible", "list.b")], "cancel.visible"),
        ([("cancel.visible", "list.b"), ("list.b", "list.d")], "list.b"),
        ([("list.symbol-omitted", "list.b"), ("list.symbol-omitted", "list.d"), ("list.b",)], "list.symbol-omitted"),
        ([("list.symbol-omitted", "list.b"), ("list.b",)], "list.b"),
    ],
)
def test_lists_that_are_wrong_now_and_then_are_one_defect(about: list[tuple[str, ...]], charged: str) -> None:
    catalogue = CATALOGUE | {id: replace(CATALOGUE["list.b"], id=id) for id in (*ANYWHERE, "cancel.visible")}
    lapsed = [outcome("order.a", lapses=((each, FINDING),), lists=200) for each in about]
    found = verdicts.results(catalogue, JUDGED_BY, [*lapsed, outcome("list.b", lists=12)])
    failed = {result.id: result for result in found if result.verdict is Verdict.FAIL}
    assert list(failed) == [charged]
    assert failed[charged].rate == f"{len(about)} of {200 * len(about) + 12} lists"
    assert Outcome.from_plain(json.loads(json.dumps(lapsed[0].to_plain()))) == lapsed[0]


def test_lists_that_are_wrong_now_and_then_are_behind_where_others_are() -> None:
    ids = ("cancel.visible", "list.b", "list.limit-exact")
    catalogue = CATALOGUE | {id: replace(CATALOGUE["list.b"], id=id) for id in ids}
    outcomes = [*failing("cancel.visible"), outcome("order.a", lapses=((("list.b",), FINDING),), lists=200)]
    found = verdicts.results(catalogue, JUDGED_BY, outcomes)
    assert [result.id for result in found if result.verdict is Verdict.FAIL] == ["cancel.visible"]


@pytest.mark.parametrize(("violated", "charged"), [(["list.b", "list.d"], set()), (["list.b"], {"list.limit-exact"})])
def test_lists_that_are_wrong_now_and_then_add_nothing_where_violations_explain_each(
    violated: list[str], charged: set[str]
) -> None:
    ids = ("list.d", "list.limit-exact")
    catalogue = CATALOGUE | {id: replace(CATALOGUE["list.b"], id=id) for id in ids}
    lapses = tuple(((id, "list.limit-exact"), FINDING) for id in ("list.b", "list.d"))
    found = verdicts.results(catalogue, JUDGED_BY, [*failing(*violated), outcome("order.a", lapses=lapses, lists=200)])
    assert {result.id for result in found if result.verdict is Verdict.FAIL} == {*violated, *charged}


READING, UPDATED, GONE = "list.safe", ("updated_at",), ("gone",)


def failed_by(*changed: tuple[str, ...], id: str = "list.b") -> list[Outcome]:
    """A violation with so many findings, each of which shows that orders became this."""
    found = [replace(FINDING, check=f"test::{number}", changed=each) for number, each in enumerate(changed)]
    return [outcome(id, ending="violated", findings={id: each}) for each in found]


@pytest.mark.parametrize(
    ("by_reading", "besides", "follows"),
    [
        ([UPDATED], [UPDATED], True),
        ([UPDATED], [UPDATED, UPDATED], True),
        ([UPDATED, GONE], [("gone", "updated_at")], True),
        ([UPDATED], [("status canceled", "updated_at")], False),
        ([UPDATED], [UPDATED, GONE], False),
        ([UPDATED], [UPDATED, ()], False),
        ([()], [UPDATED], False),
        ([()], [()], False),
    ],
)
def test_what_changes_orders_as_reading_does_follows_from_it_and_nothing_else(
    by_reading: list[tuple[str, ...]], besides: list[tuple[str, ...]], follows: bool
) -> None:
    table = [Consequence("list.b", READING, "it is so", by_the_same_change=True)]
    catalogue = CATALOGUE | {READING: replace(CATALOGUE["list.b"], id=READING)}
    outcomes = [*failed_by(*besides), *failed_by(*by_reading, id=READING)]
    found = {result.id: result for result in verdicts.results(catalogue, JUDGED_BY, outcomes, table)}
    assert found["list.b"].consequence_of == (READING if follows else None)


@pytest.mark.parametrize("violated", [READING, "order.a"])
@pytest.mark.parametrize(("became", "is_the_same"), [(UPDATED, True), (("status expired",), False), ((), False)])
def test_lists_that_show_now_and_then_what_a_violation_shows_are_that_defect(
    became: tuple[str, ...], is_the_same: bool, violated: str
) -> None:
    catalogue = CATALOGUE | {READING: replace(CATALOGUE["list.b"], id=READING)}
    lapse = (("list.b",), replace(FINDING, changed=became))
    outcomes = [*failed_by(UPDATED, id=violated), outcome("order.a", lapses=(lapse,), lists=200)]
    failed = {each.id for each in verdicts.results(catalogue, JUDGED_BY, outcomes) if each.verdict is Verdict.FAIL}
    assert failed == ({violated} if is_the_same else {violated, "list.b"})


def test_what_a_later_list_shows_again_was_not_gone() -> None:
    catalogue = CATALOGUE | {READING: replace(CATALOGUE["list.b"], id=READING)}
    lapse = (("list.b",), replace(FINDING, changed=GONE))
    outcomes = [*failed_by(GONE, id=READING), outcome("order.a", lapses=(lapse,), lists=200)]
    found = verdicts.results(catalogue, JUDGED_BY, outcomes)
    assert {each.id for each in found if each.verdict is Verdict.FAIL} == {READING, "list.b"}


def failing(*ids: str) -> list[Outcome]:
    return [outcome(id, ending="violated", findings={id: FINDING}) for id in ids]


def causes_of(table: list[tuple[str, str]], *outcomes: Outcome) -> dict[str, str | None]:
    """What each violation follows from, where the table has (consequence, cause)."""
    consequences = [Consequence(id, of, "it is so") for id, of in table]
    found = verdicts.results(CATALOGUE, JUDGED_BY, outcomes, consequences)
    return {result.id: result.consequence_of for result in found if result.verdict is Verdict.FAIL}


def test_a_violation_names_the_violation_that_it_may_follow_from() -> None:
    table = [("list.b", "order.a")]
    assert causes_of(table, *failing("list.b", "order.a")) == {"order.a": None, "list.b": "order.a"}
    assert causes_of(table, *failing("list.b"), outcome("order.a")) == {"list.b": None}
    assert causes_of(table, *failing("list.b")) == {"list.b": None}
    assert causes_of([], *failing("list.b", "order.a")) == {"order.a": None, "list.b": None}


def test_of_a_chain_the_first_cause_is_named_and_of_several_the_first_in_the_table() -> None:
    chain = [("list.d", "list.b"), ("list.b", "order.a")]
    assert causes_of(chain, *failing("list.d", "list.b", "order.a"))["list.d"] == "order.a"
    assert causes_of(chain, *failing("list.d", "list.b"))["list.d"] == "list.b"
    assert causes_of(chain, *failing("list.d", "order.a"))["list.d"] is None, "what lies in between did not fail"
    several = [("list.d", "list.b"), ("list.d", "order.a")]
    assert causes_of(several, *failing("list.d", "list.b", "order.a"))["list.d"] == "list.b"
    assert causes_of(several, *failing("list.d", "order.a"))["list.d"] == "order.a"


def test_a_cause_that_fails_no_run_hides_nothing_that_does() -> None:
    assert causes_of([("list.b", "list.c")], *failing("list.b", "list.c"))["list.b"] is None
    assert causes_of([("list.c", "list.b")], *failing("list.b", "list.c"))["list.c"] == "list.b"
    assert causes_of([("list.b", "order.a")], *failing("list.b", "order.a"))["list.b"] == "order.a"


def test_a_consequence_fails_and_does_not_count() -> None:
    consequences = [Consequence("list.b", "order.a", "it is so")]
    found = verdicts.results(CATALOGUE, JUDGED_BY, failing("list.b", "order.a"), consequences)
    told = replace(results(), requirements=found)
    assert [result.id for result in told.violated] == ["order.a"]
    assert [result.id for result in told.with_verdict(Verdict.FAIL)] == ["order.a", "list.b"]
    assert (told.exit_code, told.verdict) == (1, Verdict.FAIL)


def test_consequences_and_rates_are_written_and_read_back() -> None:
    consequences = [Consequence("list.b", "order.a", "it is so")]
    first, second, *others = verdicts.results(CATALOGUE, JUDGED_BY, failing("list.b", "order.a"), consequences)
    told = replace(results(), requirements=(first, replace(second, rate="3 of 412 lists"), *others))
    document = told.to_json()
    assert document["requirements"][1]["consequence_of"] == "order.a"
    assert document["requirements"][1]["rate"] == "3 of 412 lists"
    assert document["requirements"][0]["consequence_of"] is document["requirements"][0]["rate"] is None
    assert Results.from_json(document) == told
    for entry in document["requirements"]:
        del entry["consequence_of"], entry["rate"]
    older = Results.from_json(document)
    assert {(result.consequence_of, result.rate) for result in older.requirements} == {(None, None)}
