"""Run the suite against the sandbox with one field of its records spoilt: what it violates, and what stays undecided.

    python scripts/odd_records.py status:missing:live created_at:null:all symbol:number:canceled

A field, how (missing, null, number, object, renamed) and where: all, live, a status, `answer` (of a cancel-all alone).
Each takes some ten seconds of CPU, so this is no test.
"""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance import requirements
from conformance.results import load
from conformance.sandbox import Sandbox
from conformance.sandbox.exchange import Exchange
from conformance.sandbox.records import Order
from conformance.verdict import Verdict

Record = dict[str, Any]


def spoilt(record: Record, field: str, how: str) -> Record:
    """The record with this field spoilt."""
    rest = {name: value for name, value in record.items() if name != field}
    others: Mapping[str, Record] = {
        "missing": {},
        "null": {field: None},
        "number": {field: 7},
        "object": {field: {"value": record[field]}},
        "renamed": {f"x_{field}": record[field]},
    }
    return rest | others[how]


def server(field: str, how: str, where: str) -> Sandbox:
    """The sandbox that spoils them."""

    class Spoils(Exchange):
        def record(self, order: Order) -> Record:
            record = super().record(order)
            hit = where == "all" or (where == "live" and order.live) or where == order.status
            return spoilt(record, field, how) if hit else record

        def canceled_body(self, orders: list[Order]) -> Any:
            body = super().canceled_body(orders)
            if where != "answer":
                return body
            return {"canceled": [spoilt(record, field, how) for record in body["canceled"]]}

    class Spoiling(Sandbox):
        exchange_class = Spoils

    return Spoiling(0)


def judged(case: str) -> str:
    """A line on one case: the exit code, the violations that follow from no other, and what is undecided."""
    sandbox = server(*case.split(":"))
    with tempfile.TemporaryDirectory() as folder, sandbox.serve() as served:
        (Path(folder) / "p.toml").write_text(served.profile_toml, encoding="utf-8")
        run = [sys.executable, "-m", "conformance", "run", "--target", "p.toml", "--seed", "0", "-q"]
        code = subprocess.run(run, cwd=folder, capture_output=True, check=False).returncode  # noqa: S603 - itself
        found = load(Path(folder) / "reports" / "results.json")
    violated = [each.id for each in found.violated]
    undecided = [each.id for each in found.with_verdict(Verdict.INCONCLUSIVE)]
    untested = [each.id for each in found.with_verdict(Verdict.NONE) if not requirements.command_of(each.id)]
    left = sum(order.live for orders in sandbox.exchange.orders.values() for order in orders.values())
    return f"exit {code}, {left} orders left, violated {violated}, undecided {undecided}, not tested {untested}"


def main() -> int:
    """Print a line for each case."""
    with contextlib.suppress(KeyboardInterrupt):
        for case in sys.argv[1:]:
            sys.stdout.write(f"{case}: {judged(case)}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
