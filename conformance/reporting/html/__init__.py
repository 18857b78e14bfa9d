"""One HTML file that needs nothing else: no network, no JavaScript to be read."""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from conformance import requirements
from conformance.exits import Exit
from conformance.language import page
from conformance.naming import count
from conformance.reporting import coverage, reproduction, words
from conformance.reporting.html.evidence import Violated, marked, split
from conformance.reporting.html.latency import plots
from conformance.reporting.html.overload import picture
from conformance.results import RequirementResult, Results
from conformance.verdict import Verdict

ICONS = {Verdict.PASS: "✓", Verdict.FAIL: "✗", Verdict.INCONCLUSIVE: "?", Verdict.NONE: "–"}


def html(results: Results) -> str:
    """The whole report."""
    return page.said(_page(results))


def _page(results: Results) -> str:
    return template().render(
        results=results,
        headline=words.headline(results),
        means=words.means(results),
        fidelity=words.fidelity(results),
        time=words.time(results),
        requests=count(results.requests["total"], "request"),
        seeds=words.seeds(results),
        tone={Exit.OK: "pass", Exit.VIOLATED: "fail"}.get(results.exit_code, "inconclusive"),
        violated=[Violated.of(result, results) for result in results.own_violations],
        waived=[Violated.of(result, results) for result in results.waived],
        sections=_sections(results),
        levels=requirements.LEVELS,
        verdicts=list(reversed(Verdict)),
        undecided=words.by_reason(results.with_verdict(Verdict.INCONCLUSIVE)),
        unexercised=words.by_fact(results.with_verdict(Verdict.NONE)),
        races=[result for result in results.with_verdict(Verdict.PASS) if "races" in result.reason],
        silences=requirements.silences(),
        covered=coverage.told(results.coverage),
        plots=plots(results.latency_ms),
        picture=picture(results),
        again=reproduction.run_line(results),
    )


def _sections(results: Results) -> list[tuple[str, list[RequirementResult]]]:
    catalogue = requirements.load()
    by_section: dict[str, list[RequirementResult]] = {}
    for result in results.requirements:
        known = catalogue.get(result.id)
        section = known.section if known else requirements.PRIVATE if result.private else "access"
        by_section.setdefault(section, []).append(result)
    return [(title, by_section[section]) for section, title in requirements.TITLES.items() if section in by_section]


def _address(url: str) -> str:
    """What was asked, without the host, and without what signing adds."""
    parts = urlsplit(url)
    query = re.sub(r"(^|&)timestamp=.*", "", parts.query)
    return f"{parts.path}?{query}" if query else parts.path


def _breakable(line: str) -> Markup:
    """A record of one line, which may be broken behind its commas."""
    return Markup(",<wbr>").join(line.split(","))


@cache
def template(name: str = "report.html.j2") -> Template:
    """A template of a page: it has the style, the script and their digests at hand."""
    environment = Environment(
        loader=PackageLoader(__name__, "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"address": _address, "breakable": _breakable, "drawn": words.drawn}
    environment.globals |= {"marked": marked, "split": split, "icons": ICONS}
    for file in ("style.css", "script.js"):
        text = _read(file)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        kind = file.partition(".")[0]
        environment.globals |= {kind: Markup(text), f"{kind}_hash": f"sha256-{digest}"}  # noqa: S704 - our own files
    return environment.get_template(name)


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
