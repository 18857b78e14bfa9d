"""The summary as Markdown, for a job summary or a merge request."""

from collections.abc import Mapping

from conformance.reporting import overload, words
from conformance.reporting.changes import cell
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict


def markdown(results: Results) -> str:
    """The verdict, the counts, each violation with what was wanted and got, and what was not judged."""
    target = results.target
    labels = "".join(f", {cell(name)}={cell(value)}" for name, value in results.labels.items())
    parts = [
        f"## {cell(words.headline(results))}",
        f"{cell(target['name'])} ({target['environment']}, {target['scope']} scope{labels}) · {words.seeds(results)} · "
        f"exit {results.exit_code}: {words.means(results)}",
        _counts(results),
        *filter(None, [words.fidelity(results)]),
        f"{words.requests(results)}\n\n{words.time(results)}",
    ]
    if figures := overload.told(results):
        parts.append(_overload(figures))
    if violated := [each for each in results.with_verdict(Verdict.FAIL) if each.consequence_of is None]:
        rows = "\n".join(_violation(each, results) for each in violated)
        parts.append(f"### Violated\n\n| requirement | level | should have been | was |\n|---|---|---|---|\n{rows}")
    if undecided := words.by_reason(results.with_verdict(Verdict.INCONCLUSIVE)):
        parts.append("### Inconclusive\n\n" + _listed(undecided))
    if unexercised := words.by_fact(results.with_verdict(Verdict.NONE)):
        told = {"; add ".join(filter(None, (fact.says, fact.enable))): ids for fact, ids in unexercised.items()}
        parts.append("### Not tested\n\n" + _listed(told))
    listed = {
        "Waivers to correct": results.bad_waivers,
        "Left on the target": results.mishaps.left,
        "Crashes": results.mishaps.crashes,
    }
    for title, lines in listed.items():
        if lines:
            parts.append(f"### {title}\n\n" + "\n".join(f"- {cell(line)}" for line in lines))
    return "\n\n".join(parts) + "\n"


def _overload(figures: overload.Told) -> str:
    tables = ((overload.COLUMNS, figures.rows), (overload.PERCENTILES, figures.latencies))
    texts = [
        "\n".join(
            [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *(f"| {' | '.join(row)} |" for row in rows)]
        )
        for columns, rows in tables
        if rows
    ]
    return "\n\n".join(["### Overload", figures.ledger, *texts, figures.recovery])


def _counts(results: Results) -> str:
    columns, counts = words.counts(results)
    lines = [f"| | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    lines += [f"| {level} | {' | '.join(map(str, numbers))} |" for level, numbers in counts.items()]
    return "\n".join(lines)


def _violation(result: RequirementResult, results: Results) -> str:
    found = result.findings[0]
    beside = filter(None, (words.rate(result), words.waived(result), words.affected(results, result)))
    told = "".join(f", {cell(each)}" for each in beside)
    return f"| `{result.id}`{told} | {result.level} | {cell(found.want)} | {cell(found.got)} |"


def _listed(ids: Mapping[str, list[str]]) -> str:
    return "\n".join(f"- {cell(reason)}: {', '.join(f'`{id}`' for id in listed)}" for reason, listed in ids.items())
