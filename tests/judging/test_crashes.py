"""How a failure of the suite itself is told."""

import re

from conformance.judging.crashes import told
from conformance.orders import Order
from conformance.verdict import Verdict


def raised(body: object) -> BaseException:
    try:
        body()  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error
    raise AssertionError("nothing was raised")


def test_the_last_line_of_the_suite_that_it_passed_is_told() -> None:
    line = told(raised(lambda: Order.from_json({"id": "a", "created_at": "never"})))
    assert re.fullmatch(r"Unreadable: created_at is 'never' \(conformance/fields\.py:\d+\)", line)


def test_behind_the_suite_lines_of_libraries_are_left_out() -> None:
    line = told(raised(lambda: Verdict.from_word("nonsense")))
    assert re.fullmatch(r"KeyError: 'NONSENSE' \(conformance/verdict\.py:\d+\)", line)


def test_one_that_never_passed_the_suite_is_told_by_its_message() -> None:
    assert told(raised(lambda: [][0])) == "IndexError: list index out of range"
