"""Results of several rounds as those of one run."""

from dataclasses import replace

import pytest

from conformance.cost import Limit
from conformance.judging.merging import merge
from conformance.judging.rounds import further_seeds
from conformance.results import Finding, Mishaps, Results
from conformance.verdict import Verdict
from tests.reporting.test_terminal import requirement, results

NONE, PASS, DOUBT, FAIL = Verdict
LIMIT = Limit(round_trip_ms=1.0, chain=2, connections=1, limit_s=0.1, ratio=2.0, cpu_ms_per_request=3.0)


def of(*verdicts: Verdict, seed: int = 7, **changed: object) -> Results:
    ids = ("list.newest-first", "list.page-walk", "order.fields")
    told = [requirement(id, verdict, reason=f"{seed}") for id, verdict in zip(ids, verdicts, strict=False)]
    return replace(results(*told), seed=seed, **changed)  # type: ignore[arg-type]


def verdicts(given: Results) -> list[Verdict]:
    return [each.verdict for each in given.requirements]


def with_finding(check: str, example: str, seed: int) -> Results:
    found = Finding(want="w", got="g", evidence="e", check=check, example=example)
    told = replace(requirement("order.fields", FAIL), findings=(found,))
    return replace(results(told), seed=seed)


def test_each_requirement_has_the_worst_verdict_of_all_rounds() -> None:
    merged = merge([of(PASS, NONE, PASS), of(NONE, PASS, DOUBT, seed=8), of(FAIL, NONE, PASS, seed=9)], seed=7)
    assert verdicts(merged) == [FAIL, PASS, DOUBT]
    assert [each.reason for each in merged.requirements] == ["9", "8", "8"]
    assert (merged.seed, merged.seeds) == (7, (7, 8, 9))
    assert merged.exit_code == 1


def test_one_round_is_itself() -> None:
    alone = of(PASS, FAIL, PASS)
    assert merge([alone], seed=7) == replace(alone, seeds=(7,))


def test_findings_are_joined_one_for_each_check_and_carry_the_seed_that_met_them() -> None:
    merged = merge(
        [with_finding("a::test_x", "1", 7), with_finding("a::test_x", "2", 8), with_finding("b::test_y", "3", 9)],
        seed=7,
    )
    [result] = merged.requirements
    assert [(each.example, each.seed) for each in result.findings] == [("1", None), ("3", 9)]


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (("updated_at",), ("updated_at",), ("updated_at",)),
        (("updated_at",), ("gone",), ("gone", "updated_at")),
        (("updated_at",), (), ()),
    ],
)
def test_the_finding_that_is_shown_stands_for_those_of_later_rounds(
    one: tuple[str, ...], other: tuple[str, ...], both: tuple[str, ...]
) -> None:
    found = Finding(want="w", got="g", evidence="e", check="a::test_x")
    rounds = [
        replace(
            results(replace(requirement("order.fields", FAIL), findings=(replace(found, changed=each),))), seed=seed
        )
        for each, seed in ((one, 7), (other, 8))
    ]
    [result] = merge(rounds, seed=7).requirements
    assert result.findings == (replace(found, changed=both),)


def test_a_violation_of_one_round_may_stand_behind_that_of_another() -> None:
    merged = merge([of(PASS, FAIL, PASS), of(FAIL, PASS, PASS, seed=8)], seed=7)
    assert [each.consequence_of for each in merged.requirements] == [None, "list.newest-first", None]
    assert [each.id for each in merged.violated] == ["list.newest-first"]


def test_requests_times_and_coverage_are_joined() -> None:
    one = of(
        PASS,
        requests={"total": 3, "setup": 1},
        latency_ms={"list": {"5": 2}},
        coverage={"queries": {"pairs": [9, 9], "triples": [5, 9], "gaps": ["x"]}},
    )
    other = of(
        PASS,
        seed=8,
        requests={"total": 4, "readers": 2},
        latency_ms={"list": {"5": 1}, "cancel": {"1": 1}},
        coverage={"queries": {"pairs": [8, 9], "triples": [6, 9], "fours": [2, 20], "gaps": ["y"]}, "races": {}},
    )
    merged = merge([one, other], seed=7)
    assert merged.requests == {"total": 7, "setup": 1, "readers": 2}
    assert merged.latency_ms == {"list": {"5": 3}, "cancel": {"1": 1}}
    counts = {name: count for name, count in merged.coverage["queries"].items() if name != "gaps"}
    assert counts == {"pairs": [9, 9], "triples": [6, 9], "fours": [2, 20]}


def test_what_went_wrong_in_any_round_is_told_and_what_the_last_one_left() -> None:
    first = of(PASS, mishaps=Mishaps(left=("an order",), crashes=("boom",)))
    merged = merge([first, of(PASS, seed=8, mishaps=Mishaps(interrupted=True))], seed=7)
    assert merged.mishaps == Mishaps(crashes=("boom",), interrupted=True)
    assert merged.exit_code == 130


def test_no_seed_is_used_twice_and_the_same_ones_follow_again() -> None:
    def first(count: int, seed: int) -> list[int]:
        return [each for each, _ in zip(further_seeds(seed), range(count), strict=False)]

    assert first(500, 3) == first(500, 3)
    assert len({3, *first(500, 3)}) == 501
    assert first(3, 3) != first(3, 4)


def test_what_only_the_first_round_tells_is_the_first_ones() -> None:
    merged = merge([of(PASS, started_at="first"), of(PASS, seed=8, started_at="second")], seed=7)
    assert merged.started_at == "first"


def test_there_is_a_limit_of_the_requests_for_one_round_alone() -> None:
    alone = of(PASS, limit=LIMIT)
    assert merge([alone], seed=7).limit == LIMIT
    assert merge([alone, of(PASS, seed=8, limit=LIMIT)], seed=7).limit is None


def test_the_first_refusal_is_told_whichever_round_it_ended() -> None:
    rounds = [of(PASS), *(of(PASS, mishaps=Mishaps(refusal=each)) for each in ("no", "no more"))]
    assert merge(rounds, seed=7).mishaps.refusal == "no"


def test_times_are_told_as_a_report_shows_them() -> None:
    def lasting(duration_s: float, seconds: float, seed: int) -> Results:
        told = replace(requirement("order.fields", PASS), seconds=seconds)
        return replace(results(told), seed=seed, duration_s=duration_s)

    merged = merge([lasting(1.234, 0.1234, 7), lasting(1, 0.1, 8)], seed=7)
    assert (merged.duration_s, merged.requirements[0].seconds) == (2.23, 0.223)


def test_of_equal_verdicts_the_one_that_rests_on_most_is_told() -> None:
    told = [replace(requirement("order.fields", PASS, reason=f"{n}"), examples=n) for n in (2, 5, 3)]
    merged = merge([replace(results(each), seed=n) for n, each in enumerate(told)], seed=0)
    assert (merged.requirements[0].reason, merged.requirements[0].examples) == ("5", 10)
