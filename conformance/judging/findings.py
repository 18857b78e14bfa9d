"""Violations as findings: what reports show of them."""

from collections.abc import Callable
from dataclasses import replace

from conformance.judging.excerpt import excerpt
from conformance.results import Finding
from conformance.verdict import Violation, all_changed


def finding(violation: Violation, check: str, present: Callable[[str], str], example: str | None = None) -> Finding:
    """What the violation shows, met during this check. `present`: makes a text fit for a report."""
    breach = violation.breach
    exchanges = [
        replace(each, response_body=present(excerpt(each.response_body, f"{breach.want} {breach.got}")))
        for each in sorted(violation.evidence, key=lambda exchange: exchange.sent_at)
    ]
    return Finding(
        want=present(breach.want),
        got=present(breach.got),
        evidence=present("\n".join(map(str, exchanges))),
        check=check,
        example=example and present(example),
        exchanges=tuple(exchange.to_json() for exchange in exchanges),
        changed=breach.changed,
    )


def standing_for(shown: Finding, other: Finding) -> Finding:
    """The finding that is shown, where the other one is not."""
    return replace(shown, changed=all_changed(shown.changed, other.changed))
