"""Each sentence of the documents is carried, each requirement is asked for, and the page of both is up to date."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from conformance import requirements
from conformance.requirements import CatalogueError
from conformance.requirements.sentences import DOCUMENTS, Sentence, _sentence, carriers, sentences

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "write_traceability.py"
ENTRY = {"document": "list-orders", "place": "description", "text": "返回订单。", "carried_by": ["list.array"]}


def test_every_sentence_is_carried_or_has_a_reason() -> None:
    assert all(bool(each.carried_by) != bool(each.reason) for each in sentences())
    assert {each.document for each in sentences()} == set(DOCUMENTS)
    assert all(each.reason.endswith(".") for each in sentences() if each.reason)


def test_a_sentence_that_says_how_a_server_behaves_is_carried() -> None:
    """What has no requirement is a title, the head of a table or a link."""
    reasons = {each.reason.split(" of ")[0].split(" to ")[0] for each in sentences() if each.reason}
    assert reasons == {"A heading.", "The title.", "A link", "The head"}
    assert {each.reason for each in sentences() if each.shows} == {""}


def test_every_requirement_is_asked_for_unless_its_source_says_that_it_is_not() -> None:
    missing = [id for id, told in carriers().items() if not told]
    sources = {id: requirements.load()[id].source for id in missing}
    assert {id: source for id, source in sources.items() if not source.startswith("not in the documents")} == {}
    assert {requirements.load()[id].level for id in missing} <= {"advisory"}


@pytest.mark.parametrize("id", [id for id, told in carriers().items() if told])
def test_a_source_names_the_documents_and_the_places_of_its_sentences(id: str) -> None:
    source, told = requirements.load()[id].source, carriers()[id]
    assert {each.document for each in told} == {name for name in DOCUMENTS if name in source}
    # A sample's place is its whole name; a row of a table may be meant by the name of the table.
    assert [each.place for each in told if each.place.partition(",")[0] not in source] == []


def test_the_page_is_what_the_script_writes() -> None:
    script = runpy.run_path(str(SCRIPT))
    assert script["PAGE"].read_text(encoding="utf-8") == script["page"]()


def test_a_document_that_says_something_else_is_seen() -> None:
    script = runpy.run_path(str(SCRIPT))
    own = "\n".join(each.text for each in sentences() if each.document == "cancel-all")
    samples = '\n200 OK\n{"canceled": []}\n'
    assert script["differences"]("cancel-all", own + samples) == []
    [changed] = script["differences"]("cancel-all", own.replace("多个", "").replace("所有市场", "一个市场"))
    assert "所有市场" in changed
    [longer] = script["differences"]("cancel-all", own + "\n最多撤销 200 笔。")
    assert "最多撤销200笔" in longer


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"carried_by": ["list.arrow"]}, "carried_by names list.arrow"),
        ({"carried_by": []}, "either carried_by or reason"),
        ({"reason": "A heading."}, "either carried_by or reason"),
        ({"text": ""}, "either text or shows"),
        ({"document": "lists"}, "a document, one of list-orders, cancel-all"),
        ({"leaves_open": ["colour"]}, "leaves_open names colour"),
        ({"colour": "blue"}, "unknown key colour"),
    ],
)
def test_an_entry_that_is_wrong_is_named(changed: dict[str, Any], says: str) -> None:
    assert _sentence(ENTRY) == Sentence("list-orders", "description", "返回订单。", carried_by=("list.array",))
    with pytest.raises(CatalogueError, match=says):
        _sentence({**ENTRY, **changed})
