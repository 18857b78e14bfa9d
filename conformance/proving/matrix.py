"""The kill matrix: which faults were found, by which checks, and which conforming twins stayed clean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from statistics import median
from typing import Any

from conformance.exits import Exit


@dataclass(frozen=True, slots=True)
class Trial:
    """One variant, judged; or several as one server, their names joined by +.

    `breaks` None: twins alone. `killed_by`: the checks that found what a fault breaks.
    `violated`: every requirement that was found violated, must, implied or advisory; `affected`: those that may follow
    from one of these. `requests` and `seconds` are those
    of the whole run, set-up included. `reason`: what was found, and what could not be judged.
    """

    name: str
    says: str
    breaks: str | None
    exit_code: Exit
    violated: tuple[str, ...]
    affected: tuple[str, ...]
    killed_by: tuple[str, ...]
    requests: int
    seconds: float
    reason: str = ""

    @property
    def good(self) -> bool:
        """A fault that was killed, or a twin that stayed clean."""
        return self.exit_code == Exit.OK if self.breaks is None else self.breaks in self.violated

    @property
    def variants(self) -> int:
        """How many were served as one."""
        return len(self.name.split("+"))

    @property
    def named_first(self) -> bool:
        """A fault, and the first violation that a report shows is what it breaks."""
        return self.violated[:1] == (self.breaks,)


class Matrix:
    """Trials, and what they prove.

    `checks` by name and `requirements` as id to level are what has to be proven: none where only some faults were
    tried.
    """

    def __init__(
        self, trials: Iterable[Trial], checks: Iterable[str] = (), requirements: Mapping[str, str] | None = None
    ) -> None:
        self.trials = sorted(trials, key=lambda trial: trial.name)
        self._checks = sorted(checks)
        self._requirements = requirements or {}

    @cached_property
    def faults(self) -> list[Trial]:
        """The trials of faults."""
        return [trial for trial in self.trials if trial.breaks is not None]

    @cached_property
    def twins(self) -> list[Trial]:
        """The trials of conforming twins, several of which may have been one server."""
        return [trial for trial in self.trials if trial.breaks is None]

    @property
    def survivors(self) -> list[Trial]:
        """Faults whose requirement was not found violated."""
        return [trial for trial in self.faults if not trial.good]

    @property
    def false_alarms(self) -> list[Trial]:
        """Twins that did not end with exit 0, whatever the reason."""
        return [trial for trial in self.twins if not trial.good]

    @property
    def idle_checks(self) -> list[str]:
        """Checks that killed nothing."""
        busy = {name for trial in self.faults for name in trial.killed_by}
        return [name for name in self._checks if name not in busy]

    @property
    def unproven(self) -> list[str]:
        """Must and implied requirements that no fault breaks, so that nothing shows whether any check judges them."""
        broken = {trial.breaks for trial in self.faults}
        return [id for id, level in self._requirements.items() if level != "advisory" and id not in broken]

    @property
    def proven(self) -> bool:
        """Whether nothing is left to be desired."""
        return not (self.survivors or self.false_alarms or self.idle_checks or self.unproven)

    def areas(self) -> list[tuple[str, Sequence[Trial]]]:
        """The faults by the section that their requirement stands in, `order`, `list` …"""
        found: dict[str, list[Trial]] = {}
        for trial in self.faults:
            found.setdefault((trial.breaks or "").partition(".")[0], []).append(trial)
        return sorted(found.items())

    def to_json(self) -> dict[str, Any]:
        """The whole as a JSON document."""
        return {
            "proven": self.proven,
            "faults": len(self.faults),
            "twins": sum(trial.variants for trial in self.twins),
            "survivors": [trial.name for trial in self.survivors],
            "false_alarms": [trial.name for trial in self.false_alarms],
            "idle_checks": self.idle_checks,
            "unproven_requirements": self.unproven,
            "median_requests_to_kill": middle(trial.requests for trial in self.faults if trial.good),
            "median_seconds_to_kill": middle(trial.seconds for trial in self.faults if trial.good),
            "trials": [asdict(trial) for trial in self.trials],
        }


def middle(values: Iterable[float]) -> float:
    """The median, 0 of nothing."""
    known = list(values)
    return round(median(known), 2) if known else 0
