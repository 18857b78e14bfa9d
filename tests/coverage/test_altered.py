"""The names that are nearly a market's."""

import pytest

from conformance.coverage.rows import ALTERED
from conformance.strategies import altered
from conformance.verdict import NotObserved


def test_an_altered_name_is_another_name() -> None:
    assert [altered("DFUSDT", how) for how in ALTERED] == ["dfusdt", "DFUSD", "DFUSDTX", "DF-USDT"]


def test_no_name_is_not_sent_for_a_market_of_one_letter() -> None:
    with pytest.raises(NotObserved, match="the name of the market X is one letter long"):
        altered("X", "without its end")
