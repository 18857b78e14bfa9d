"""The catalogue of requirements: complete, and well kept."""

import pytest

from conformance import requirements
from conformance.requirements import CatalogueError

MUST = """
order.fields order.enums order.filled-qty order.avg-fill-price order.quote-quantity order.reject-reason
list.array list.own-only list.newest-first list.limit-default list.limit-exact list.limit-max list.symbol
list.symbol-omitted list.status list.active-is-two-lists list.start list.end list.db-error
cancel.envelope cancel.empty cancel.complete cancel.exact cancel.terminal-untouched cancel.own-only cancel.scope-symbol
cancel.scope-all cancel.status cancel.keeps-fills cancel.updated-at cancel.busy cancel.busy-transient
auth.jwt auth.api-key
"""
IMPLIED = """
order.nullable order.id order.enums-words order.decimals order.timestamps order.status-agrees order.reject-reason-absent
list.array-json list.limit-below list.limit-after-filters list.window-empty list.conjunctive list.page-walk list.safe
cancel.idempotent cancel.expired-untouched cancel.keeps-average cancel.keeps-rest cancel.updated-at-stable
cancel.visible cancel.final cancel.concurrent-once cancel.concurrent-place cancel.concurrent-fill
auth.same-account auth.required auth.jwt-forged auth.signature error.envelope error.bad-input weight.zero
"""
ADVISORY = """
order.id-uuid order.price-respected cancel.busy-code cancel.busy-no-loss auth.timestamp error.envelope-4xx latency
"""


ENTRY = {"level": "must", "says": "X.", "source": "s", "causes": ["A bug."]}


@pytest.mark.parametrize(("level", "ids"), [("must", MUST), ("implied", IMPLIED), ("advisory", ADVISORY)])
def test_every_requirement_has_its_level(level: str, ids: str) -> None:
    assert {entry.id for entry in requirements.load().values() if entry.level == level} == set(ids.split())


@pytest.mark.parametrize("entry", requirements.load().values(), ids=lambda entry: entry.id)
def test_every_entry_says_what_and_where(entry: requirements.Requirement) -> None:
    assert entry.says.endswith(".")
    assert entry.says.count(". ") == 0, "one sentence"
    assert all(cause.endswith(".") and cause != entry.says for cause in entry.causes)
    assert entry.source.startswith(("list-orders", "cancel-all", "not in the documents"))
    assert (entry.level == "advisory") or not entry.source.startswith("not in the documents")


def test_sections_come_in_the_documents_order() -> None:
    sections = [entry.section for entry in requirements.load().values()]
    assert sections == sorted(sections, key=requirements.SECTIONS.index)


def test_every_silence_says_what_is_accepted_and_why() -> None:
    silences = requirements.silences()
    assert len({silence.id for silence in silences}) == len(silences) >= 10
    for silence in silences:
        assert all(text.endswith(".") for text in (silence.about, silence.accepted, silence.why)), silence.id


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({**ENTRY, "level": "may"}, "list.toml: list.x: the level 'may' is none of must"),
        ({"level": "must", "says": "X.", "causes": ["A bug."]}, "list.toml: list.x: no source"),
        ({**ENTRY, "colour": "b"}, "colour"),
        ({**ENTRY, "causes": []}, "list.toml: list.x: causes"),
        ({**ENTRY, "causes": "A bug."}, "list.toml: list.x: causes"),
    ],
)
def test_an_entry_that_is_wrong_is_named(entry: dict[str, object], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "_document", lambda section: {"list.x": entry} if section == "list" else {})
    with pytest.raises(CatalogueError) as wrong:
        requirements.load.__wrapped__()
    assert says in str(wrong.value)


def test_an_id_stands_in_one_section(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "_document", lambda section: {"list.x": ENTRY})
    with pytest.raises(CatalogueError, match=r"list\.toml: list\.x is in the catalogue already"):
        requirements.load.__wrapped__()
