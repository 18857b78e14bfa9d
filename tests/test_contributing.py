"""docs/contributing.md, followed to the letter on a copy of the package: what it says to add works, and is enough."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

CHECKOUT = Path(__file__).parent.parent
GUIDE = (CHECKOUT / "docs" / "contributing.md").read_text(encoding="utf-8")

# What a new requirement with its check and its fault may cost.
MOST_LINES, MOST_FILES = 60, 3

# The tests that hold the catalogue, the ids, the imports and the decorators together.
OF_THE_CATALOGUE = (
    "tests/requirements/test_catalogue.py",
    "tests/test_ids.py",
    "tests/test_walls.py",
    "tests/judging/test_traceability.py",
)

BLOCK = re.compile(
    r"^(?P<new>New file|At the end of|In) `(?P<path>[^`]+)`"
    r"(?:, (?P<where>above|below|in place of) `(?P<line>[^`]+)`)?:\n"
    r"\n```\w+\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A block of code, and where the guide says that it goes: beside `line`, if there is one."""

    path: str
    text: str
    new: bool
    where: str | None
    line: str | None


def blocks(title: str) -> list[Block]:
    """The code of the guide's section with this title."""
    [section] = (each for each in GUIDE.split("\n## ") if each.partition("\n")[0] == title)
    found = [
        Block(match["path"], match["text"], match["new"] == "New file", match["where"], match["line"])
        for match in BLOCK.finditer(section)
    ]
    fenced = [language for language in re.findall(r"^```(\w+)$", section, re.MULTILINE) if language != "sh"]
    assert len(found) == len(fenced), "a block of code without a place"
    return found


def follow(folder: Path, title: str) -> None:
    """Do in the folder what the section says."""
    for block in blocks(title):
        path = folder / block.path
        assert path.exists() != block.new, block.path
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(_with(before, block), encoding="utf-8")


def _with(before: str, block: Block) -> str:
    if block.line is None:
        return before + block.text
    whole = f"{block.line}\n"
    assert before.count(f"\n{whole}") == 1, f"{block.path} has not one line {block.line!r}"
    put = {"above": block.text + whole, "below": whole + block.text, "in place of": block.text}[block.where or ""]
    return before.replace(f"\n{whole}", f"\n{put}")


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    for name in ("conformance", "schemas", "tests"):
        shutil.copytree(CHECKOUT / name, tmp_path / name)  # with what Python has compiled, which takes seconds
    for name in ("openapi.yaml", "pyproject.toml", "conftest.py"):
        shutil.copy(CHECKOUT / name, tmp_path)
    yield tmp_path
    shutil.rmtree(tmp_path)


def run(folder: Path, *words: str) -> str:
    """What Python prints that is started in the folder with these words, and ends well."""
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return " ".join(done.stdout.split())


def all_of(folder: Path, *commands: Sequence[str]) -> list[str]:
    """What each of these commands prints, two of them at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda words: run(folder, *words), commands))


def test_a_requirement_with_its_check_and_fault(copy: Path) -> None:
    title = "A requirement, with its check and its fault"
    added = blocks(title)
    assert sum(len(block.text.splitlines()) for block in added) <= MOST_LINES
    assert len({block.path for block in added}) <= MOST_FILES
    follow(copy, title)
    matrix, catalogue, printed, summary, _ = all_of(
        copy,
        ("conformance", "prove", "cached-for-everybody"),
        ("pytest", "-q", "-p", "no:cacheprovider", *OF_THE_CATALOGUE),
        ("conformance", "requirements", "list.private"),
        ("conformance", "run", "-k", "shared_cache", "--report-dir", "run", "--verbose"),
        ("ruff", "check", "conformance"),
    )
    assert "every fault found" in matrix
    assert '"violated": [ "list.private" ]' in " ".join((copy / "reports" / "prove.json").read_text("utf-8").split())
    assert "passed" in catalogue
    for words in ("advisory", "test_caching::test_no_shared_cache_keeps_a_list", "cached-for-everybody"):
        assert words in printed
    assert "pass list.private" in summary


def test_everything_else(copy: Path) -> None:
    for title in ("A check", "A fault", "A twin", "A profile key", "A report format", "An operation"):
        follow(copy, title)
    profile = (
        "from conformance.profile.loader import loads\n"
        "from conformance.sandbox import Sandbox\n"
        "with Sandbox().serve() as served:\n"
        "    text = served.profile_toml\n"
        "for seconds in ('2.5', '0'):\n"
        "    try:\n"
        "        told = text.replace('[target]', f'[target]\\nconnect_timeout_s = {seconds}')\n"
        "        print(loads(told, 'p').target.connect_timeout_s)\n"
        "    except Exception as error:\n"
        "        print(error)\n"
    )
    (copy / "try_profile.py").write_text(profile, encoding="utf-8")
    matrix, summary, tried, _ = all_of(
        copy,
        ("conformance", "prove", "kept-by-nobody", "two-hundred-and-twenty-at-most"),
        ("conformance", "run", "-k", "newest_alone or one_buy or traded_market", "--report-dir", "run", "--verbose"),
        ("try_profile",),
        ("ruff", "check", "conformance"),
    )
    assert "every fault found, no violation on a twin" in matrix
    for id in ("list.limit-exact", "cancel.complete", "markets.traded"):
        assert f"pass {id} " in summary
    assert "requirements.csv" in summary
    assert "list.private" not in (copy / "run" / "requirements.csv").read_text(encoding="utf-8")
    assert "markets.traded,advisory,pass" in (copy / "run" / "requirements.csv").read_text(encoding="utf-8")
    assert tried == "2.5 p: target.connect_timeout_s: has to be above 0, not 0"
