"""What reports say of an overload: its ledger, its answers' times and its recovery, in lines."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from conformance.results import Results

ENDINGS = ("accepted", "refused", "failed", "unknown")


class Told(NamedTuple):
    """The figures in words. `ledger`: one line that adds up; `rows`: what was sent and came of it, kind by kind."""

    ledger: str
    rows: Sequence[tuple[str, ...]]
    latencies: Sequence[tuple[str, ...]]
    recovery: str

    @property
    def lines(self) -> list[str]:
        """All of them as plain lines."""
        kinds = [f"{kind}: {_sum(counts)}" for kind, *counts in self.rows]
        took = [
            f"{what}: half within {half} ms, 99 of 100 within {most} ms" for what, _, half, _, most, _ in self.latencies
        ]
        return [self.ledger, *kinds, *took, self.recovery]


COLUMNS = ("", "sent", *ENDINGS)
PERCENTILES = ("answers in ms", "count", "50 %", "90 %", "99 %", "longest")


def told(results: Results) -> Told | None:
    """The overload's figures in words; None where it was a run."""
    found = results.overload
    if not found:
        return None
    ledger = f"{_sum([found[name] for name in ('sent', *ENDINGS)])}; lost {found['lost']}, doubled {found['doubled']}"
    done, not_done = found["unknown_done"], found["unknown_not_done"]
    if done or not_done:
        ledger += f"; of the unknown {done} were done and {not_done} were not, as lists show"
    return Told(
        ledger,
        [(kind, *(str(counts[name]) for name in ("sent", *ENDINGS))) for kind, counts in found["by_kind"].items()],
        [_latency(row) for row in found["latency_ms"]],
        _recovery(found["recovery"]),
    )


def _sum(counts: Sequence[Any]) -> str:
    sent, accepted, refused, failed, unknown = counts
    return f"{sent} sent = {accepted} accepted + {refused} refused + {failed} failed + {unknown} unknown"


def _latency(row: Mapping[str, Any]) -> tuple[str, ...]:
    return f"{row['kind']} {row['ending']}", *(f"{row[name]:g}" for name in ("count", "p50", "p90", "p99", "p100"))


def _recovery(accounts: Sequence[Mapping[str, Any]]) -> str:
    if not accounts:
        return "recovery: not tried"
    after = [each["after_s"] for each in accounts if each["after_s"] is not None]
    late = [each["account"] for each in accounts if each["after_s"] is None]
    parts = [f"within {max(after):.2f} s of the end of the load"] if after else []
    return f"recovery: {'; '.join([*parts, *(f'{name} not' for name in late)])}"
