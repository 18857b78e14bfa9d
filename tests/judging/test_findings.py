"""What reports show of a violation."""

from dataclasses import replace

from conformance.evidence import Exchange
from conformance.judging.findings import finding
from conformance.verdict import Breach, Violation

BODY = "[" + ", ".join(f'{{"id": "order-{number}"}}' for number in range(20)) + "]"
FIRST = Exchange("alice", "GET", "http://127.0.0.1/first", {}, "", 200, {}, BODY, 1.0, 1.5)
SECOND = replace(FIRST, url="http://127.0.0.1/second", sent_at=2.0)
VIOLATION = Violation(Breach("order-7 secret", "order-9"), SECOND, FIRST)


def test_exchanges_are_shown_in_the_order_in_which_they_were_sent() -> None:
    found = finding(VIOLATION, "test_a::b", lambda text: text)
    assert [each["url"] for each in found.exchanges] == [FIRST.url, SECOND.url]
    assert found.evidence.index("/first") < found.evidence.index("/second")
    assert (found.want, found.got, found.check, found.example) == ("order-7 secret", "order-9", "test_a::b", None)


def test_of_a_long_answer_it_shows_what_the_violation_names() -> None:
    shown = finding(VIOLATION, "c", lambda text: text).exchanges[0]["response_body"]
    assert '"order-7"' in shown
    assert '"order-9"' in shown
    assert '"order-14"' not in shown


def test_every_text_is_made_fit_for_a_report() -> None:
    found = finding(VIOLATION, "c", lambda text: text.replace("secret", "***").replace("order-7", "it"), "a secret")
    assert (found.want, found.example) == ("it ***", "a ***")
    assert "order-7" not in found.evidence + str(found.exchanges)
