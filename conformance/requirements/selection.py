"""Which requirements a run is about, by --only, --skip and --shape-only."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from conformance import requirements
from conformance.exits import WrongUsage
from conformance.requirements import PRIVATE


@dataclass(frozen=True, slots=True)
class Selection:
    """The ids of the selected requirements, and the words of the command line that select them.

    Without words, all are selected.
    """

    ids: frozenset[str]
    words: str = ""

    def __contains__(self, id: str) -> bool:
        return not self.words or id in self.ids


def everything() -> Selection:
    """All requirements."""
    return Selection(frozenset(requirements.load()))


def selection(
    only: str | None = None,
    skip: str | None = None,
    *,
    shape_only: bool = False,
    by_any_command: bool = False,
    private: Collection[str] = (),
) -> Selection:
    """The selection by these options, each some ids and areas with commas between. Raises WrongUsage.

    It is among what a run tests, unless `by_any_command`, and `private` ids.
    """
    if shape_only and only:
        raise WrongUsage("--shape-only and --only cannot be given together: --shape-only is a list of its own")
    sections = {id: each.section for id, each in requirements.load().items()} | dict.fromkeys(private, PRIVATE)
    ids = frozenset(id for id in sections if by_any_command or not requirements.command_of(id))
    words = []
    if shape_only:
        ids = frozenset(requirements.groups()["shape"])
        words.append("--shape-only")
    if only is not None:
        ids = frozenset(_named("--only", only, sections))
        words.append(f"--only {_spelled(only)}")
    if skip is not None:
        ids -= frozenset(_named("--skip", skip, sections))
        words.append(f"--skip {_spelled(skip)}")
    if not ids:
        raise WrongUsage(f"{' '.join(words)} leaves no requirement to test")
    return Selection(ids, " ".join(words))


def _named(option: str, text: str, sections: Mapping[str, str]) -> Iterator[str]:
    areas = {name for id, section in sections.items() for name in (_area(id), section)}
    for name in (each.strip() for each in text.split(",")):
        if name not in sections and name not in areas:
            near = get_close_matches(name, [*areas, *sections], n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "`p99-conformance requirements` lists the ids"
            raise WrongUsage(f"{option} {text}: there is no requirement or area {name!r}; {hint}")
        yield from (id for id, section in sections.items() if name in (id, _area(id), section))


def _spelled(text: str) -> str:
    return ",".join(each.strip() for each in text.split(","))


def _area(id: str) -> str:
    return id.partition(".")[0]
