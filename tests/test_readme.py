"""README in both languages: what they show of a run is what such a run prints, and both say the same."""

import re
from itertools import zip_longest
from pathlib import Path

import pytest

from conformance import faults
from tests.runs import start
from tests.sandboxes import profile_in

CHECKOUT = Path(__file__).parent.parent
ENGLISH, CHINESE = ((CHECKOUT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))

BLOCK = re.compile(r"^```(sh|toml|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r" +# .*$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)]+)\)")
QUOTED = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
SECTION = re.compile(r"^#+ .*$", re.MULTILINE)


def steady(printed: str) -> str:
    """What a run prints, without its numbers of requests and its times."""
    return re.sub(r"^(seed|种子) 0 · .*$|^[\d.]+ s\W.*$", "", printed, flags=re.MULTILINE)


@pytest.mark.parametrize(("readme", "lang"), [(ENGLISH, "en"), (CHINESE, "zh")], ids=["en", "zh"])
def test_a_run_ends_as_is_shown(readme: str, lang: str, tmp_path: Path) -> None:
    [shown] = SHOWN.findall(readme)
    with profile_in(tmp_path, faults.load()["limit-unbounded"].sandbox(0)) as profile:
        words = ("--lang", lang, "run", "--target", profile, "--only", "list.limit-max")
        done = start(tmp_path, *words).end()
    assert done.code == 1, done.printed
    assert steady(shown) in steady(done.stdout), done.printed


def test_both_have_the_same_sections_blocks_and_tables() -> None:
    assert HEADING.findall(CHINESE) == HEADING.findall(ENGLISH)
    ours, theirs = ([COMMENT.sub("", block) for _, block in BLOCK.findall(each)] for each in (CHINESE, ENGLISH))
    assert ours == theirs
    assert len(ROW.findall(CHINESE)) == len(ROW.findall(ENGLISH))


def test_each_section_names_the_same_pages_commands_and_options() -> None:
    for ours, theirs in zip_longest(SECTION.split(CHINESE), SECTION.split(ENGLISH), fillvalue=""):
        due, told = _named(theirs), _named(ours)
        assert due - told == set(), theirs


def _named(section: str) -> set[str]:
    """The pages that a section links to, and what it quotes but for what a run prints, which is in another language."""
    text = BLOCK.sub("", SHOWN.sub("", section)).replace("--lang zh ", "")
    links = {link for link in LINK.findall(text) if not link.startswith("README")}
    return links | {quoted for quoted in QUOTED.findall(text) if " of " not in quoted}
