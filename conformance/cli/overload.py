"""`p99-conformance overload`."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click

from conformance.cli.click_options import options
from conformance.cli.complaints import complaints
from conformance.cli.ending import end
from conformance.cli.sandbox import QUEUE_SIZE, SERVICE_MS
from conformance.exits import WrongUsage
from conformance.judging.plan import make_plan, profile_of
from conformance.options import OVERLOAD
from conformance.overload.bounds import Bounds
from conformance.overload.fleet import Workers, expect_lanes, expect_locust
from conformance.overload.run import Overload, expect_allowed
from conformance.profile import Profile, loader
from conformance.reporting import files
from conformance.reporting.spoken import SpokenConsole
from conformance.reporting.terminal import Detail

# Of the sandbox that is overloaded where no target is named: it is full within a burst.
_QUEUE_SIZE, _SERVICE_MS = 16, 3.0


@click.command()
@options(*OVERLOAD)
@click.option(
    "--max-requests", type=click.IntRange(1), default=2000, show_default=True, help="Requests in bursts, at most."
)
@click.option("--max-at-once", type=click.IntRange(2, 2048), default=256, show_default=True, help="Connections.")
@click.option(
    "--max-rate",
    type=click.FloatRange(1),
    default=500,
    show_default=True,
    help="Requests per second, on average, at most.",
)
@click.option(
    "--max-seconds",
    type=click.FloatRange(1),
    default=60,
    show_default=True,
    help="Seconds in which bursts are sent, at most.",
)
@click.option("--max-orders", type=click.IntRange(1), help="Orders to place. Default: half of --max-requests.")
@click.option(
    "--recover",
    type=click.FloatRange(1),
    default=30,
    show_default=True,
    help="Seconds after the load in which cancel-all has to succeed.",
)
@click.option(
    "--watch",
    type=click.FloatRange(0),
    default=4,
    show_default=True,
    help="Seconds at the end in which no order may be canceled by a cancel-all that was refused before.",
)
@click.option("--queue-size", type=click.IntRange(1), help=f"Without --target: {QUEUE_SIZE} Default: {_QUEUE_SIZE}.")
@click.option(
    "--service-ms", type=click.FloatRange(0, 60_000), help=f"Without --target: {SERVICE_MS} Default: {_SERVICE_MS:g}."
)
@click.option("--workers", type=click.IntRange(1), help="Workers that send the bursts, each with lanes of its own.")
@click.option(
    "--listen",
    default="127.0.0.1:5557",
    show_default=True,
    metavar="HOST:PORT",
    help="With --workers: where they join. Only in a network that you trust.",
)
@click.option("--join", metavar="HOST:PORT", help="Be a worker of the overload that listens there.")
@click.option("--quiet", "-q", "detail", flag_value="quiet", help="Print only the verdict.")
@click.option("--verbose", "-v", "detail", flag_value="verbose", help="Print every requirement, and the evidence.")
def overload(
    target: str | None,
    seed: int,
    report_dir: str,
    label: tuple[str, ...],
    waivers: str | None,
    cancel_existing: bool,
    max_requests: int,
    max_at_once: int,
    max_rate: float,
    max_seconds: float,
    max_orders: int | None,
    recover: float,
    watch: float,
    queue_size: int | None,
    service_ms: float | None,
    workers: int | None,
    listen: str,
    join: str | None,
    detail: Detail | None,
) -> None:
    """Send bursts until the engine is busy, and check what became of every request.

    Orders, cancel-alls and lists of all accounts of the profile go out at once, more and more of them until cancel-alls
    are refused. Then it backs off, looks whether the exchange recovers, and whether anything was lost or told twice.
    Never on production.

    Without --target, the sandbox is overloaded, with a small queue before its engine.

    \b
    Exit codes: 0 no violation found · 1 a must or implied requirement is violated
    2 wrong usage or a refusal · 3 inconclusive · 4 the suite failed · 130 interrupted
    """
    console = SpokenConsole(stderr=True, quiet=detail == "quiet")
    if target is not None and (queue_size is not None or service_ms is not None):
        with complaints():
            raise WrongUsage("--queue-size and --service-ms are of the sandbox: leave out --target, or them")
    if join is not None:
        with complaints():
            _join(target, join)
    with complaints():
        crew = None if workers is None else _workers(target, workers, listen)
    bounds = Bounds(
        max_requests, max_at_once, max_rate, max_seconds, max_orders or (max_requests + 1) // 2 + 50, recover, watch
    )
    with (
        complaints(),
        _target(target, seed, queue_size or _QUEUE_SIZE, _SERVICE_MS if service_ms is None else service_ms) as chosen,
    ):
        plan = make_plan(
            chosen,
            scope=None,
            seed=seed,
            require="none",
            labels=label,
            report_dir=report_dir,
            cancel_existing=cancel_existing,
            waivers=waivers,
        )
        expect_allowed(plan.profile)
        if crew is not None:
            expect_lanes(plan.profile, crew)
        made = Overload(plan, bounds, lambda line: console.print(line, highlight=False, soft_wrap=True), crew)
        where = plan.target
        console.print(f"overloading {where['name']} at {where['base_url']} (seed {seed})", highlight=False)
        told = made.bounds.told(plan.profile.target, len(plan.profile.accounts))
        console.print(told, highlight=False, soft_wrap=True)
        files.remove(plan.report_dir)
        results = made.run()
        results = files.save(results, plan.report_dir)
    end(results, Path(report_dir), detail)


def _workers(target: str | None, number: int, listen: str) -> Workers:
    if target is None:
        raise WrongUsage("--workers wants --target: each worker has to reach it, with the same profile")
    expect_locust()
    return Workers(number, *_address("--listen", listen))


def _join(target: str | None, master: str) -> NoReturn:
    """Become a worker: a process that Locust changes, and that nothing else happens in."""
    if target is None:
        raise WrongUsage("--join wants --target: the profile that the master has, on this machine")
    expect_locust()
    expect_allowed(profile_of(target))
    host, port = _address("--join", master)
    os.execv(  # noqa: S606 - this interpreter, and a module of this package
        sys.executable, [sys.executable, "-m", "conformance.load.worker", target, host, str(port)]
    )


def _address(option: str, given: str) -> tuple[str, int]:
    host, _, port = given.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()):
        raise WrongUsage(f"{option} {given}: give HOST:PORT, say 127.0.0.1:5557")
    return host, int(port)


@contextlib.contextmanager
def _target(target: str | None, seed: int, queue_size: int, service_ms: float) -> Iterator[str | Profile]:
    """The target that was given; without one, the sandbox, served until the context ends."""
    if target is not None:
        yield target
        return
    from conformance.sandbox import Sandbox  # here, since who names a target has no need of a server

    with Sandbox(seed, lanes=2, queue_size=queue_size, service_ms=service_ms).serve() as served:
        yield loader.loads(served.profile_toml, "sandbox")
