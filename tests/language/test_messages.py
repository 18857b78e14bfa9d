"""No message is without its Chinese: `python scripts/messages.py` names those that are, and `update` enters them."""

from types import ModuleType


def test_no_message_is_missing(messages: ModuleType) -> None:
    missing, _ = messages.missing_and_stale(messages.read())
    assert missing == [], "run scripts/messages.py update, and translate these"


def test_every_translation_has_the_gaps_of_its_message(messages: ModuleType) -> None:
    assert messages.wrong_gaps(messages.read()) == []
