"""Which checks test what is selected."""

import pytest

from conformance.judging.wanted import Wanted
from conformance.requirements.selection import selection
from tests.judging.collected import cancels, check, verifies

JUDGED_BY = {
    "list.start": ["test_list::start"],
    "order.id": ["listing::no_id_twice"],
    "cancel.status": ["cancellation::each_is_canceled"],
    "error.envelope": ["every answer"],
    "order.decimals": [],
}
LISTS = check("a.py::1", verifies("list.start"))
READS_ELSE = check("a.py::2", verifies("auth.jwt"))
CANCELS = check("a.py::3", verifies("cancel.empty"), cancels)
CANCELS_AND_LISTS = check("a.py::4", verifies("cancel.empty", "list.end"), cancels)
NO_CHECK = check("a.py::5")
ALL = {"lists": LISTS, "reads": READS_ELSE, "cancels": CANCELS, "both": CANCELS_AND_LISTS, "none": NO_CHECK}


@pytest.mark.parametrize(
    ("only", "tested"),
    [
        ("list.start", {"lists"}),
        ("list.start,auth.jwt", {"lists", "reads"}),
        ("cancel.empty", {"cancels", "both"}),
        ("list.end", {"both"}),
        ("order.id", {"lists"}),  # no check is about it: what lists shows records
        ("order.decimals", set()),  # nothing judges it at all
        ("cancel.status", {"cancels", "both"}),
        ("error.envelope", {"lists", "reads"}),
        ("error.envelope,cancel.status", {"lists", "reads", "cancels", "both"}),
        ("order.id,cancel.status", {"lists", "cancels", "both"}),
    ],
)
def test_which_checks_test_what_is_selected(only: str, tested: set[str]) -> None:
    wanted = Wanted(selection(only), JUDGED_BY)
    assert {name for name, each in ALL.items() if wanted.tests(each)} == tested | {"none"}
