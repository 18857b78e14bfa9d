"""Which faults prove which requirement, as their source declares it: to import them takes half a second."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from conformance import requirements
from conformance.judging.source import declarations
from conformance.naming import kebab_case


def faults_by_requirement(ids: Collection[str] = ()) -> Mapping[str, Mapping[str, str]]:
    """For each of these requirements, or for all: the faults that break it by name, and what they say of themselves."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for each in declarations("faults", ids or requirements.load()):
        if "fault" in each.decorators:
            for id in each.ids:
                found[id][kebab_case(each.name)] = each.says
    return found
