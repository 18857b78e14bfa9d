"""docs/profile.md has each key that a profile can have, with an example that is accepted, and no other."""

import copy
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from conformance import contract
from conformance.profile import actions, loader
from conformance.profile.complaints import first_complaint

PAGE = (Path(__file__).parent.parent.parent / "docs" / "profile.md").read_text(encoding="utf-8")
SCHEMA = contract.schema("profile")
TABLES = SCHEMA["properties"]
ROW = re.compile(r"^\| `(\w+)` \| `(.*?)` \| (.+) \|$", re.M)


def section(title: str) -> dict[str, str]:
    """The keys of a section, with their examples."""
    [text] = (each for each in PAGE.split("\n## ") if each.startswith(title))
    return {key: example for key, example, _ in ROW.findall(text.partition("| key |")[2])}


PLACE = TABLES["driver"]["properties"]["place"]
ACTION = SCHEMA["$defs"]["action"]["properties"]
TOP = {key for key, each in TABLES.items() if each["type"] == "string"}
KEYS = {
    "The top of the file": TOP,
    "`[target]`": TABLES["target"]["properties"].keys(),
    "`[accounts.caller]`": SCHEMA["$defs"]["account"]["properties"].keys(),
    "`[[markets]]`": TABLES["markets"]["items"]["properties"].keys(),
    "`[[lanes]]`": TABLES["lanes"]["items"]["properties"].keys(),
    "`[driver.place]`": PLACE["properties"].keys() | ACTION.keys(),
}
WHOLE = next(text for text in re.findall(r"^```toml\n(.*?)^```$", PAGE, re.M | re.S))


@pytest.mark.parametrize("title", KEYS)
def test_no_key_is_missing_and_none_is_invented(title: str) -> None:
    assert section(title).keys() == KEYS[title]


def test_every_table_has_a_section() -> None:
    tables = TABLES.keys() - TOP
    assert {re.match(r"`\[+(\w+)", title)[1] for title in KEYS if title.startswith("`")} == tables  # type: ignore[index]
    [head] = re.findall(r"^## (`\[driver.*)$", PAGE, re.M)
    assert set(re.findall(r"driver\.(\w+)", head)) == TABLES["driver"]["properties"].keys()


def place_of(document: dict[str, Any], title: str) -> dict[str, Any]:
    """The table of the section in a profile."""
    document["lanes"] = [{"caller": "caller"}]
    found: dict[str, dict[str, Any]] = {
        "The top of the file": document,
        "`[target]`": document["target"],
        "`[accounts.caller]`": document["accounts"]["caller"],
        "`[[markets]]`": document["markets"][0],
        "`[[lanes]]`": document["lanes"][0],
        "`[driver.place]`": document["driver"]["place"],
    }
    return found[title]


@pytest.mark.parametrize(("title", "key"), [(title, key) for title in KEYS for key in sorted(KEYS[title])])
def test_every_example_is_accepted(title: str, key: str) -> None:
    document = tomllib.loads(WHOLE)
    example = tomllib.loads(section(title)[key])
    assert list(example) == [key]
    place_of(document, title).update(copy.deepcopy(example))
    assert first_complaint(contract.validator("profile"), document) is None


def test_the_whole_example_is_a_profile() -> None:
    names = ("ALICE_JWT", "ALICE_KEY", "ALICE_SECRET", "BOB_JWT")
    profile = loader.loads(WHOLE, "the page", environ={name: name.lower() for name in names})
    assert [profile.accounts[key].name for key in ("caller", "other")] == ["alice", "bob"]
    assert all((profile.driver.place, profile.driver.cancel, profile.driver.inject, profile.driver.fault))


def test_placeholders_are_those_of_the_driver() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]* \| ([^|]*) \| ([^|]*) \|$", PAGE, re.M)
    told = {name: tuple({*re.findall(r"\{(\w+)\}", cell)} for cell in cells) for name, *cells in rows}
    known = {name: ({*each.needed}, {*each.optional}) for name, each in actions._PLACEHOLDERS.items()}
    assert told == known
