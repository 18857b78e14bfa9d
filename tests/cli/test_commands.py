"""The command line: what it says, and what it exits with."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance import faults, requirements
from conformance.judging import traceability
from conformance.sandbox import Sandbox
from conformance.sandbox.records import from_record
from tests.orders import record
from tests.sandboxes import profile_in

TOKEN = {"P99_JWT": "any.thing.atall"}


def command(*words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "conformance", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", **environ},
        timeout=180,
        check=False,
    )


PROFILE = """
[target]
name = "t"
base_url = "http://127.0.0.1:1/api/v1"
[accounts.caller]
name = "alice"
jwt = "x.y.z"
"""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "--target", "absent.toml"], "absent.toml: no such file"),
        (["run", "--target", "http://"], "http://"),
        (["run", "--target", "ftp://host/x"], "ftp"),
        (["run", "--scope", "some"], "--scope"),
        (["run", "--seed", "x"], "--seed"),
        (["run", "--require", "most"], "--require"),
        (["run", "--label", "novalue"], "--label"),
        (["run", "--nonsense"], "--nonsense"),
        (["run", "--target", "bad.toml"], "bad.toml: target.colour: unknown key"),
        (["run", "--target", "price.toml"], "price.toml: markets[0].resting_buy"),
        (["run", "--target", "unset.toml"], "ALICE_JWT"),
        (["run", "--target", "production.toml", "--scope", "full"], "read-only"),
        (["run", "--target", "http://exchange.example/api", "--scope", "full"], "profile"),
        (["run", "-k", "("], "-k"),
        (["run", "--report-dir", "bad.toml"], "bad.toml"),
        (["explain", "list.limit-maxx"], "did you mean list.limit-max"),
        (["sign", "limit=5"], "P99_API_SECRET"),
        (["forge", "no signature", "http://h/x"], "P99_API_KEY"),
        (["forge", "a token of alg none", "http://h/x"], "P99_JWT"),
        (["forge", "a good one", "http://h/x"], "no credentials are called 'a good one'"),
        (["run", "--waivers", "absent.toml"], "absent.toml: no such file"),
        (["sandbox", "--fault", "limit-unbound"], "did you mean limit-unbounded"),
        (["sandbox", "--port", "99999"], "--port"),
        (["sandbox", "--profile-out", "no/such/folder.toml"], "no/such/folder.toml"),
        (["requirements", "list.limit"], "no requirement 'list.limit'"),
        (["nonsense"], "nonsense"),
    ],
)
def test_bad_input_is_one_clear_message_and_exit_2(words: list[str], says: str, tmp_path: Path) -> None:
    market = '[[markets]]\nsymbol = "A"\nresting_buy = 0.5\nresting_sell = "0.6"\nquantity = "1"\n'
    for name, text in {
        "bad.toml": PROFILE.replace('name = "t"', 'name = "t"\ncolour = "blue"'),
        "price.toml": PROFILE + market,
        "unset.toml": PROFILE.replace('"x.y.z"', '{ env = "ALICE_JWT" }'),
        "production.toml": PROFILE.replace('name = "t"', 'name = "t"\nenvironment = "production"'),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = command(*words, cwd=tmp_path, **TOKEN)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "reports" / "results.json").exists()


def test_a_bare_url_without_credentials_says_which_variables_to_set(tmp_path: Path) -> None:
    done = command("run", "--target", "http://127.0.0.1:1", cwd=tmp_path)
    assert done.returncode == 2
    assert "P99_JWT" in done.stderr


def test_a_target_that_is_not_there_is_inconclusive(tmp_path: Path) -> None:
    done = command("run", "--target", "http://127.0.0.1:1/api/v1", cwd=tmp_path, **TOKEN)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "refused" in done.stdout
    results = json.loads((tmp_path / "reports" / "results.json").read_text(encoding="utf-8"))
    assert results["verdict"] == "inconclusive"
    assert "any.thing.atall" not in done.stdout + done.stderr + json.dumps(results)


def test_credentials_that_are_refused_are_inconclusive(tmp_path: Path) -> None:
    with Sandbox().serve() as served:
        done = command("run", "--target", served.base_url, cwd=tmp_path, **TOKEN)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "401 BAD_TOKEN: the token is refused" in done.stdout


def test_a_bare_url_judges_what_it_can(tmp_path: Path) -> None:
    sandbox = Sandbox()
    with sandbox.serve() as served:
        sandbox.exchange.inject(from_record("alice", record("one", status="canceled")))
        done = command("run", "--target", served.base_url, cwd=tmp_path, P99_JWT=sandbox.gatekeeper.keys["alice"].jwt)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no violation found" in done.stdout


def test_a_waived_violation_fails_no_run_and_annotations_stand_before_the_verdict(tmp_path: Path) -> None:
    waiver = """[[waiver]]
requirement = "list.limit-max"
target = "sandbox"
owner = "orders"
reason = "the gateway caps at 50"
expires = 2999-01-01
"""
    (tmp_path / "waivers.toml").write_text(waiver, encoding="utf-8")
    with profile_in(tmp_path, faults.load()["limit-above-maximum-is-default"].sandbox()):
        words = ["run", "--target", "profile.toml", "-k", "list_limit"]
        failed = command(*words, cwd=tmp_path, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(tmp_path / "job.md"))
        waived = command(*words, "--waivers", "waivers.toml", cwd=tmp_path, GITHUB_ACTIONS="true")
    assert (failed.returncode, waived.returncode) == (1, 0), failed.stdout + waived.stdout
    assert [line.partition(" ")[0] for line in failed.stdout.splitlines() if line.startswith("::")] == ["::error"]
    assert [line.partition(" ")[0] for line in waived.stdout.splitlines() if line.startswith("::")] == ["::warning"]
    assert (tmp_path / "job.md").read_text(encoding="utf-8").startswith("## not conformant: 1 requirement violated")
    assert failed.stdout.splitlines()[-1].endswith("exit 1: a requirement is violated")
    assert waived.stdout.splitlines()[-1].endswith("exit 0: no violation except waived ones")
    assert "(1 waived)" in " ".join(waived.stdout.split())
    results = json.loads((tmp_path / "reports" / "results.json").read_text(encoding="utf-8"))
    [entry] = [entry for entry in results["requirements"] if entry["id"] == "list.limit-max"]
    assert (entry["verdict"], entry["waiver"]["owner"], results["select"]) == ("fail", "orders", "list_limit")


def found(results: dict[str, Any]) -> tuple[Any, ...]:
    """What the same seed has to bring about again, however long things take: on a busy machine more looks are needed,
    readers ask for more lists, and more is to be cleared after a race.
    """
    timely = {"set-up", "looks", "readers", "clean-up"}
    sent = {purpose: sent for purpose, sent in results["requests"]["by_purpose"].items() if purpose not in timely}
    return sent, [(entry["id"], entry["verdict"]) for entry in results["requirements"]]


def test_a_run_that_selects_nothing_is_inconclusive(tmp_path: Path) -> None:
    done = command("run", "-k", "nothing_at_all", cwd=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr


def test_a_run_leaves_its_reports_and_nothing_else(tmp_path: Path) -> None:
    done = command("run", "-k", "any_sequence", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["reports"]


def test_the_same_seed_gives_the_same_verdicts_and_requests_whatever_surrounds_it(tmp_path: Path) -> None:
    told = []
    surroundings: tuple[dict[str, str], ...] = (
        {},
        {"PYTEST_ADDOPTS": "--collect-only -p no:python", "PYTEST_PLUGINS": "absent"},
    )
    for number, around in enumerate(surroundings):
        words = ("--seed", "11", "--label", "build=7", "--report-dir", f"r{number}", "-k", "list_filters or users")
        done = command("run", *words, cwd=tmp_path, **around)
        assert done.returncode == 0, done.stdout + done.stderr
        results = json.loads((tmp_path / f"r{number}" / "results.json").read_text(encoding="utf-8"))
        told.append(found(results))
        assert (results["seed"], results["labels"]) == (11, {"build": "7"})
        # what the next one meets in the user's folder
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n", encoding="utf-8")
        (tmp_path / "conftest.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    assert told[0] == told[1]


def test_the_catalogue_is_printed_whole(tmp_path: Path) -> None:
    printed = json.loads(command("requirements", "--json", cwd=tmp_path).stdout)
    assert [entry["id"] for entry in printed] == list(requirements.load())
    clamped = next(entry for entry in printed if entry["id"] == "list.limit-max")
    assert "limit-unbounded" in clamped["faults"]
    assert any("test_a_limit_above_the_maximum_is_clamped" in check for check in clamped["checks"])
    text = command("requirements", "list.limit-max", cwd=tmp_path).stdout
    assert "A limit above 200 is treated as 200." in text


def test_every_requirement_is_explained(tmp_path: Path) -> None:
    told = traceability.descriptions()
    for id, names in traceability.checks_by_requirement().items():
        assert all(told.get(name) for name in names), id
    done = command("explain", "list.limit-max", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    for words in (
        "A limit above 200 is treated as 200.",
        "request parameters, limit",
        "test_a_limit_above",
        "Honours any limit",
    ):
        assert words in text


def test_a_suite_that_breaks_says_so(tmp_path: Path) -> None:
    broken = (
        "from conformance.judging.stages import Stages\n"
        "Stages._set_up = lambda *_: TypeError('boom')\n"
        "from conformance.cli import main\n"
        f"main(['run', '--report-dir', {str(tmp_path)!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", broken], capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "the suite itself failed" in done.stdout
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["exit_code"] == 4
