"""No message is without its Chinese: `python scripts/messages.py` names those that are, and `update` enters them."""

from string import Formatter
from types import ModuleType

import pytest

from conformance import language
from tests.language.english import english, english_in_page


def test_no_message_is_missing(messages: ModuleType) -> None:
    missing, _ = messages.missing_and_stale(messages.read())
    assert missing == [], "run scripts/messages.py update, and translate these"


def test_every_translation_has_the_gaps_of_its_message(messages: ModuleType) -> None:
    assert messages.wrong_gaps(messages.read()) == []


@pytest.mark.usefixtures("chinese")
def test_whatever_is_made_from_a_message_is_said_as_it_stands_there(messages: ModuleType) -> None:
    """With a number in each gap: by its own translation, though others fit too, and with nothing left in English."""
    found = [each for each in messages.read() if each.id and not any(map(_named, _gaps(each.id)))]
    assert len(found) > 1500
    said = {each.id: language.say(_filled(each.id)) for each in found}
    assert {id: left for id, text in said.items() if (left := list(english(text)))} == {}
    due = {each.id: _filled(each.string) for each in found if "}{" not in each.id and each.id != SELECTION}
    assert {id: said[id] for id in due if said[id].replace(" ", "") != due[id].replace(" ", "")} == {}


# An expression for pytest, which stays as it is.
SELECTION = "({0}) and ({1})"


def _gaps(message: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(message) if name is not None]


def _named(gap: str) -> bool:
    return not gap.isdecimal()  # of click, which says it itself


def _filled(message: str) -> str:
    return message.format(*["7"] * 9)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("列表显示 3 orders of alice", ["orders of alice"]),
        ('应为 "no such order"，见 `p99-conformance run`', []),
        ("limit buy 的 price；a::b[no such market]", []),
    ],
)
def test_english_is_seen_where_it_is_no_name(text: str, left: list[str]) -> None:
    assert list(english(text)) == left


def test_english_is_seen_in_a_page() -> None:
    page = (
        '<p title="x">not a list</p><code translate="no">no answer</code><i aria-label="one more of them">中文</i>'
        '<pre class="a" translate="no">a b c</pre><pre>drawn by <b>us</b></pre>'
    )
    assert list(english_in_page(page)) == ["not a list", "drawn by", "one more of them"]
