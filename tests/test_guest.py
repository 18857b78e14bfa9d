"""The package as a guest in an environment: other projects' pytest does not notice that it is installed."""

import importlib.metadata
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.options import RUN
from conformance.sandbox import Sandbox
from tests.sandboxes import profile_in

CHECKOUT = Path(__file__).parent.parent
QUICK = ("-k", "start_is_inclusive")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment in which the wheel is installed, beside the libraries of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=CHECKOUT, capture_output=True, check=True)
    [wheel] = folder.glob("*.whl")
    venv.create(folder / "venv", symlinks=True)
    [packages] = (folder / "venv" / "lib").glob("python*/site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    for library in Path(sysconfig.get_path("purelib")).iterdir():
        ours = library.name.startswith(("conformance", "p99_conformance"))
        if library.suffix != ".pth" and not ours:
            (packages / library.name).symlink_to(library)
    return folder / "venv" / "bin" / "python"


@pytest.fixture
def profile(tmp_path: Path) -> Iterator[Path]:
    """A profile that lies outside the folder that pytest is started in."""
    (tmp_path / "profiles").mkdir()
    with profile_in(tmp_path / "profiles", Sandbox()) as path:
        yield path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Somebody's project, with a test that passes."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "test_theirs.py").write_text("def test_it(): pass\n", encoding="utf-8")
    return folder


def run(python: Path, folder: Path, *words: str) -> tuple[int, str]:
    around = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(
        [python, "-m", *words], cwd=folder, env=around, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_nothing_is_registered_with_pytest(installed: Path) -> None:
    [packages] = installed.parent.parent.glob("lib/python*/site-packages")
    [found] = importlib.metadata.distributions(name="p99-conformance", path=[str(packages)])
    assert {each.group for each in found.entry_points} == {"console_scripts"}


def test_a_project_may_have_the_same_options(installed: Path, project: Path) -> None:
    names = [option.name for option in RUN]
    lines = ["def pytest_addoption(parser):", *(f"    parser.addoption({name!r})" for name in names)]
    (project / "conftest.py").write_text("\n".join(lines), encoding="utf-8")
    code, printed = run(installed, project, "pytest", *(f"{name}=theirs" for name in names))
    assert (code, "1 passed" in printed) == (0, True), printed


def test_a_project_may_have_a_package_of_the_same_name(installed: Path, project: Path) -> None:
    (project / "conformance").mkdir()
    (project / "conformance" / "__init__.py").write_text("theirs = True\n", encoding="utf-8")
    (project / "test_theirs.py").write_text("from conformance import theirs\ndef test_it(): assert theirs\n", "utf-8")
    code, printed = run(installed, project, "pytest")
    assert (code, "1 passed" in printed) == (0, True), printed


@pytest.mark.parametrize("spelled", ["--target={}", "--target {}"])
def test_the_plugin_works_where_it_is_named(installed: Path, project: Path, profile: Path, spelled: str) -> None:
    target = spelled.format(profile).split()
    code, printed = run(installed, project, "pytest", "-p", "conformance.plugin", *target, *QUICK)
    assert code == 0, printed
    assert "no violation found" in printed
    assert json.loads((project / "reports" / "results.json").read_text(encoding="utf-8"))["exit_code"] == 0


def test_the_command_line_works_where_it_is_installed(installed: Path, project: Path) -> None:
    code, printed = run(installed, project, "conformance", "explain", "list.limit-max")
    assert code == 0, printed
    assert "no_more_than_the_limit" in printed
    assert "limit-unbounded" in printed


def test_in_a_checkout_a_profile_may_stand_behind_a_space() -> None:
    reports = CHECKOUT / "reports"
    with tempfile.TemporaryDirectory(dir=reports) as folder, profile_in(Path(folder), Sandbox()) as profile:
        words = ["pytest", "--target", str(profile), f"--report-dir={folder}", *QUICK]
        done = subprocess.run([sys.executable, "-m", *words], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no violation found" in done.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--target={}"], 0),
        (["--target", "{}"], 4),
        (["-p", "conformance.plugin", "--target", "{}"], 0),
    ],
    ids=["with =", "with a space", "with a space, the plugin named"],
)
def test_in_a_checkout_a_profile_may_lie_outside(words: list[str], code: int, profile: Path) -> None:
    words = [*(word.format(profile) for word in words), f"--report-dir={profile.parent}", *QUICK]
    done, printed = run(Path(sys.executable), CHECKOUT, "pytest", *words)
    assert done == code, printed
    assert ("no violation found" in printed) == (code == 0)


def test_elsewhere_the_plugin_of_a_checkout_works_too(project: Path, profile: Path) -> None:
    words = ["pytest", "-p", "conformance.plugin", f"--target={profile}", *QUICK]
    code, printed = run(Path(sys.executable), project, *words)
    assert code == 0, printed
