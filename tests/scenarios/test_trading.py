from decimal import Decimal

import pytest

from conformance.scenarios.trades import telling_lots


@pytest.mark.parametrize("lot", ["0.4", "0.1", "0.01", "0.0001"])
def test_floats_are_wrong_about_the_sum_and_leave_a_residue(lot: str) -> None:
    each = [float(lots * Decimal(lot)) for lots in telling_lots(Decimal(lot), 10)]
    exact = sum(telling_lots(Decimal(lot), 10)) * Decimal(lot)
    assert Decimal(repr(sum(each))) != exact
    left = float(exact)
    for filled in each:
        left -= filled
    assert left > 0


def test_where_none_leaves_a_residue_the_sum_is_wrong() -> None:
    lots = telling_lots(Decimal("0.001"), 10)
    assert Decimal(repr(sum(float(each * Decimal("0.001")) for each in lots))) != sum(lots) * Decimal("0.001")


def test_whole_lots_are_the_plain_ones() -> None:
    assert telling_lots(Decimal(1), 10) == (1, 2, 4)
