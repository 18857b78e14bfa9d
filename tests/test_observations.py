"""What is noted of several breaches."""

import pytest

from conformance.observations import Observations
from conformance.verdict import Breach, Violation

UPDATED = Breach("as it was", "updated", "list.b", changed=("updated_at",))
CANCELED = Breach("as it was", "canceled", "list.b", changed=("status canceled", "updated_at"))
MORE = Breach("a 4xx", "200", "list.b")


@pytest.mark.parametrize(
    ("breaches", "changed"),
    [
        ([UPDATED], ("updated_at",)),
        ([UPDATED, CANCELED], ("status canceled", "updated_at")),
        ([UPDATED, MORE], ()),
        ([UPDATED, MORE._replace(requirement="list.c")], ("updated_at",)),
    ],
)
def test_one_breach_stands_for_all_of_its_requirement(breaches: list[Breach], changed: tuple[str, ...]) -> None:
    with pytest.raises(Violation) as raised:
        Observations(["list.b"]).report(breaches)
    assert raised.value.breach == UPDATED._replace(changed=changed)
    in_passing = Observations()
    in_passing.report(breaches)
    assert in_passing.in_passing["list.b"].breach == UPDATED._replace(changed=changed)


def test_so_does_the_first_that_is_noted_for_those_noted_later() -> None:
    first, second = Observations(), Observations()
    first.report([UPDATED])
    first.report([CANCELED])
    assert first.in_passing["list.b"].breach == UPDATED._replace(changed=CANCELED.changed)
    second.report([MORE])
    first.adopt(second)
    assert first.in_passing["list.b"].breach == UPDATED._replace(changed=())
