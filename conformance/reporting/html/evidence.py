"""How a finding is shown: step by step, with what it names marked, and how to meet it again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance import language, requirements
from conformance.naming import count
from conformance.operations import CANCEL_ALL, LIST
from conformance.reporting import reproduction, words
from conformance.reporting.html.difference import Pieces, difference
from conformance.reporting.html.sequence import Diagram, diagram
from conformance.results import Finding, RequirementResult, Results

_MOST_FINDINGS = 5  # of one requirement; more of them say the same

_ID = re.compile(r'"id"\s*:\s*"?([^",}\s]+)')
_FIELD = re.compile(r'"(\w+)"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)')
_LEFT_OUT = re.compile(r"^  … (\d+) more …$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding, with the exchange that shows it best, all of them as a diagram, and how to meet it again."""

    finding: Finding
    want: Pieces
    got: Pieces
    best: Mapping[str, Any] | None
    cancels: bool
    steps: tuple["Step", ...]
    diagram: Diagram | None
    curl: str
    run: str

    @classmethod
    def of(cls, finding: Finding, results: Results) -> "Shown":
        """As the report shows it."""
        want, got = difference(language.say(finding.want), language.say(finding.got))
        best = _best(finding)
        again = [each for each in finding.exchanges if each["account"] == "driver" or each is best]
        return cls(
            finding=finding,
            want=want,
            got=got,
            best=best,
            cancels=best is not None and best.get("operation") == CANCEL_ALL.name,
            steps=_steps(finding),
            diagram=diagram(finding.exchanges, results.target["name"]),
            curl="\n".join(map(reproduction.curl, again)),
            run=reproduction.run_line(results, finding),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """An exchange, from when to when it took in ms after the first was sent, and what of its answer the finding names.

    It `matters` unless it merely reads an account that has nothing to do with it. The last one always does.
    """

    at_ms: int
    ended_ms: int
    exchange: Mapping[str, Any]
    named: tuple[tuple[str, bool], ...]
    matters: bool


@dataclass(frozen=True, slots=True)
class Affected:
    """A violation that may follow from another one, with its first finding; `why`: the reason, where it is known."""

    result: RequirementResult
    first: Shown
    why: str

    @classmethod
    def of(cls, result: RequirementResult, results: Results) -> "Affected":
        """As the report shows it."""
        known = {(each.id, each.of): each.why for each in requirements.consequences()}
        why = known.get((result.id, result.consequence_of or ""), "")
        return cls(result, Shown.of(result.findings[0], results), why)


@dataclass(frozen=True, slots=True)
class Violated:
    """A violated requirement with its findings, the first of them the one to look at; `more` are not shown.

    `affected`: the violations that may follow from it.
    """

    result: RequirementResult
    first: Shown
    others: tuple[Shown, ...]
    more: int
    waived: str
    causes: tuple[str, ...]
    affected: tuple[Affected, ...]

    @classmethod
    def of(cls, result: RequirementResult, results: Results) -> "Violated":
        """As the report shows it."""
        first, *others = (Shown.of(each, results) for each in result.findings[:_MOST_FINDINGS])
        return cls(
            result=result,
            first=first,
            others=tuple(others),
            more=len(result.findings[_MOST_FINDINGS:]),
            waived=words.waived(result),
            causes=entry.causes if (entry := requirements.load().get(result.id)) else (),
            affected=tuple(
                Affected.of(each, results) for each in results.requirements if each.consequence_of == result.id
            ),
        )


def _best(finding: Finding) -> Mapping[str, Any] | None:
    """The exchange to make again: the last cancel-all, or else the last of all."""
    cancels = [exchange for exchange in finding.exchanges if exchange.get("operation") == CANCEL_ALL.name]
    return next(reversed(cancels or finding.exchanges), None)


def _steps(finding: Finding) -> tuple[Step, ...]:
    if not finding.exchanges:
        return ()
    started = finding.exchanges[0]["sent_at"]
    named = [tuple(named_in(each["response_body"], finding)) for each in finding.exchanges]
    concerned = {
        each["account"]
        for each, lines in zip(finding.exchanges, named, strict=True)
        if each.get("operation") != LIST.name or any(told for _, told in lines) or each is finding.exchanges[-1]
    }
    return tuple(
        Step(
            at_ms=round((each["sent_at"] - started) * 1000),
            ended_ms=round((each["sent_at"] - started) * 1000 + each["elapsed_ms"]),
            exchange=each,
            named=lines,
            matters=each["account"] in concerned or not concerned,
        )
        for each, lines in zip(finding.exchanges, named, strict=True)
    )


def split(line: str, told: bool, finding: Finding) -> Pieces:
    """A record in pieces, each with whether it is a field that the finding names."""
    said = set(re.findall(r"\w+", f"{finding.want} {finding.got}")) if told else set()
    pieces: Pieces = []
    end = 0
    for field in _FIELD.finditer(line):
        if field[1] in said:
            pieces += [(line[end : field.start()], False), (field[0], True)]
            end = field.end()
    return [*pieces, (line[end:], False)]


def marked(body: str, finding: Finding) -> list[tuple[str, bool]]:
    """The lines of an answer, each with whether the finding names the order that is in it.

    How many orders are left out is ours, and said in the language of the reader.
    """
    said = f"{finding.want} {finding.got}"
    spoken = _LEFT_OUT.sub(lambda found: f"  … {language.say(found[0].strip(' …') + ' …')}", body)
    return [(line, bool((id := _ID.search(line)) and id[1] in said)) for line in spoken.splitlines() or [""]]


def named_in(body: str, finding: Finding) -> Iterator[tuple[str, bool]]:
    """The lines that the finding names, without the others; where there is none, how many orders there are."""
    lines = marked(body, finding)
    orders = [line for line, _ in lines if _ID.search(line)]
    left_out = sum(int(number) for number in _LEFT_OUT.findall(body))
    if not orders or len(lines) < 3:
        yield from lines
    elif not any(told for _, told in lines):
        say = told = count(len(orders) + left_out, "order")
        if any(named for each in finding.exchanges for _, named in marked(each["response_body"], finding)):
            say = f"{told}, {'not' if told == '1 order' else 'none of them'} the one that this is about"
        yield (language.say(say), False)  # it stands among what is quoted
    else:
        yield from ((line.strip(), True) for line, told in lines if told)
        rest = len(orders) + left_out - sum(told for _, told in lines)
        if rest:
            yield (language.say(f"and {count(rest, 'other')}"), False)
