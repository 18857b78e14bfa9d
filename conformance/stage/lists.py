"""The lists that a run asks for on a lane: chosen from what is known of both accounts when they are first wanted."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from conformance.account.view import View
from conformance.coverage.asked import FOURS, TRIPLES, Asked, Queries
from conformance.coverage.queries import alike, first, plan
from conformance.orders import Query


class Lists:
    """The lists of these accounts, by name, in these markets. The `seed` chooses; who explores has more of them."""

    def __init__(self, views: Mapping[str, View], markets: list[str], seed: int, *, exploring: bool) -> None:
        self._views = views
        self._markets = markets
        self._seed = seed
        self._strength = FOURS if exploring else TRIPLES

    @cached_property
    def all(self) -> Queries:
        """The lists that cover the parameters; it takes most of a second to choose them."""
        return plan(**self._from, strength=self._strength)

    @cached_property
    def first(self) -> list[Asked]:
        """Those of them that are chosen at once, mostly with one parameter: most mistakes show in these."""
        return first(**self._from)

    @cached_property
    def alike(self) -> tuple[Query, ...]:
        """Lists that each account asks for with each credential, one right after the other: a cache may mix them up."""
        return alike([view.known.snapshot for view in self._views.values()], self._markets, self._seed)

    @cached_property
    def _from(self) -> Mapping[str, Any]:
        return {
            "known": {whose: view.known.snapshot for whose, view in self._views.items()},
            "credentials": {whose: view.account.credentials for whose, view in self._views.items()},
            "markets": self._markets,
            "seed": self._seed,
            "alike": self.alike,
        }
