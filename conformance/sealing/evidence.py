"""The exchanges of a report: the findings have them, and the archive; and records in them can be judged again."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from conformance import contract
from conformance.operations import LIST
from conformance.oracle.records import read
from conformance.profile.secrets import MASK
from conformance.results import Results
from conformance.verdict import Verdict


def unlike(results: Results, archive: bytes) -> Iterator[str]:
    """Where the HTTP archive has other exchanges than the findings."""
    try:
        told = [_entry(each) for each in json.loads(archive)["log"]["entries"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        yield f"no HTTP archive: {error!r}"
        return
    shown = {each[:-1] for each in told}
    known = set()
    for result in results.requirements:
        for finding in result.findings:
            for number, exchange in enumerate(finding.exchanges):
                known.add(each := _exchange(exchange))
                # Two findings may show different parts of one long answer: the archive has the first of them.
                if each[:-1] not in shown:
                    place = f"{result.id}, exchange {number + 1} of {finding.check}"
                    yield f"{place}: {each[1]} {each[2]} is not in it as results.json has it"
    for each in told:
        if each not in known:
            yield f"{each[1]} {each[2]}, answered {each[4] or 'with nothing'}, is in no finding like this"


def _entry(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    asked, answer = entry["request"], entry["response"]
    at = datetime.fromisoformat(entry["startedDateTime"])
    body = (asked.get("postData") or {}).get("text", "")
    return at, asked["method"], asked["url"], body, answer["status"], answer["content"].get("text") or ""


def _exchange(exchange: Mapping[str, Any]) -> tuple[Any, ...]:
    at = datetime.fromtimestamp(exchange["sent_at"], UTC)
    body, status = exchange["request_body"] or "", exchange["status"] or 0
    return at, exchange["method"], exchange["url"], body, status, exchange["response_body"] or ""


def judged_otherwise(results: Results) -> Iterator[str]:
    """What the lists in the evidence show by themselves, and no verdict says: each record judged again, and whether
    the newest order comes first.
    """
    verdicts = {each.id: each for each in results.requirements}
    told: set[str] = set()
    for result in results.requirements:
        for finding in result.findings:
            for exchange in filter(_is_plain_list, finding.exchanges):
                for id in _broken_by(exchange["response_body"]) - told:
                    other = verdicts.get(id)
                    if other is not None and other.selected and other.verdict is not Verdict.FAIL:
                        told.add(id)
                        shown = f"a list in the evidence of {result.id} breaks it"
                        yield f"requirements.{id}: verdict {other.verdict.word}, and {shown}"


def _is_plain_list(exchange: Mapping[str, Any]) -> bool:
    """A list as it came: where something was replaced, nothing can be said of what stood there."""
    return (exchange.get("operation"), exchange["status"], exchange.get("forged")) == (LIST.name, 200, None) and (
        MASK not in exchange["response_body"]
    )


def _broken_by(body: str) -> set[str]:
    """The requirements on orders, and on their order, that the records break. The body has one record a line."""
    orders, broken = [], set()
    for line in body.splitlines():
        text = line.strip().removesuffix(",")
        if not (text.startswith("{") and text.endswith("}")):
            continue
        try:
            reading = read(contract.decode(text.encode()))
        except (contract.NotJson, UnicodeEncodeError):
            continue
        broken |= {breach.requirement for breach in reading.breaches if breach.requirement}
        if reading.order is not None:
            orders.append(reading.order)
    if any(upper.created_at < lower.created_at for upper, lower in pairwise(orders)):
        broken.add("list.newest-first")
    return broken
