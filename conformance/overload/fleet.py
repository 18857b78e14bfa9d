"""A crew of workers, on this machine or on others, which Locust's master reaches in a process of its own."""

import contextlib
import importlib.util
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import conformance
from conformance.exits import WrongUsage
from conformance.naming import count
from conformance.overload import messages
from conformance.overload.actor import Actor
from conformance.overload.asker import Came
from conformance.overload.job import Job
from conformance.overload.recorder import Recorder
from conformance.profile import Profile, ProfileError
from conformance.verdict import Inconclusive

_COME_WITHIN_S = 120.0
_LAST_ANSWER_S = 25.0  # longer than a worker waits for a connection and an answer
_UNDER_WAY_S = 3.0  # an interrupted burst waits so long for what is under way
_ENDS_WITHIN_S = 5.0

_Under_way = dict[str, dict[int, tuple[int, Job]]]


class Workers(NamedTuple):
    """How many workers are waited for, and where."""

    number: int
    host: str
    port: int


def expect_locust() -> None:
    """Raise WrongUsage where Locust is not installed. It is not imported: it would change this process."""
    if importlib.util.find_spec("locust") is None:
        raise WrongUsage("--workers and --join want Locust: pip install 'p99-conformance[load]'")


def expect_lanes(profile: Profile, workers: Workers) -> None:
    """Raise ProfileError where there are more workers than lanes."""
    if workers.number > len(profile.lanes):
        has = count(len(profile.lanes), "lane")
        raise ProfileError(f"--workers {workers.number}: the profile has {has}; add [[lanes]], one for each worker")


class Fleet:
    """Sends bursts by workers, each of which has lanes of its own. What a worker had not told when it was lost may have
    been done.
    """

    def __init__(
        self,
        workers: Workers,
        profile: Profile,
        actors: Sequence[Actor],
        recorder: Recorder,
        tell: Callable[[str], None],
    ) -> None:
        self._workers, self._profile, self._recorder, self._tell = workers, profile, recorder, tell
        self._actors = {actor.name: actor for actor in actors}
        self._came: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._relay: subprocess.Popen[str] | None = None
        self._accounts: dict[str, list[str]] = {}  # of each worker
        self._lost: dict[str, str] = {}
        self._gave_up: str | None = None
        self._bursts = 0
        self.sent_elsewhere = 0

    # -- who is there ------------------------------------------------------------------------------------------------

    def gather(self) -> None:
        """Wait for the workers, and share the lanes out. Raises Inconclusive where they do not come."""
        number, host, port = self._workers
        self._tell(f"waiting for {count(number, 'worker')}: p99-conformance overload --target … --join {host}:{port}")
        words = [sys.executable, "-m", "conformance.load.master", host, str(port)]
        self._relay = subprocess.Popen(  # noqa: S603 - this interpreter, and a module of this package
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C is for this process, which has a few words left to say to workers
        )
        threading.Thread(target=self._listen, args=(self._relay,), daemon=True).start()
        wanted = messages.introduction(self._profile, conformance.__version__)
        until = time.monotonic() + _COME_WITHIN_S
        names: list[str] = []
        while len(names) < number:
            told = self._next(until)
            if told is None:
                raise Inconclusive(f"{len(names)} of {number} workers came within {_COME_WITHIN_S:g} s")
            if told["type"] == "error":
                raise Inconclusive(str(told["data"]))
            if told["type"] == "hello" and told["data"] == wanted:
                names.append(told["from"])
            elif told["type"] == "hello":
                why = f"its profile or its version is not the master's: {told['data']}, not {wanted}"
                self._say(told["from"], "over", {"exit": 2, "why": why})
                self._tell(f"a worker is turned away: {why}")
            elif told["from"] in names:
                names.remove(told["from"])
        for place, name in enumerate(names):
            lanes = self._profile.lanes[place::number]
            keys = [key for lane in lanes for key in lane if key is not None]
            self._accounts[name] = [self._profile.accounts[key].name for key in keys]
            self._say(name, "welcome", {"workers": number, "accounts": self._accounts[name]})
        self._tell(f"{count(number, 'worker')} came")

    def sends_for(self, account: str) -> bool:
        """Whether the worker that has it is there."""
        return any(account in self._accounts[name] for name in self._accounts.keys() - self._lost.keys())

    def given_up(self) -> str | None:
        """Why a worker has given up the target, if one has."""
        return self._gave_up

    def doubts(self) -> Iterator[tuple[str, str]]:
        """What is in doubt, since workers were lost."""
        for name, why in self._lost.items():
            for id in ("overload.documented", "overload.lists-stay", "overload.no-loss", "overload.once"):
                yield id, f"a worker was lost, which had {', '.join(self._accounts[name])}: {why}"

    def end(self) -> None:
        """Let the workers go."""
        if self._relay is None:
            return
        self._say(None, "over", {"exit": 0, "why": "the overload has ended"})
        with contextlib.suppress(OSError):
            if self._relay.stdin:
                self._relay.stdin.close()
        try:
            self._relay.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._relay.kill()
            self._relay.wait()

    # -- bursts ------------------------------------------------------------------------------------------------------

    def send(self, jobs: Sequence[Job], at_once: int, until: float) -> None:
        """As `Crew` says."""
        self._bursts += 1
        under_way: _Under_way = {}
        began_at = time.monotonic()
        for name in self._accounts.keys() - self._lost.keys():
            mine = [job for job in jobs if job.account in self._accounts[name]]
            if mine:
                under_way[name] = {place: (self._recorder.begin(job.begun()), job) for place, job in enumerate(mine)}
                share = max(1, round(at_once * len(mine) / len(jobs)))
                burst = {"burst": self._bursts, "at_once": share, "seconds": until - began_at}
                self._say(name, "burst", {**burst, "jobs": [messages.of_job(job) for job in mine]})
        try:
            self._collect(under_way, began_at, until + _LAST_ANSWER_S)
        except BaseException:
            self._say(None, "stop", {})
            self._collect(under_way, began_at, time.monotonic() + _UNDER_WAY_S)
            raise
        for name in tuple(under_way):
            self._lose(name, "it did not report in time", under_way)

    def _collect(self, under_way: _Under_way, began_at: float, until: float) -> None:
        """Take down what workers tell, until all have told the last of it, or the time is up."""
        while under_way and (told := self._next(until)) is not None:
            name, data = told["from"], told["data"]
            if told["type"] == "gone":
                self._lose(name, data, under_way)
            elif told["type"] == "report" and data["burst"] == self._bursts and name in under_way:
                self.sent_elsewhere += len(data["ended"])
                for place, record in data["ended"]:
                    number, job = under_way[name].pop(place)
                    self._actors[job.account].ended(number, job, messages.to_came(record, job, began_at))
                self._gave_up = data["given_up"] or self._gave_up
                if data["over"]:
                    for number, _ in under_way.pop(name).values():
                        self._recorder.drop(number)  # it was not sent: the time was up

    def _lose(self, name: str, why: str, under_way: _Under_way) -> None:
        """A worker is lost. Its requests that it has told nothing of may have been done."""
        if name not in self._accounts or name in self._lost:
            return
        self._lost[name] = why
        left = under_way.pop(name, {})
        for number, job in left.values():
            wrong = f"the worker that had it was lost: {why}"
            entry = replace(job.begun(), sent_at=self._recorder.begun_at(number), wrong=wrong)
            self._actors[job.account].ended(number, job, Came(entry, None))
        self._tell(f"a worker was lost ({why}); what came of {count(len(left), 'request')} is not known")

    # -- the process of Locust's master ------------------------------------------------------------------------------

    def _next(self, until: float) -> dict[str, Any] | None:
        """What comes next; None if nothing comes by then."""
        try:
            told = self._came.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            return None
        if told["from"] is None and self._accounts:  # the process itself has ended, and with it all of them
            for name in self._accounts:
                self._came.put({**told, "from": name})
        return told

    def _listen(self, relay: subprocess.Popen[str]) -> None:
        assert relay.stdout is not None
        for line in relay.stdout:
            self._came.put(json.loads(line))
        ended = "the process of Locust's master has ended"
        self._came.put({"from": None, "type": "gone" if self._accounts else "error", "data": ended})

    def _say(self, to: str | None, type: str, data: dict[str, Any]) -> None:
        """Tell one worker, or all."""
        assert self._relay is not None
        assert self._relay.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has ended: who listens is told so
            self._relay.stdin.write(json.dumps({"to": to, "type": type, "data": data}) + "\n")
            self._relay.stdin.flush()
