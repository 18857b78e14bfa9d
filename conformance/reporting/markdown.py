"""The summary as Markdown, for a job summary or a merge request."""

from collections.abc import Iterable, Mapping

from conformance import language
from conformance.reporting import overload, words
from conformance.reporting.changes import cell
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict


def markdown(results: Results) -> str:
    """The verdict, the counts, each violation with what was wanted and got, and what was not judged."""
    target = results.target
    labels = "".join(f", {cell(name)}={cell(value)}" for name, value in results.labels.items())
    scope, seeds = _say(f"{target['scope']} scope"), _say(words.seeds(results))
    ended = _say(f"exit {results.exit_code}: {words.means(results)}")
    parts = [
        f"## {cell(words.headline(results))}",
        f"{cell(target['name'])} ({target['environment']}, {scope}{labels}) · {seeds} · {ended}",
        _counts(results),
        *filter(None, [_say(words.fidelity(results))]),
        f"{_say(words.requests(results))}\n\n{_say(words.time(results))}",
    ]
    if figures := overload.told(results):
        parts.append(_overload(figures))
    if violated := [each for each in results.with_verdict(Verdict.FAIL) if each.consequence_of is None]:
        rows = "\n".join(_violation(each, results) for each in violated)
        heads = " | ".join(map(_say, ("requirement", "level", "should have been", "was")))
        parts.append(f"### {_say('Violated')}\n\n| {heads} |\n|---|---|---|---|\n{rows}")
    if undecided := words.by_reason(results.with_verdict(Verdict.INCONCLUSIVE)):
        parts.append(f"### {_say('Inconclusive')}\n\n" + _listed(undecided))
    if unexercised := words.by_fact(results.with_verdict(Verdict.NONE)):
        told = {"; add ".join(filter(None, (fact.says, fact.enable))): ids for fact, ids in unexercised.items()}
        parts.append(f"### {_say('Not tested')}\n\n" + _listed(told))
    if in_part := words.by_part(results.with_verdict(Verdict.PASS)):
        parts.append(f"### {_say('Tested in part')}\n\n" + _listed(in_part))
    listed = {
        "Waivers to correct": results.bad_waivers,
        "Left on the target": results.mishaps.left,
        "Crashes": results.mishaps.crashes,
    }
    for title, lines in listed.items():
        if lines:
            parts.append(f"### {_say(title)}\n\n" + "\n".join(f"- {cell(line)}" for line in lines))
    return "\n\n".join(parts) + "\n"


_say = language.say


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_say, cells))} |"


def _overload(figures: overload.Told) -> str:
    tables = ((overload.COLUMNS, figures.rows), (overload.PERCENTILES, figures.latencies))
    texts = [
        "\n".join([_row(columns), "|---" * len(columns) + "|", *map(_row, rows)]) for columns, rows in tables if rows
    ]
    return "\n\n".join([f"### {_say('Overload')}", _say(figures.ledger), *texts, _say(figures.recovery)])


def _counts(results: Results) -> str:
    columns, counts = words.counts(results)
    lines = [f"| | {' | '.join(map(_say, columns))} |", "|---|" + "---|" * len(columns)]
    lines += [f"| {_say(level)} | {' | '.join(map(str, numbers))} |" for level, numbers in counts.items()]
    return "\n".join(lines)


def _violation(result: RequirementResult, results: Results) -> str:
    found = result.findings[0]
    beside = filter(None, (words.rate(result), words.waived(result), words.affected(results, result)))
    told = "".join(f", {cell(each)}" for each in beside)
    return f"| `{result.id}`{told} | {_say(result.level)} | {cell(found.want)} | {cell(found.got)} |"


def _listed(ids: Mapping[str, list[str]]) -> str:
    colon = ": " if language.used() == "en" else "："
    return "\n".join(
        f"- {cell(reason)}{colon}{', '.join(f'`{id}`' for id in listed)}" for reason, listed in ids.items()
    )
