"""Served sandboxes, as files of a profile, as lanes and as stages."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.account.account import Account
from conformance.observations import Observations
from conformance.profile import loader
from conformance.sandbox import Sandbox
from conformance.stage.arranger import Arranger
from conformance.stage.driver import Driver
from conformance.stage.lane import Lane
from conformance.stage.stage import Stage
from conformance.wire.client import Client
from conformance.wire.redaction import Redactor


@contextmanager
def profile_in(folder: Path, sandbox: Sandbox, without: str | None = None, /, **target: Any) -> Iterator[Path]:
    """Serve the sandbox; yields its profile, a file in this folder.

    `without`: a pattern of what is left out of the profile. `target`: more keys under [target].
    """
    with sandbox.serve() as served:
        path = folder / "profile.toml"
        # JSON spells numbers, texts and truth as TOML does.
        more = "".join(f"\n{name} = {json.dumps(value)}" for name, value in target.items())
        text, left_out = re.subn(without, "", served.profile_toml) if without else (served.profile_toml, 0)
        assert left_out or without is None, "there is nothing like it in the profile"
        for name in target:
            text = re.sub(rf"(?m)^{name} = .*\n", "", text)
        path.write_text(text.replace("[target]", f"[target]{more}"), encoding="utf-8")
        yield path


@contextmanager
def lane_on(
    sandbox: Sandbox, observations: Observations | None = None, *, alone: bool = False, redactor: Redactor | None = None
) -> Iterator[Lane]:
    """Serve the sandbox; yields a lane on it, watched by `observations`. `alone`: without the other account."""
    with sandbox.serve() as served:
        profile = loader.loads(served.profile_toml, "sandbox")
        client = Client(profile.target, redactor or Redactor(profile.secrets))
        accounts = {key: Account(account, client) for key, account in profile.accounts.items()}
        other = None if alone else accounts["other"]
        driver = Driver(profile.driver, client)
        lane = Lane(accounts["caller"], other, profile.target, profile.markets, driver)
        lane.watch(observations or Observations())
        yield lane


@contextmanager
def stage_on(
    sandbox: Sandbox, observations: Observations | None = None, *, alone: bool = False, redactor: Redactor | None = None
) -> Iterator[Stage]:
    """As `lane_on`; yields a stage in full scope."""
    with lane_on(sandbox, observations, alone=alone, redactor=redactor) as lane:
        yield Stage(lane, Arranger(lane, seed=0), full_scope=True)
