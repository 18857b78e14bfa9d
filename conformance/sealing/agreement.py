"""Whether a report agrees with itself: what each file says is worked out again from what is in the others.

Everything here follows from results.json by the rules that gave the verdicts, so that it needs no target. Each line
begins with the file, and with the place in it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import jsonschema
from junitparser import JUnitXml
from junitparser.junitparser import JUnitXmlError

from conformance import contract, requirements
from conformance.exits import Exit
from conformance.gating import consequences, waivers
from conformance.gating.gate import decide
from conformance.gating.selecting import private_ids
from conformance.gating.waivers import Waiver
from conformance.judging.configuration import configuration
from conformance.reporting import statement
from conformance.reporting.files import FORMATS
from conformance.reporting.junit import junit_xml
from conformance.requirements.selection import selection
from conformance.results import RequirementResult, Results
from conformance.sealing import evidence
from conformance.sealing.container import GATE, Damaged
from conformance.verdict import Verdict

_RESULTS = "results.json"


def results_in(files: Mapping[str, bytes]) -> Results:
    """The results among the files. Raises Damaged."""
    try:
        document = json.loads(files[_RESULTS])
        contract.validator("results").validate(document)
        return Results.from_json(document)
    except jsonschema.ValidationError as error:
        raise Damaged(f"{_RESULTS}: {error.json_path}: {error.message[:200]}") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Damaged(f"{_RESULTS}: no results of a run: {error}") from None


def disagreements(files: Mapping[str, bytes]) -> list[str]:
    """What does not agree, a line each; empty where all of it does."""
    try:
        results = results_in(files)
    except Damaged as error:
        return [str(error)]
    found = [f"{_RESULTS}: {line}" for line in _of_results(results, json.loads(files[_RESULTS]))]
    found += [f"exchanges.har: {line}" for line in evidence.unlike(results, files["exchanges.har"])]
    found += [f"{_RESULTS}: {line}" for line in evidence.judged_otherwise(results)]
    found += [f"junit.xml: {line}" for line in _of_junit(results, files["junit.xml"])]
    found += [f"summary.md: {line}" for line in _of_summary(results, files["summary.md"].decode(errors="replace"))]
    report = {name: files[name] for name in FORMATS}
    due = json.loads(statement.of_run(results, report))
    found += [f"statement.json: {line}" for line in _differences(_json(files["statement.json"]), due)]
    if GATE in files:
        found += [f"{GATE}: {line}" for line in _of_gate(results, files)]
    return found


def _of_results(results: Results, document: Mapping[str, Any]) -> Iterator[str]:
    for name, due in (
        ("exit_code", int(results.exit_code)),
        ("verdict", results.verdict.word),
        ("partial", results.partial),
    ):
        if document[name] != due:
            yield f"{name} is {document[name]}, and {due} follows from the verdicts"
    counted = sum(results.by_purpose.values())
    if results.by_purpose and counted != results.requests["total"]:
        yield f"requests.total is {results.requests['total']}, and by_purpose has {counted}"
    if sum(results.requests.get(name, 0) for name in ("setup", "readers")) > results.requests["total"]:
        yield "requests.total is less than its parts"
    own = configuration(None)
    same = results.configuration.get("catalogue") == own["catalogue"]
    if same and [each.id for each in results.requirements if not each.private] != list(requirements.load()):
        yield "requirements: not those of the catalogue that it names"
    for each in results.requirements:
        yield from (f"requirements.{each.id}: {line}" for line in _of_requirement(each, results))
        known = requirements.load().get(each.id) if same else None
        if known is not None and (each.level, each.says, each.source) != (known.level, known.says, known.source):
            yield f"requirements.{each.id}: level, says or source is not as in the catalogue that it names"
    for counting, each in zip(consequences.checked(results).requirements, results.requirements, strict=True):
        if counting.consequence_of != each.consequence_of:
            yield f"requirements.{each.id}: consequence_of {each.consequence_of}, which is no violation that counts"


def _of_requirement(result: RequirementResult, results: Results) -> Iterator[str]:
    if (result.verdict is Verdict.FAIL) != bool(result.findings):
        yield f"verdict {result.verdict.word} with {len(result.findings)} findings"
    told = [f"want {each.want}; got {each.got}" for each in result.findings]
    if told and result.reason not in told:
        yield "reason: no finding says so"
    if result.waiver is not None:
        accepted = waivers.apply(results, [_waiver(result.waiver)], _day(results)).accepted
        if [each.id for each in accepted] != [result.id]:
            yield "waiver: it does not accept this"


def _waiver(entry: Mapping[str, Any]) -> Waiver:
    return Waiver(**{**entry, "expires": date.fromisoformat(entry["expires"])})


def _day(results: Results) -> date:
    return datetime.fromisoformat(results.started_at).date()


def _of_junit(results: Results, content: bytes) -> Iterator[str]:
    try:
        told = _cases(content)
    except (JUnitXmlError, SyntaxError, ValueError) as error:
        yield f"no JUnit XML: {error}"
        return
    due = _cases(junit_xml(results).encode())
    for name in due.keys() | told.keys():
        if told.get(name) != due.get(name):
            yield f"testcase {name}: {_spelled(told.get(name))}; results.json says {_spelled(due.get(name))}"


def _cases(content: bytes) -> dict[str, list[tuple[str, str]]]:
    """What became of each case: the kinds of its results."""
    document = JUnitXml.fromstring(content)
    return {
        case.name: [(type(each).__name__.lower(), each.type or "") for each in case.result]
        for suite in document
        for case in suite
    }


def _spelled(case: list[tuple[str, str]] | None) -> str:
    if case is None:
        return "no such case"
    return ", ".join(f"{kind} ({type_})" for kind, type_ in case) or "passed"


def _of_summary(results: Results, text: str) -> Iterator[str]:
    # It may be in either language.
    if not re.search(rf"(exit|退出码) {int(results.exit_code)}:", text):
        yield f"it does not say exit {int(results.exit_code)}"
    told = {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}
    due = {each.id for each in results.with_verdict(Verdict.FAIL) if each.consequence_of is None}
    for id in sorted(told ^ due):
        yield f"{id} is {'' if id in told else 'not '}among the violated, unlike in results.json"


def _of_gate(results: Results, files: Mapping[str, bytes]) -> Iterator[str]:
    """What a gate said, decided again as it was told. A baseline is not in the file: what was worse than it is taken
    from the statement.
    """
    told = _json(files[GATE])
    try:
        predicate = told["predicate"]
        given = predicate["p99_gate"]
        agreed = None if given["waivers"] is None else [_waiver(each) for each in given["waivers"]]
        decision = decide(
            consequences.checked(results),
            waivers=agreed,
            require=given["require"],
            today=date.fromisoformat(given["day"]),
            selected=selection(given["only"], given["skip"], by_any_command=True, private=private_ids(results)),
        )
        code = decision.exit_code
        if given["baseline"] is None:
            due = {**given, "problems": list(decision.problems)}
        else:
            code = code or Exit(predicate["p99_run"]["exit_code"])
            due = given
        report = (_RESULTS, statement.sha256(files[_RESULTS]))
        yield from _differences(told, json.loads(statement.of_gate(decision.results, code, report, due)))
    except (KeyError, TypeError, ValueError) as error:
        yield f"no statement of a gate: {error!r}"


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        return f"no JSON: {error}"


def _differences(told: Any, due: Any, place: str = "$") -> Iterator[str]:
    """Where two JSON values differ, each place once."""
    if isinstance(told, dict) and isinstance(due, dict):
        for name in dict.fromkeys((*told, *due)):
            if name not in told or name not in due:
                yield f"{place}.{name}: {'does not follow' if name in told else 'lacks, and follows'} from results.json"
            else:
                yield from _differences(told[name], due[name], f"{place}.{name}")
    elif isinstance(told, list) and isinstance(due, list) and len(told) == len(due):
        for number, (each, other) in enumerate(zip(told, due, strict=True)):
            yield from _differences(each, other, f"{place}[{number}]")
    elif told != due:
        yield f"{place}: {_short(told)}, and {_short(due)} follows from the other files"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:100]}…"
