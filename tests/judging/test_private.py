"""docs/private-checks.md, followed to the letter; and what is wrong with a folder is told in one line."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance import cli
from conformance.cli import result_files
from conformance.gating.gate import decide
from conformance.gating.selecting import private_ids
from conformance.judging import private
from conformance.judging.configuration import profile_digest
from conformance.profile import ProfileError, loader
from conformance.reporting.files import NAMES
from conformance.requirements.selection import selection
from conformance.results import Results
from conformance.sandbox import Sandbox
from conformance.sealing.agreement import disagreements
from conformance.verdict import Verdict
from tests.gating.test_waivers import TODAY
from tests.reporting.test_terminal import requirement, results
from tests.runs import run
from tests.sandboxes import profile_in

PAGE = (Path(__file__).parent.parent.parent / "docs" / "private-checks.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^New file `([^`]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.M | re.S))
TOML, CHECKS = "private/requirements.toml", "private/test_acme.py"
IDS = ["acme.utf8", "acme.request-id"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the page, in this one."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "private"


def test_the_page_has_a_folder_that_can_be_read(folder: Path) -> None:
    assert list(FILES) == [TOML, CHECKS]
    found = private.load(folder)
    assert found.judged_by == {
        "acme.utf8": ["test_acme::test_a_list_is_utf8"],
        "acme.request-id": ["test_acme::test_a_list_has_a_request_id"],
    }
    assert [each.level for each in found.requirements.values()] == ["must", "advisory"]
    assert private.load(None) == private.NO_PRIVATE


def test_they_are_run_and_are_in_every_report(folder: Path, tmp_path: Path) -> None:
    with profile_in(tmp_path, Sandbox()) as profile:
        text = profile.read_text(encoding="utf-8")
        profile.write_text(f'checks = "private"\n{text}', encoding="utf-8")
        done = run(tmp_path, "--target", profile, "--only", "acme", "-k", "utf8 or request_id")
        digest = profile_digest(loader.load(profile))
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        folder.rename(elsewhere / "private")
        profile.rename(elsewhere / "profile.toml")
        assert profile_digest(loader.load(elsewhere / "profile.toml")) == digest
    assert done.code == 0, done.printed
    told = {each["id"]: each for each in done.results["requirements"] if each["private"]}
    assert {id: each["verdict"] for id, each in told.items()} == {"acme.utf8": "pass", "acme.request-id": "fail"}
    assert told["acme.request-id"]["checks"] == ["test_acme::test_a_list_has_a_request_id"]
    reports = {name: (tmp_path / "reports" / name).read_bytes() for name in NAMES}
    assert all(b"acme.request-id" in text for name, text in reports.items() if name != "exchanges.har")
    assert "Private checks" in reports["report.html"].decode()
    assert len(json.loads(reports["exchanges.har"])["log"]["entries"]) == 1
    assert disagreements(reports) == []
    read = result_files.read(tmp_path / "reports")
    left = decide(read, today=TODAY, selected=selection("acme.utf8", private=private_ids(read)))
    assert [each.id for each in left.results.at()] == ["acme.utf8"]


def test_they_are_listed_and_explained_with_the_profile_that_names_them(folder: Path) -> None:
    profile = folder.parent / "profile.toml"
    account = '[accounts.caller]\nname = "alice"\njwt = { env = "NOT_SET" }'  # no credential is needed for this
    profile.write_text(f'checks = "private"\n[target]\nname = "t"\nbase_url = "http://127.0.0.1"\n{account}\n')

    def told(*words: str, profile: Path | None = profile) -> str:
        target = ["--target", str(profile)] if profile else []
        return CliRunner().invoke(cli.main, [*words, *target], prog_name="p99-conformance").output

    listed = told("requirements", "acme.utf8")
    assert "A list is served as UTF-8" in listed
    assert "test_acme::test_a_list_is_utf8" in listed
    assert [each["id"] for each in json.loads(told("requirements", "--json"))][-2:] == IDS
    assert "## Private checks" in told("requirements", "--format", "markdown")
    assert "A list has an X-Request-Id." in " ".join(told("explain", "acme.request-id").split())
    assert "no requirement 'acme.utf8'" in told("explain", "acme.utf8", profile=None)
    (folder / "requirements.toml").write_text("[")
    assert "requirements.toml: is not valid TOML" in told("requirements")


def test_one_that_is_worse_than_in_the_baseline_shuts_the_gate() -> None:
    def of(verdict: Verdict) -> Results:
        own = replace(requirement("acme.utf8", verdict), private=True)
        return results(requirement("order.fields", Verdict.PASS), own)

    assert decide(of(Verdict.PASS), baseline=of(Verdict.PASS), today=TODAY).exit_code == 0
    worse = decide(of(Verdict.NONE), baseline=of(Verdict.PASS), today=TODAY)
    assert (worse.exit_code, worse.problems) == (3, ("acme.utf8 was pass in the baseline, and is none",))


def test_they_can_be_selected_like_others(folder: Path) -> None:
    own = private.load(folder).requirements
    assert selection("private", private=own).ids == selection("acme", private=own).ids == set(IDS)
    assert selection(skip="acme.utf8", private=own).ids >= {"acme.request-id", "list.limit-max"}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (TOML, "acme.utf8", "list.limit-max", "list.limit-max is a requirement of the suite itself"),
        (TOML, '["acme.utf8"]', "[utf8]", "utf8 is no id with a table of keys"),
        (TOML, '["acme.utf8"]', "[acme.utf8]", "acme is no id with a table of keys"),
        (TOML, '"must"', '"should"', "acme.utf8: the level 'should' is none of must, implied, advisory"),
        (TOML, "says", "said", "acme.utf8: unknown key 'said'; known here: level, says, source, why"),
        (TOML, "why", "causes", "is not valid TOML: Cannot overwrite a value"),
        (
            CHECKS,
            '"acme.utf8"',
            '"acme.utf"',
            "line 8: acme.utf is in no TOML file of this folder; did you mean acme.utf8",
        ),
        (CHECKS, '"acme.utf8"', '"list.array"', "line 8: list.array is a requirement of the suite itself: a private"),
        (CHECKS, '@verifies("acme.utf8")\n', "", "test_a_list_is_utf8 verifies no requirement: add @verifies(…)"),
        (CHECKS, "def test_a_list_is", "def test a list is", "line 10: expected '('"),
    ],
)
def test_a_mistake_is_one_line_with_its_file(file: str, old: str, new: str, says: str, folder: Path) -> None:
    path = folder.parent / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProfileError, match=f"{path.name}: {re.escape(says)}"):
        private.load(folder)


def test_a_module_with_the_name_of_one_of_the_suite_is_refused(folder: Path) -> None:
    (folder / "test_acme.py").rename(folder / "test_access.py")
    with pytest.raises(ProfileError, match="a module of the suite has this name"):
        private.load(folder)


def test_an_id_in_two_files_and_a_folder_without_any(folder: Path, tmp_path: Path) -> None:
    (folder / "more.toml").write_text(FILES[TOML], encoding="utf-8")
    with pytest.raises(ProfileError, match=r"acme.utf8 is in another file"):
        private.load(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ProfileError, match="no TOML file in it has a requirement"):
        private.load(tmp_path / "empty")


def test_a_folder_that_is_not_there_is_named_with_its_key(tmp_path: Path) -> None:
    with (
        pytest.raises(ProfileError, match=r"p: checks: there is no folder absent; a relative path starts"),
        profile_in(tmp_path, Sandbox()) as profile,
    ):
        loader.loads('checks = "absent"\n' + profile.read_text(encoding="utf-8"), "p", tmp_path)


def test_a_check_that_verifies_what_no_catalogue_has_ends_the_run(folder: Path, tmp_path: Path) -> None:
    text = FILES[CHECKS].replace('@verifies("acme.utf8")', '@verifies(*["acme.utf8", "acme.typo"])')
    (folder / "test_acme.py").write_text(text, encoding="utf-8")
    with profile_in(tmp_path, Sandbox()) as profile:
        profile.write_text('checks = "private"\n' + profile.read_text(encoding="utf-8"), encoding="utf-8")
        done = run(tmp_path, "--target", profile, "--only", "acme")
    assert (done.code, "KeyError: 'acme.typo'" in done.printed) == (4, True), done.printed
