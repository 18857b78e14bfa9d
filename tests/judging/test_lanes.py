"""Which lanes a run uses, and which check has which."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from conformance.judging import lanes
from conformance.judging.declarations import lane_of
from conformance.profile import LaneNames, Profile, loader
from tests.judging.collected import cancels, check

TEXT = """
[target]
name = "t"
base_url = "http://127.0.0.1:1"
[accounts.caller]
name = "a"
jwt = "a.b.c"
api_key = "k"
api_secret = "s"
[accounts.other]
name = "b"
jwt = "d.e.f"
[accounts.second]
name = "c"
jwt = "g.h.i"
api_key = "l"
api_secret = "t"
[[lanes]]
caller = "second"
"""


def profile(*names: tuple[str, str | None]) -> Profile:
    return replace(loader.loads(TEXT, "t"), lanes=tuple(LaneNames(*each) for each in names))


def test_a_lane_that_lacks_what_the_first_one_has_is_not_used() -> None:
    whole = ("caller", "other")
    assert lanes.usable(profile(whole)) == [0]
    assert lanes.usable(profile(whole, ("second", "other"), ("other", "caller"), ("second", None))) == [0, 1]
    assert lanes.usable(profile(("other", None), ("second", "caller"), ("other", None))) == [0, 1, 2]


def drawn() -> Any:
    function: Any = lambda: None  # noqa: E731 - it needs an attribute of its own
    function.hypothesis = object()
    return function


def shared(checks: Iterable[Any], numbers: list[int]) -> list[int]:
    checks = list(checks)
    lanes.share_out(checks, numbers)
    return [lane_of(each) for each in checks]


def test_what_cancels_is_shared_out_evenly_and_all_else_stays_on_the_first() -> None:
    checks = [check("a.py::test_1", cancels), check("a.py::test_2"), *(check(f"b.py::{n}", cancels) for n in range(4))]
    assert shared(checks, [0, 2, 5]) == [0, 0, 2, 5, 0, 2]


def test_all_cases_of_what_is_drawn_have_one_lane() -> None:
    function = drawn()

    def cases() -> list[Any]:
        return [check(f"a.py::test_1[{n}]", cancels, obj=function) for n in range(3)]

    assert shared([*cases(), check("a.py::test_2", cancels)], [0, 1]) == [0, 0, 0, 1]
    assert shared([check("a.py::test_0", cancels), *cases(), check("a.py::test_2", cancels)], [0, 1]) == [0, 1, 1, 1, 0]
    plain = [check(f"a.py::test_1[{n}]", cancels) for n in range(3)]
    assert shared(plain, [0, 1]) == [0, 1, 0]


@pytest.mark.parametrize("numbers", [[0], [0, 1]])
def test_the_same_checks_have_the_same_lanes_each_time(numbers: list[int]) -> None:
    def some() -> list[Any]:
        return [check(f"a.py::{n}", *[cancels] * (n % 2)) for n in range(9)]

    assert shared(some(), numbers) == shared(some(), numbers)
