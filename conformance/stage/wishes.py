"""Live orders as they are wished for, and the ways to bring them about."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from conformance.coverage.population import YOUNG
from conformance.profile import Market
from conformance.wire.signer import Credential

Way = Literal["injecting", "placing"]


@dataclass(frozen=True, slots=True)
class Wish:
    """One live order to bring about; at which price is left to chance, unless it is told.

    `fills`: how often it is partly filled. `age`: how old it is, as in a population; young where that cannot be.
    `credential`: what it is placed with, where that matters.
    """

    market: Market
    side: str
    fills: int = 0
    price: Decimal | None = None
    age: str = YOUNG
    credential: Credential | None = None

    @property
    def to_be_placed(self) -> bool:
        """Whether injecting would not do: how it came about is what matters."""
        return self.fills > 1 or self.credential is not None

    def __repr__(self) -> str:
        filled = {0: "", 1: " partly filled"}.get(self.fills, f" filled {self.fills} times")
        aged = "" if self.age == YOUNG else f" of {self.age} ago"
        return f"{self.market.symbol} {self.side}{filled}{aged}{f' by {self.credential}' if self.credential else ''}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis prints it in an example."""
        printer.text(repr(self))
