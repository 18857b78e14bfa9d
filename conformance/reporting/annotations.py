"""Lines that GitHub Actions shows beside a run: an error for each violation, a warning for what could not be judged."""

from collections.abc import Iterator

from conformance import language
from conformance.reporting import words
from conformance.results import Results
from conformance.verdict import Verdict


def annotations(results: Results) -> Iterator[str]:
    """Workflow commands, a line each, whatever a target has put into them."""
    for result in results.with_verdict(Verdict.FAIL):
        if result.consequence_of:
            continue  # it is named beside its cause
        found = result.findings[0]
        beside = (words.rate(result), words.waived(result), words.affected(results, result))
        told = f" {'; '.join(each for each in beside if each)}" if any(beside) else ""
        level = "notice" if result.level == "advisory" else "warning" if result.waiver else "error"
        yield _command(level, result.id, f"{result.says} Should have been: {found.want}. Was: {found.got}.{told}")
    for line in results.bad_waivers:
        yield _command("error", "waiver", line)
    for reason, ids in words.by_reason(results.inconclusive).items():
        yield _command("warning", "inconclusive", f"{reason} ({', '.join(ids)})")
    for line in results.mishaps.left:
        yield _command("warning", "left on the target", line)


def _command(level: str, title: str, message: str) -> str:
    return f"::{level} title={_escaped(title, ',:')}::{_escaped(language.say_lines(message))}"


def _escaped(text: str, more: str = "") -> str:
    for each in f"%\r\n{more}":
        text = text.replace(each, f"%{ord(each):02X}")
    return text
