"""The catalogue as a test plan: a row for each requirement, under its permanent id."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

from conformance import language, requirements
from conformance.reporting.changes import cell
from conformance.requirements import Requirement

# A requirement, the checks that test it, and the faults that prove them.
Row = tuple[Requirement, Sequence[str], Sequence[str]]
COLUMNS = ("id", "level", "requirement", "source", "checks", "faults")


def as_markdown(plan: Iterable[Row]) -> str:
    """A table for each section. Each id has an anchor, so that a ticket can link to it."""
    sections: dict[str, list[Row]] = {}
    for row in plan:
        sections.setdefault(row[0].section, []).append(row)
    parts = [language.say(f"# Test plan, catalogue {requirements.CATALOGUE_VERSION}")]
    for section, rows in sections.items():
        head = f"| {' | '.join(map(language.say, COLUMNS))} |\n{'|---' * len(COLUMNS)}|"
        title = language.say(requirements.TITLES.get(section, section))
        parts.append(f"## {title}\n\n{head}\n" + "\n".join(map(_row, rows)))
    return "\n\n".join(parts) + "\n"


def as_csv(plan: Iterable[Row]) -> str:
    """The same columns as comma-separated values; several checks or faults have a line each in their cell."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(map(language.say, COLUMNS))
    for each, checks, faults in plan:
        told = map(language.say, (each.level, each.says, each.source))
        lines.writerow([each.id, *told, "\n".join(checks), "\n".join(faults)])
    return text.getvalue()


FORMATS: Mapping[str, Callable[[Iterable[Row]], str]] = {"markdown": as_markdown, "csv": as_csv}


def _row(row: Row) -> str:
    each, checks, faults = row
    name = f'<a id="{each.id}"></a>`{each.id}`'
    lists = (", ".join(f"`{name}`" for name in names) for names in (checks, faults))
    return f"| {' | '.join([name, language.say(each.level), cell(each.says), cell(each.source), *lists])} |"
