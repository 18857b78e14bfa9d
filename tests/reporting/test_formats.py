"""What other tools read: each read back by a reader of its own."""

import json
import re
from dataclasses import replace

from haralyzer import HarParser
from markdown_it import MarkdownIt
from markdown_it.token import Token

from conformance.reporting.annotations import annotations
from conformance.reporting.har import har
from conformance.reporting.markdown import markdown
from conformance.results import Finding, Mishaps
from conformance.verdict import Verdict
from tests.reporting.test_html import FOUND, HOSTILE, RACE, exchange, violated
from tests.reporting.test_terminal import CLEAN, requirement, results

LOST = exchange("GET", 9.0, status=None, problem="connection refused", response_body="", response_headers={})
HOSTILE_FINDING = Finding(f"{HOSTILE}\n| x |", f"*a*\n# {HOSTILE}", "…", "a check", None, ())


def tokens(text: str) -> list[Token]:
    found = MarkdownIt("commonmark").enable("table").parse(text)
    return [each for token in found for each in (token, *(token.children or ()))]


def test_each_exchange_is_in_the_archive_once_and_in_order() -> None:
    archive = HarParser(json.loads(har(violated(FOUND, FOUND, replace(FOUND, exchanges=(LOST,))))))
    entries = archive.har_data["entries"]
    assert [entry["request"]["method"] for entry in entries] == ["GET", "DELETE", "DELETE", "GET"]
    assert [entry["response"]["status"] for entry in entries] == [200, 200, 200, 0]
    assert entries[0]["request"]["queryString"][0] == {"name": "limit", "value": "1000"}
    assert entries[0]["response"]["content"]["text"] == RACE[0]["response_body"]
    assert entries[1]["comment"] == "list.limit-max, alice"
    assert entries[3]["response"]["comment"] == "connection refused"
    assert entries[0]["startedDateTime"].endswith("+00:00")


def test_an_archive_without_exchanges_is_one_all_the_same() -> None:
    assert json.loads(har(results(CLEAN)))["log"]["entries"] == []


def test_the_summary_has_what_a_reviewer_looks_for() -> None:
    text = markdown(violated(FOUND))
    assert "| `list.limit-max` | must | each order in one answer | one-order-of-many in 2 |" in text.splitlines()
    assert "| must | 1 | 1 | 0 | 1 |" in text.splitlines()
    assert "- needs an order is known; add a driver: `list.status`" in text.splitlines()
    assert "build=1.4.2" in text
    assert text.startswith("## not conformant: 1 requirement violated")
    assert "30 requests, 10 of them set-up\n\n2.0 s\n" in text


def test_in_the_summary_what_a_target_says_stays_text() -> None:
    given = violated(HOSTILE_FINDING)
    hostile = replace(given, labels={HOSTILE: HOSTILE}, mishaps=Mishaps(left=(HOSTILE,), crashes=(f"<b>{HOSTILE}",)))
    found = tokens(markdown(hostile))
    assert not {"html_block", "html_inline", "image", "link_open", "em_open"} & {token.type for token in found}
    headings = [found[number + 1].content for number, token in enumerate(found) if token.type == "heading_open"]
    assert headings[1:] == ["Violated", "Inconclusive", "Not tested", "Left on the target", "Crashes"]
    rows = sum(token.type == "tr_open" for token in found)
    assert rows == 4 + 2


def test_a_waiver_is_said_beside_the_violation() -> None:
    given = violated(FOUND)
    [failed] = given.with_verdict(Verdict.FAIL)
    waived = replace(failed, waiver={"expires": "2026-12-31", "owner": "o", "reason": "r", "ticket": "EX-12"})
    accepted = replace(given, requirements=(CLEAN, waived))
    assert "| `list.limit-max`, waived until 2026-12-31 by o: r (EX-12) |" in markdown(accepted)
    assert [line.split()[0] for line in annotations(accepted)] == ["::warning"]


def test_annotations_are_a_line_each_whatever_is_in_them() -> None:
    advisory = replace(requirement("order.id-uuid", Verdict.FAIL, "advisory"), findings=(HOSTILE_FINDING,))
    doubtful = requirement("list.safe", Verdict.INCONCLUSIVE, reason="100% sure\nof nothing")
    given = results(
        CLEAN, requirement("list.limit-max", Verdict.FAIL), advisory, doubtful, mishaps=Mishaps(left=("x",))
    )
    lines = list(annotations(given))
    assert all(re.fullmatch(r"::(error|warning|notice) title=[^:,]+::[^\r\n]+", line) for line in lines)
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::notice", "::warning", "::warning"]
    assert "::warning title=inconclusive::100%25 sure%0Aof nothing (list.safe)" in lines
    assert "Should have been: at most 200 orders for limit=1000. Was: 333." in lines[0]
