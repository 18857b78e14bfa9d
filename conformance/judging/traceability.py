"""Which checks and rules judge which requirement, as their source declares it."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from conformance import every_answer, requirements
from conformance.judging.source import Declaration, declarations

# What judges beside the checks and the oracle's rules, and what it says of itself.
_SCHEMAS, _STATUSES = "the schemas", "every answer"
_BESIDE = {_SCHEMAS: "The shape of every answer.", _STATUSES: "The documented form of every error."}


def checks_by_requirement() -> Mapping[str, list[str]]:
    """For each requirement its checks, as `module::function`, then the rules that judge it in passing."""
    found: dict[str, list[str]] = defaultdict(list)
    for check in _checks():
        for id in check.ids:
            found[id].append(check.full_name)
    for id, names in rules_by_requirement().items():
        found[id] += names
    return found


def rules_by_requirement() -> Mapping[str, list[str]]:
    """For each requirement id: what judges it in every answer that flows by."""
    found: dict[str, list[str]] = defaultdict(list)
    for id in every_answer.OF_SCHEMAS:
        found[id].append(_SCHEMAS)
    for id in every_answer.OF_STATUSES:
        found[id].append(_STATUSES)
    for rule in _rules():
        for id in rule.ids:
            found[id].append(rule.full_name)
    return found


def descriptions() -> Mapping[str, str]:
    """What each check and rule says of itself, by the names that `checks_by_requirement` has them under."""
    return _BESIDE | {each.full_name: each.summary for each in (*_checks(), *_rules())}


def check_names() -> list[str]:
    """The checks, `module::function`."""
    return sorted(check.full_name for check in _checks() if check.ids)


@cache
def _checks() -> tuple[Declaration, ...]:
    found = declarations("checks", requirements.load())
    return tuple(each for each in found if each.name.startswith("test_"))


@cache
def _rules() -> tuple[Declaration, ...]:
    found = declarations("oracle", requirements.load())
    return tuple(each for each in found if "rule" in each.decorators)
