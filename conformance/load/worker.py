"""A worker of Locust: sends the bursts that a master tells it of, with the lanes that it is given.

`python -m conformance.load.worker PROFILE HOST PORT`, which `p99-conformance overload --join` becomes.
"""

from locust.env import Environment  # first: it replaces sockets and threads

# isort: split
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import gevent
from locust.runners import WorkerRunner

import conformance
from conformance.account.account import Account
from conformance.exits import Exit
from conformance.overload import burst, messages
from conformance.overload.asker import Asker
from conformance.overload.job import Job
from conformance.profile import Profile, loader
from conformance.stage.driver import Driver
from conformance.verdict import DriverRefused
from conformance.wire.client import Client
from conformance.wire.redaction import Redactor

_REPORT_EVERY_S = 0.1
_MASTER_LOST_S = 10.0  # ten heartbeats of the master
_UNDER_WAY_S = 3.0


class Worker:
    """What a worker does. `why`: why it ends, once it does."""

    def __init__(self, profile: Profile, runner: WorkerRunner) -> None:
        self._profile, self._runner = profile, runner
        self._askers: dict[str, Asker] = {}
        self._client: Client | None = None
        self._busy = False
        self.why: str | None = None
        self.exit = Exit.OK
        for type, does in {
            "welcome": self._welcome,
            "burst": self._burst,
            "stop": self._stop,
            "over": self._over,
        }.items():
            runner.register_message(type, does, concurrent=True)
        self._say("hello", messages.introduction(profile, conformance.__version__))

    def stop(self, why: str, exit: Exit) -> None:
        """Begin no more requests, and end."""
        if self.why is None:
            self.why, self.exit = why, exit

    def serve(self) -> None:
        """Send bursts until it is told to end, or the master is lost. Requests under way are reported."""
        while self.why is None:
            gevent.sleep(_REPORT_EVERY_S)
            beat_at = self._runner.last_heartbeat_timestamp
            if beat_at is not None and time.time() - beat_at > _MASTER_LOST_S:
                self.stop(messages.MASTER_LOST, Exit.INCONCLUSIVE)
        until = time.monotonic() + _UNDER_WAY_S
        while self._busy and time.monotonic() < until:
            gevent.sleep(_REPORT_EVERY_S)

    def _welcome(self, environment: Environment, msg: Any) -> None:
        target = self._profile.target
        if rate := target.max_requests_per_second:  # of all workers together
            target = replace(target, max_requests_per_second=rate / msg.data["workers"])
        client = Client(target, Redactor(self._profile.secrets))
        driver = Driver(self._profile.driver, client)
        accounts = [each for each in self._profile.accounts.values() if each.name in msg.data["accounts"]]
        self._client = client
        self._askers = {each.name: Asker(Account(each, client), driver) for each in accounts}
        _tell(f"sends requests of {', '.join(self._askers)}")

    def _burst(self, environment: Environment, msg: Any) -> None:
        since = time.monotonic()
        jobs = [messages.to_job(each) for each in msg.data["jobs"]]
        ended: list[tuple[int, dict[str, Any]]] = []

        def one(place: int, job: Job) -> None:
            try:
                came = self._askers[job.account].ask(job)
            except DriverRefused:
                return
            ended.append((place, messages.of_came(came, since)))

        calls = [partial(one, place, job) for place, job in enumerate(jobs)]
        self._busy = True
        sending = gevent.spawn(burst.send, calls, msg.data["at_once"], since + msg.data["seconds"], self._given_up)
        while not sending.ready():
            sending.join(_REPORT_EVERY_S)
            self._report(msg.data["burst"], ended, over=False)
        self._report(msg.data["burst"], ended, over=True)
        self._busy = False

    def _report(self, number: int, ended: list[tuple[int, dict[str, Any]]], *, over: bool) -> None:
        told: Sequence[tuple[int, dict[str, Any]]] = ended[:]
        del ended[: len(told)]
        if told or over:
            self._say("report", {"burst": number, "ended": told, "over": over, "given_up": self._breaker()})

    def _given_up(self) -> str | None:
        return self.why or self._breaker()

    def _breaker(self) -> str | None:
        return self._client.breaker.given_up() if self._client else None

    def _stop(self, environment: Environment, msg: Any) -> None:
        self.stop("the master was told to stop", Exit.OK)

    def _over(self, environment: Environment, msg: Any) -> None:
        self.stop(msg.data["why"], Exit(msg.data["exit"]))

    def _say(self, type: str, data: dict[str, Any]) -> None:
        self._runner.send_message(type, data)


def main(profile: str, host: str, port: int) -> None:
    """Serve the master at this address to the end."""
    chosen = loader.load(profile)
    _tell(f"joins the master at {host}:{port}")
    environment = Environment()
    worker = Worker(chosen, environment.create_worker_runner(host, port))
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, worker.stop, "told to stop", Exit.INTERRUPTED)
    worker.serve()
    environment.events.quitting.fire(environment=environment)  # type: ignore[no-untyped-call]
    gevent.sleep(_REPORT_EVERY_S)  # for what is still to go out
    _tell(f"ends: {worker.why}")
    sys.exit(worker.exit)


def _tell(line: str) -> None:
    print(f"worker: {line}", file=sys.stderr, flush=True)  # noqa: T201 - it has no other console


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
