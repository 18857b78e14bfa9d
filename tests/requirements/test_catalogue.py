"""The catalogue of requirements: complete, and well kept."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from conformance import contract, requirements
from conformance.requirements import CatalogueError

# The documents, as sources name them, and the operation of openapi.yaml that each of them defines.
DOCUMENTS = {"list-orders": "get", "cancel-all": "delete"}

# How a source says that the documents stop short of the requirement.
STOPS_SHORT = ("RFC", "not in the documents", "not documented", "is documented", "in neither document")

AN_ID = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)?")

CATALOGUE = requirements.load()

ENTRY = {"level": "must", "says": "X.", "source": "s", "causes": ["A bug."]}


def operation(document: str) -> dict[str, Any]:
    described: dict[str, Any] = contract.description()["paths"]["/spot/orders"][DOCUMENTS[document]]
    return described


def parameters() -> Iterator[tuple[str, str]]:
    """Each document, with each parameter that it has a row for; credentials are the samples' matter."""
    for document in DOCUMENTS:
        for each in operation(document)["parameters"]:
            name = each.get("name") or each["$ref"].rpartition("/")[2]
            if name not in ("timestamp", "signature"):
                yield document, name


def errors() -> Iterator[tuple[str, str, str]]:
    """Each document, with each status and code of an error that it names."""
    for document in DOCUMENTS:
        for status, answer in operation(document)["responses"].items():
            if status.startswith("5"):
                for example in answer["content"]["application/json"]["examples"].values():
                    yield document, status, example["value"]["error"]


def musts(document: str) -> list[requirements.Requirement]:
    return [entry for entry in CATALOGUE.values() if entry.level == "must" and document in entry.source]


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.id)
def test_every_entry_says_what_and_where(entry: requirements.Requirement) -> None:
    assert AN_ID.fullmatch(entry.id)
    assert entry.says.endswith(".")
    assert entry.says.count(". ") == 0, "one sentence"
    assert all(cause.endswith(".") and cause != entry.says for cause in entry.causes)
    assert entry.source.startswith((*DOCUMENTS, "not in the documents"))


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.id)
def test_a_level_is_as_high_as_its_source_bears(entry: requirements.Requirement) -> None:
    if entry.level == "must":
        assert not any(words in entry.source for words in STOPS_SHORT), "the documents alone do not say so"
    if entry.source.startswith("not in the documents"):
        assert entry.level == "advisory"


@pytest.mark.parametrize("section", requirements.SECTIONS)
def test_a_section_has_what_is_said_and_what_follows(section: str) -> None:
    levels = {entry.level for entry in CATALOGUE.values() if entry.section == section}
    assert levels >= {"must", "implied"}


@pytest.mark.parametrize("section", requirements.SECTIONS)
def test_an_area_stands_in_one_section(section: str) -> None:
    here, elsewhere = (
        {entry.id.partition(".")[0] for entry in CATALOGUE.values() if (entry.section == section) is inside}
        for inside in (True, False)
    )
    assert here
    assert not here & elsewhere


@pytest.mark.parametrize(("document", "name"), list(parameters()))
def test_every_parameter_has_a_must(document: str, name: str) -> None:
    assert any(f"request parameters, {name}" in entry.source for entry in musts(document))


@pytest.mark.parametrize(("document", "status", "code"), list(errors()))
def test_every_documented_error_has_a_must(document: str, status: str, code: str) -> None:
    assert any(status in entry.says and code in entry.says for entry in musts(document))


@pytest.mark.parametrize("name", contract.schema("order")["required"])
def test_every_field_has_a_requirement(name: str) -> None:
    assert contract.schema("order")["properties"][name]["x-requirement"] in CATALOGUE


def test_sections_come_in_the_documents_order() -> None:
    sections = [entry.section for entry in CATALOGUE.values()]
    assert sections == sorted(sections, key=list(requirements.SECTIONS).index)


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
