"""The figures of an overload: what results.json tells of it, and the picture is drawn from."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any

from conformance.oracle.ledger import ENDINGS, KINDS, Entry, Ledger
from conformance.oracle.rules import Judgement
from conformance.overload.bounds import Bounds
from conformance.overload.course import Step

_BINS = 120  # of time; more could not be told apart in the picture
_SHORTEST_S = 0.1
_PERCENTILES = (50, 90, 99, 100)


def figures(
    ledger: Ledger,
    judgement: Judgement,
    bounds: Bounds,
    steps: Sequence[Step],
    load_ended_at: float | None,
    accounts: int,
) -> dict[str, Any]:
    """All of them, as JSON. Times are in seconds since the first request."""
    entries = ledger.entries
    began_at = min((entry.sent_at for entry in entries), default=0.0)
    endings = Counter(entry.ending for entry in entries)
    happened, not_happened = _found_out(ledger)
    return {
        "bounds": {
            "requests": bounds.requests,
            "at_once": bounds.at_once,
            "per_second": bounds.per_second,
            "seconds": bounds.seconds,
            "orders": bounds.orders,
            "recover_s": bounds.recover_s,
            "watch_s": bounds.watch_s,
        },
        "accounts": accounts,
        "sent": len(entries),
        **{ending: endings[ending] for ending in ENDINGS},
        "lost": sum(breach.requirement == "overload.no-loss" for breach in judgement.breaches),
        "doubled": sum(breach.requirement == "overload.once" for breach in judgement.breaches),
        "unknown_done": happened,
        "unknown_not_done": not_happened,
        "by_kind": {kind: _endings(entry for entry in entries if entry.kind == kind) for kind in KINDS},
        "load_ended_s": None if load_ended_at is None else round(load_ended_at - began_at, 3),
        "steps": [_step(step, began_at) for step in steps],
        "timeline": _timeline(entries, began_at),
        "latency_ms": [
            told for kind in KINDS for ending in ("accepted", "refused") if (told := _latency(entries, kind, ending))
        ],
        "recovery": [
            {"account": each.account, "after_s": each.after_s and round(each.after_s, 3), "tries": each.attempts}
            for each in ledger.recoveries
        ],
    }


def _endings(entries: Iterable[Entry]) -> dict[str, int]:
    counts = Counter(entry.ending for entry in entries)
    return {"sent": counts.total(), **{ending: counts[ending] for ending in ENDINGS}}


def _step(step: Step, began_at: float) -> dict[str, Any]:
    cancels = [entry for entry in step.entries if entry.kind == "cancel-all"]
    return {
        "phase": step.phase,
        "at_once": step.at_once,
        "from_s": round(step.began_at - began_at, 3),
        "seconds": round(step.seconds, 3),
        **_endings(step.entries),
        "cancel_alls": len(cancels),
        "cancel_alls_refused": sum(entry.ending == "refused" for entry in cancels),
    }


def _timeline(entries: Sequence[Entry], began_at: float) -> dict[str, Any]:
    """How many requests were sent, and how many ended how, in steps of time of the same length."""
    ended_s = max((entry.ended_at for entry in entries), default=began_at) - began_at
    width_s = max(_SHORTEST_S, ended_s / _BINS)
    count = max(1, ceil(ended_s / width_s + 1e-9))
    rows = {name: [0] * count for name in ("offered", *ENDINGS)}
    for entry in entries:
        rows["offered"][min(count - 1, int((entry.sent_at - began_at) / width_s))] += 1
        rows[entry.ending][min(count - 1, int((entry.ended_at - began_at) / width_s))] += 1
    return {"step_s": round(width_s, 4), **rows}


def _latency(entries: Sequence[Entry], kind: str, ending: str) -> dict[str, Any] | None:
    took = sorted(
        (entry.ended_at - entry.sent_at) * 1000 for entry in entries if entry.kind == kind and entry.ending == ending
    )
    if not took:
        return None
    within = {f"p{share}": round(took[max(0, ceil(share / 100 * len(took)) - 1)], 1) for share in _PERCENTILES}
    return {"kind": kind, "ending": ending, "count": len(took), **within}


def _found_out(ledger: Ledger) -> tuple[int, int]:
    """Of how many requests without an answer lists tell that they were done, and that they were not.

    An order that lists show, and that no answer named, was placed by one of them. A cancel-all was done that alone can
    have canceled an order.
    """
    placed = not_placed = 0
    for (account, looks), most in ledger.may_have_placed.items():
        if account in ledger.seen:
            found = min(most, len(ledger.surplus.get((account, looks), ())))
            placed, not_placed = placed + found, not_placed + most - found
    perhaps = [entry for entry in ledger.of("cancel-all") if entry.may_have_happened]
    untold = {
        (entry.account, order.symbol)
        for id, entry in ledger.placed.items()
        if (seen := ledger.seen.get(entry.account)) and (order := seen.orders.get(id))
        if order.status == "canceled" and id not in ledger.tellers
    }
    done = sum(
        any(entry.account == account and entry.reaches(symbol) for account, symbol in untold) for entry in perhaps
    )
    return placed + (done == 1 and len(perhaps) == 1), not_placed
