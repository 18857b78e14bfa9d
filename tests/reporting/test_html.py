"""The HTML report: whole in one file, and every word of a target stays text."""

import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conformance.cost import Work, fine_step, limit
from conformance.reporting.html import html
from conformance.reporting.html.difference import difference
from conformance.reporting.html.evidence import Violated, named_in, split
from conformance.reporting.html.latency import plots
from conformance.reporting.html.sequence import diagram
from conformance.requirements import load as catalogue
from conformance.results import Finding, Mishaps, Missing, Results
from conformance.verdict import Verdict
from tests.orders import record
from tests.reporting.test_terminal import CLEAN, requirement, results

HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{ 7 * 7 }}"


def exchange(method: str = "GET", at: float = 0.0, **changed: Any) -> dict[str, Any]:
    return {
        "account": "alice",
        "method": method,
        "url": "http://127.0.0.1:9/api/v1/spot/orders?limit=1000&timestamp=1&signature=***",
        "request_headers": {"X-MBX-APIKEY": "***"},
        "request_body": "",
        "status": 200,
        "response_headers": {"Content-Type": "application/json"},
        "response_body": json.dumps([record("one-order-of-many")]),
        "sent_at": at,
        "elapsed_ms": 10.0,
        "problem": None,
        "operation": {"GET": "list", "DELETE": "cancel-all"}.get(method),
        **changed,
    }


RACE = (exchange("GET"), exchange("DELETE", 0.02), exchange("DELETE", 0.021, account="bob", elapsed_ms=2.0))
FOUND = Finding("each order in one answer", "one-order-of-many in 2", "…", "test_races::test_x", "1. places", RACE)


def violated(*findings: Finding) -> Results:
    failed = replace(requirement("list.limit-max", Verdict.FAIL), findings=findings)
    unmet = replace(requirement("list.status", Verdict.NONE), missing=(Missing("an order is known", "a driver"),))
    doubtful = requirement("list.safe", Verdict.INCONCLUSIVE, reason="it differs")
    given = results(CLEAN, failed, unmet, doubtful)
    return replace(given, labels={"build": "1.4.2"}, latency_ms={"list": {"2": 10, "20": 1}, "cancel-all": {"5": 3}})


class Page(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(attribute)) is not None]


def test_requests_are_counted_in_numbers_whatever_mapping_holds_them() -> None:
    given = replace(results(CLEAN), requests=Counter({"total": 30, "setup": 10, "retried_503": 0}))
    assert "30 requests" in " ".join(Page(html(given)).text.split())


def test_what_requests_were_for_and_how_fast_they_could_have_been() -> None:
    told = limit(4.0, 30, [Work(cpu_s=0.06, chain=25, shared=30, connections=1, round_trips={fine_step(0.1): 30})])
    text = " ".join(Page(html(replace(results(CLEAN), by_purpose={"lists": 20}, limit=told))).text.split())
    assert "limit of 3.0 s: all requests at 100 ms, over 1 connection lists 20 all 30 one after another 25:" in text


def test_every_link_leads_somewhere_in_the_file_itself() -> None:
    page = Page(html(violated(FOUND, FOUND)))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {"list.limit-max", "finding-list.limit-max", "finding-list.limit-max-2"} <= set(ids)
    assert {link.removeprefix("#") for link in page.values("href")} <= set(ids)
    assert not page.values("src")


def test_what_a_target_says_stays_text() -> None:
    said = exchange(response_body=HOSTILE, response_headers={HOSTILE: HOSTILE}, url=f"http://x/{HOSTILE}")
    found = Finding(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, (said, said))
    given = violated(found)
    page = Page(html(replace(given, labels={HOSTILE: HOSTILE}, target={**given.target, "name": HOSTILE})))
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not [tag for tag, _ in page.elements if tag == "img"]
    assert page.text.count("{{ 7 * 7 }}") > 5
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]


def test_nothing_but_its_own_style_and_script_may_run() -> None:
    source = html(violated(FOUND))
    policy = next(attributes["content"] for _, attributes in Page(source).elements if "http-equiv" in attributes)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert " style=" not in source


def test_a_finding_says_what_was_asked_what_came_and_what_should_have() -> None:
    text = " ".join(Page(html(violated(FOUND))).text.split())
    assert "Should have been each order in one answer Was one-order-of-many in 2" in text
    assert "# ms Asked Came 1 0–10 alice: GET /api/v1/spot/orders?limit=1000 200 in 10.0 ms" in text
    assert "3 21–23 bob: DELETE /api/v1/spot/orders?limit=1000 200 in 2.0 ms" in text
    assert "Drawn input 1. places" in text
    alone = " ".join(Page(html(violated(replace(FOUND, exchanges=RACE[:1])))).text.split())
    assert "Asked alice: GET /api/v1/spot/orders?limit=1000 Came 200 in 10.0 ms [{" in alone
    assert "build 1.4.2" in text
    assert "needs an order is known add a driver list.status" in text
    assert "it differs list.safe" in text


def test_what_went_wrong_beside_the_verdicts_stands_first() -> None:
    mishaps = Mishaps(interrupted=True, left=("an order of alice",), crashes=("test_x: KeyError",))
    text = " ".join(Page(html(replace(violated(FOUND), mishaps=mishaps))).text.split())
    assert "Interrupted: 3 of 4 requirements tested so far" in text
    assert "partial: the run ended before every check had its turn" in text
    left, crashed, failed = map(text.index, ("an order of alice", "test_x: KeyError", "each order in one answer"))
    assert left < crashed < failed


def test_the_whole_catalogue_fits(tmp_path: Path) -> None:
    page = Page(html(results(*(requirement(id, Verdict.PASS, entry.level) for id, entry in catalogue().items()))))
    assert set(catalogue()) <= set(page.values("id"))


@pytest.mark.parametrize(
    ("want", "got", "marked"),
    [
        ("a (buy canceled) with filled_qty 0", "a (buy filled) with filled_qty 0", (["canceled"], ["filled"])),
        ("created_at descending", "e54f above 86ab", ([], [])),
        ("status 200", "status 500", (["200"], ["500"])),
    ],
)
def test_the_words_that_differ_are_marked(want: str, got: str, marked: tuple[list[str], list[str]]) -> None:
    told = difference(want, got)
    assert tuple("".join(text for text, _ in pieces) for pieces in told) == (want, got)
    assert tuple([text for text, differs in pieces if differs] for pieces in told) == marked


def test_the_fields_that_a_finding_names_are_marked_in_its_order() -> None:
    finding = replace(FOUND, want="one-order-of-many as it was", got="status open became canceled on one-order-of-many")
    line = '{"id":"one-order-of-many", "price": 0.50, "status" : "canceled", "side":"buy"}'
    assert [text for text, named in split(line, True, finding) if named] == ['"status" : "canceled"']
    assert "".join(text for text, _ in split(line, True, finding)) == line
    assert split(line, False, finding) == [(line, False)]


@pytest.mark.parametrize(
    ("want", "told"),
    [
        ("one-order-of-many as it was", "3 orders, none of them the one that this is about"),
        ("at most 2 orders", "3 orders"),
    ],
)
def test_that_an_answer_lacks_the_order_is_said_only_where_the_finding_names_one(want: str, told: str) -> None:
    def lines(*ids: str) -> str:
        return ",\n".join(json.dumps(record(id)) for id in ids)

    others, about = lines("another", "a-third", "a-fourth"), lines("one-order-of-many", "another", "a-third")
    finding = replace(
        FOUND, want=want, got="x", exchanges=tuple(exchange(response_body=each) for each in (others, about))
    )
    assert list(named_in(others, finding)) == [(told, False)]


def test_steps_that_have_nothing_to_do_with_it_are_left_to_the_whole_story() -> None:
    about = json.dumps([record("one-order-of-many")])
    others = json.dumps([record("another"), record("a-third")])
    bystander = exchange("GET", 0.01, account="bob", response_body=others)
    story = (exchange(response_body=about), bystander, exchange("DELETE", 0.02, response_body=about))
    [violation] = [each for each in violated(replace(FOUND, exchanges=story)).requirements if each.findings]
    steps = Violated.of(violation, violated(FOUND)).first.steps
    assert [step.matters for step in steps] == [True, False, True]
    touched = replace(FOUND, exchanges=(*story, exchange("GET", 0.03, account="bob", response_body=about)))
    [violation] = [each for each in violated(touched).requirements if each.findings]
    assert all(step.matters for step in Violated.of(violation, violated(FOUND)).first.steps)


def test_the_last_step_is_shown_whatever_it_is() -> None:
    """An error that was armed, and the list that did not answer it: no order is named, and only the driver acts."""
    story = (exchange("POST", account="driver"), exchange("GET", 0.01, response_body='{"error":"UNKNOWN_KEY"}'))
    story = ({**story[0], "operation": None}, story[1])
    given = replace(FOUND, exchanges=story)
    [violation] = [each for each in violated(given).requirements if each.findings]
    assert [step.matters for step in Violated.of(violation, violated(given)).first.steps] == [True, True]


def test_what_overlaps_is_drawn_so() -> None:
    drawn = diagram(RACE, "sandbox")
    assert drawn is not None
    assert [name for name, _ in drawn.lifelines] == ["alice", "bob", "sandbox"]
    first, second, third = drawn.arrows
    assert first.y < first.answered_y < second.y < third.y < third.answered_y < second.answered_y
    assert re.fullmatch(r"alice: 1 · GET \?limit=1000 .*; bob: 3 · DELETE .*200 in 2 ms", drawn.says)
    assert diagram(RACE[:1], "sandbox") is None


def test_half_and_most_of_the_answers_are_told() -> None:
    [listed, canceled] = plots({"cancel-all": {"5": 3}, "list": {"2": 60, "20": 36, "1000": 4}})
    assert (listed.operation, listed.answers, listed.half, listed.most) == (
        "GET /spot/orders",
        "100 answers",
        "2 ms",
        "20 ms",
    )
    assert [bar.count for bar in listed.bars] == [60, 0, 0, 36, 0, 0, 0, 0, 4]
    assert [bar.at_most for bar in listed.bars][-1] == "1 s"
    assert canceled.bars[0].height == 90
    assert plots({}) == []


def test_how_faithful_the_target_is_stands_at_the_top() -> None:
    page = html(results(CLEAN))
    assert "<p>Fidelity: shape 1 of 1</p>" in page.partition("<main>")[0]
