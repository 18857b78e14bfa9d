"""What the marks of a check say."""

from typing import cast

import pytest

from conformance.judging import declarations
from conformance.orders import Query
from conformance.stage.stage import Stage
from tests.judging.collected import cancels, check, needs, verifies

A = "conformance/checks/test_list_limit.py::test_it[50]"


def test_all_that_any_of_its_marks_names_is_verified() -> None:
    assert declarations.verifies_of(check(A, verifies("list.start"), needs(place=True), verifies("list.end", "x"))) == (
        "list.start",
        "list.end",
        "x",
    )
    assert declarations.verifies_of(check(A)) == ()


def test_of_a_fact_that_several_marks_name_the_nearest_counts() -> None:
    marks = needs(known_orders=3), needs(known_orders=51, place=True)
    assert declarations.needs_of(check(A, *marks)) == {"known_orders": 3, "place": True}


def test_the_list_that_it_is_about() -> None:
    asks = pytest.mark.asks.with_args(lambda stage: Query(symbol=stage))
    assert declarations.asked_by(check(A, asks), cast(Stage, "DFUSDT")) == Query("DFUSDT")
    assert declarations.asked_by(check(A), cast(Stage, "DFUSDT")) is None


def test_whether_it_cancels_and_its_lane() -> None:
    assert not declarations.cancels(check(A))
    assert declarations.cancels(check(A, cancels))
    assert declarations.lane_of(check(A)) == 0
    assert declarations.lane_of(check(A, pytest.mark.lane(2))) == 2


@pytest.mark.parametrize("folders", ["", "checks/", "/a/conformance/checks/"])
def test_its_name_in_reports_has_no_folders(folders: str) -> None:
    assert declarations.name_of(check(f"{folders}test_a.py::test_it[50]")) == "test_a::test_it[50]"
