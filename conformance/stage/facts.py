"""The facts that checks need: what has to have been observed, and what would bring it about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.naming import count
from conformance.results import Missing
from conformance.stage.stage import SHOWN_BY_A_HISTORY, Stage

# Facts that the driver brings about: where it could not, the target's own words say why.
_BROUGHT_ABOUT = SHOWN_BY_A_HISTORY | {"other", "arrange"}
_BY_CHANGING = {"arrange", "place", "fault", "live", "cancel"}

# What helps where the target refuses what the profile offers.
_INSTEAD = {
    "orders": "an account with a longer history",
    "seconds": "an account with a longer history",
    "status": "an account that has one",
    "markets": "an account with orders in several markets",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a check needs to have been observed. `says` and `enable` are for the report."""

    says: str
    enable: str
    holds: Callable[[Stage, Any], bool]


def _may_cancel(stage: Stage) -> bool:
    if not stage.full_scope:
        return False
    return stage.explicit or stage.target.disposable or not stage.view.foreign_live()


FACTS: Mapping[str, Fact] = {
    "orders": Fact(
        "{} in the caller's account",
        "[driver.place] or [driver.inject], or take an account with a longer history",
        lambda stage, many: len(stage.seen.orders) >= many,
    ),
    "seconds": Fact(
        "orders of the caller that were created in {} different seconds",
        "[driver.place] or [driver.inject], or take an account with a longer history",
        lambda stage, many: len(stage.seen.seconds()) >= many,
    ),
    "status": Fact(
        "an order of the caller that is {}",
        "[driver.inject], or take an account that has one",
        lambda stage, status: any(order.status == status for order in stage.seen.orders.values()),
    ),
    "markets": Fact(
        "orders of the caller in {} markets",
        "a second [[markets]] and a driver, or take an account with orders in several markets",
        lambda stage, many: len({order.symbol for order in stage.seen.orders.values()}) >= many,
    ),
    "tradable": Fact(
        "{} markets in the profile",
        "a second [[markets]]",
        lambda stage, many: len(stage.markets) >= many,
    ),
    "other": Fact(
        "a second account with orders of its own",
        "[accounts.other], and a driver if that account has no orders",
        lambda stage, _: stage.other_view is not None and bool(stage.other_view.latest().orders),
    ),
    "jwt": Fact(
        "a token of the caller",
        "jwt under [accounts.caller]",
        lambda stage, _: "jwt" in stage.caller.credentials,
    ),
    "api_key": Fact(
        "an API key and secret of the caller",
        "api_key and api_secret under [accounts.caller]",
        lambda stage, _: "api-key" in stage.caller.credentials,
    ),
    "cancel": Fact(
        "permission to send cancel-all",
        "--scope full, with a caller that has no live orders other than this run's (or --cancel-existing)",
        lambda stage, _: _may_cancel(stage),
    ),
    "arrange": Fact(
        "a way to create live orders",
        "[[markets]], with [driver.place] or [driver.inject]",
        lambda stage, _: bool(stage.ways),
    ),
    "place": Fact(
        "a way to place orders",
        "[[markets]] and [driver.place]",
        lambda stage, _: "placing" in stage.ways,
    ),
    "fault": Fact(
        "a way to arm errors",
        "[driver.fault]",
        lambda stage, _: stage.full_scope and stage.driver.can_fault,
    ),
    "unthrottled": Fact(
        "permission to send {} requests within a second",
        "a higher target.max_requests_per_second, or leave it out",
        lambda stage, rate: (stage.target.max_requests_per_second or rate) >= rate,
    ),
    "live": Fact(
        "{} of this run in the caller's account",
        "[driver.place] or [driver.inject], on a target that allows as many orders",
        lambda stage, many: len(stage.view.own_live()) >= many,
    ),
}


def missing(stage: Stage, needs: Mapping[str, Any]) -> tuple[Missing, ...]:
    """Which of the facts do not hold on the stage."""
    return tuple(_missing(stage, *each) for each in needs.items() if not FACTS[each[0]].holds(stage, each[1]))


def _missing(stage: Stage, name: str, value: Any) -> Missing:
    refusal = _refusal(stage, name)
    return Missing(_says(name, value) + (f" ({refusal})" if refusal else ""), _remedy(stage, name, refusal))


def _remedy(stage: Stage, name: str, refusal: str) -> str:
    """What would help; nothing where the profile has all that it takes, and the target refuses."""
    if refusal.startswith("target.max_orders"):
        return "a higher target.max_orders, or leave it out"
    enable = FACTS[name].enable
    if name in _BY_CHANGING and not stage.full_scope:
        if stage.target.environment == "production":
            return "a target that is not production: production is only read"
        return enable if name == "cancel" else "--scope full"
    if refusal and stage.ways and (name != "other" or stage.other_view is not None):
        return _INSTEAD.get(name, "")
    return enable


def _says(name: str, value: Any) -> str:
    noun = {"orders": "order", "live": "live order"}.get(name)
    return FACTS[name].says.format(value if noun is None else count(value, noun))


def _refusal(stage: Stage, fact: str) -> str:
    """Why the driver did not bring the fact about, in the words of the target or of the profile; empty if it could."""
    return next(iter(stage.arranger.refusals), "") if fact in _BROUGHT_ABOUT else ""
