"""The shares of many seeds for a reader at a terminal."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from conformance.proving.shares import Share, Shares


def render(shares: Shares, old: Shares | None = None) -> RenderableType:
    """How often faults were found and named first; the weakest by name; and what changed since `old`."""
    return Group(*(Text(line, style=style) for line, style in _lines(shares, old)))


def _lines(shares: Shares, old: Shares | None) -> Iterator[tuple[str, str]]:
    always = sum(share.good == share.runs for share in shares.faults)
    clean = len(shares.twins) - len(shares.accused)
    runs = sum(share.runs for share in shares.all)
    yield f"{always} of {len(shares.faults)} faults found in every run", ""
    yield f"{100 * shares.named_first:.1f} % of the runs of faults name the fault first by what it breaks", ""
    yield f"{clean} of {len(shares.twins)} conforming twins clean in every run", ""
    yield from _listed("The weakest faults", shares.weakest())
    yield from _listed("Twins that were accused or not judged", shares.accused)
    if old is not None:
        changed = [_change(was, now) for was, now in shares.changes(old)]
        yield from _listed("What changed", changed or ["nothing"])
    yield f"{runs} trials", "dim"
    yield ("proven", "bold green") if shares.proven else ("not proven", "bold red")


def _listed(title: str, lines: list[Share] | list[str]) -> Iterator[tuple[str, str]]:
    if lines:
        yield f"\n{title}", "bold"
        yield from ((f"  {line}", "") for line in lines)
        yield "", ""


def _change(was: Share | None, now: Share | None) -> str:
    if was is None:
        return f"{now}; not tried before"
    if now is None:
        return f"{was}; not tried now"
    return f"{now}; before: {str(was).partition(': ')[2]}"
