"""What a run is asked to do."""

import tempfile
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from conformance import requirements
from conformance.gating import waivers as waiver_file
from conformance.gating.waivers import Waiver
from conformance.hypothesis_seam import Kept
from conformance.judging import private
from conformance.judging.lanes import usable
from conformance.judging.private import NO_PRIVATE, Private
from conformance.judging.traceability import checks_by_requirement
from conformance.profile import DriverProfile, Profile, ProfileError, loader
from conformance.reporting.statement import DIGEST_LABEL, digest_in
from conformance.requirements import Requirement
from conformance.requirements.selection import Selection, everything, selection
from conformance.results import Required
from conformance.stage.driver import Tally
from conformance.stage.effort import PLAIN, Effort

Scope = Literal["read-only", "full"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The profile to judge, and how to judge it. `labels`: what the evidence is about. `waivers`: accepted deviations.

    `given`: the target as the user named it, a URL or the path of a profile; empty where nobody named one.
    `aim`: the requirement whose checks run first. If they find it violated, the run ends after them, and does not wait
    for those that are `proven`: they have found others. `effort`: how much it tries. `examples`: what is drawn before
    anything else, and where examples that fail are kept. `writes`: whether the run writes its reports. `cleans_up`:
    whether it cancels what it has placed when it ends. `tally`: of the orders that it places. `jobs`: how many
    connections send requests that do not depend on each other. `selection`: the requirements that it is about.
    `private`: the user's own checks, beside those of the suite.
    """

    profile: Profile
    scope: Scope = "full"
    seed: int = 0
    require: Required = "none"
    labels: Mapping[str, str] = field(default_factory=dict)
    report_dir: Path = Path("reports")
    aim: str | None = None
    proven: Set[str] = frozenset()
    waivers: tuple[Waiver, ...] = ()
    effort: Effort = PLAIN
    examples: Kept | None = None
    writes: bool = True
    cleans_up: bool = True
    tally: Tally = field(default_factory=Tally)
    jobs: int | None = None
    given: str = ""
    selection: Selection = field(default_factory=everything)
    private: Private = NO_PRIVATE

    @property
    def catalogue(self) -> Mapping[str, Requirement]:
        """The requirements of the suite, then the private ones."""
        return {**requirements.load(), **self.private.requirements}

    @property
    def judged_by(self) -> Mapping[str, list[str]]:
        """For each requirement what judges it: checks and rules."""
        return {**checks_by_requirement(), **self.private.judged_by}

    @property
    def lanes(self) -> list[int]:
        """The numbers of the lanes that a run works on in one process: further ones for what cancels."""
        return [0] if self.scope == "read-only" else usable(self.profile)

    @property
    def lanes_at_once(self) -> bool | None:
        """Whether the lanes work at the same time; None: if the target turns out to be far away."""
        target, markets = self.profile.target, self.profile.markets
        if target.max_requests_per_second or not all(market.has_a_spread for market in markets):
            return False
        return None if self.jobs is None else self.jobs > 1

    @property
    def target(self) -> dict[str, str]:
        """The target as results.json describes it."""
        target = self.profile.target
        return {
            "name": target.name,
            "base_url": target.base_url,
            "environment": target.environment or "unspecified",
            "scope": self.scope,
            "given": self.given,
        }


def make_plan(
    target: str | Profile,
    *,
    scope: Scope | None,
    seed: int,
    require: Required,
    labels: Iterable[str],
    report_dir: str,
    cancel_existing: bool,
    aim: str | None = None,
    waivers: str | None = None,
    jobs: int | None = None,
    only: str | None = None,
    skip: str | None = None,
    shape_only: bool = False,
) -> Plan:
    """The plan for these options of the command line. `target` is a URL, the path of a profile, or a profile.

    Raises ProfileError if an option or the profile is wrong, or if the target does not allow the scope. Raises another
    WrongUsage if the selection or the file of waivers is wrong.
    """
    if jobs is not None and jobs < 1:
        raise ProfileError(f"--jobs {jobs}: give 1 or more")
    profile = target if isinstance(target, Profile) else profile_of(target)
    own = private.load(profile.checks)
    selected = selection(only, skip, shape_only=shape_only, private=own.requirements)
    if shape_only:
        cancel_existing |= profile.target.environment == "mock"  # the example orders of a mock are nobody's
        profile = replace(profile, driver=DriverProfile())
    if cancel_existing:
        profile = replace(profile, target=replace(profile.target, disposable=True))
    return Plan(
        profile=profile,
        scope=_scope(profile, scope),
        seed=seed,
        require=require,
        labels=labels_of(labels),
        report_dir=writable(Path(report_dir)),
        aim=aim,
        waivers=tuple(waiver_file.load(Path(waivers))) if waivers else (),
        jobs=jobs,
        given=target if isinstance(target, str) else "",
        selection=selected,
        private=own,
    )


def writable(folder: Path) -> Path:
    """The folder, which is made if needed. Raises ProfileError if nothing can be written there.

    This is called before the run, so that no run ends without its reports.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        why = "that is a file" if folder.is_file() else error.strerror
        problem = f"nothing can be written there: {why}; give the reports another folder"
        raise ProfileError(problem, "--report-dir", str(folder)) from None


def profile_of(target: str) -> Profile:
    """The profile at this path or for this URL. Raises ProfileError."""
    if "://" in target:
        return loader.from_url(target)
    return loader.load(target)


def _scope(profile: Profile, wanted: Scope | None) -> Scope:
    """The wanted scope, else full. A target that nobody has allowed to be changed is read only."""
    if profile.target.environment == "production":
        if wanted == "full":
            raise ProfileError("a production target is only tested with --scope read-only", "target.environment")
        return "read-only"
    if profile.from_bare_url and not profile.target.is_loopback:
        if wanted == "full":
            raise ProfileError(
                "--scope full cancels orders: give a profile that names the environment, not only a URL",
                source=profile.target.base_url,
            )
        return "read-only"
    return wanted or "full"


def labels_of(texts: Iterable[str]) -> dict[str, str]:
    """The labels KEY=VALUE. Raises ProfileError."""
    return dict(_label(text) for text in texts)


def _label(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise ProfileError(f"--label {text!r} is not of the form KEY=VALUE")
    if key == DIGEST_LABEL and digest_in({key: value}) is None:
        raise ProfileError(f"--label {text!r}: a digest is written as sha256:…, in hexadecimal")
    return key, value
