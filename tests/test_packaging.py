"""The package as an index and an older Python see it."""

import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(words, cwd=CHECKOUT, capture_output=True, check=True)
    return folder


def test_the_wheel_has_its_types_its_licence_and_complete_metadata(built: Path) -> None:
    [path] = built.glob("*.whl")
    wheel = zipfile.ZipFile(path)
    names = wheel.namelist()
    assert "conformance/py.typed" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"conformance", "p99_conformance"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    [metadata] = (name for name in names if name.endswith("/METADATA"))
    told = message_from_bytes(wheel.read(metadata))
    assert (told["License-Expression"], told["License-File"], told["Requires-Python"]) == ("MIT", "LICENSE", ">=3.11")
    assert told["Author"] == "p99-conformance contributors"
    assert "Programming Language :: Python :: 3.13" in told.get_all("Classifier", [])
    assert told["Description-Content-Type"] == "text/markdown"


def test_the_source_distribution_can_be_built_and_has_the_licence(built: Path) -> None:
    [path] = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "CHANGELOG.md", "README.md", "openapi.yaml", "schemas/profile.json", "pyproject.toml"} <= names


def test_an_older_python_is_told_so_plainly() -> None:
    script = "import sys; sys.version_info = (3, 9, 1, 'final', 0); import conformance"
    done = subprocess.run([sys.executable, "-c", script], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stderr == "p99-conformance needs Python 3.11 or later; this is Python 3.9\n"
