"""The pytest plugin: options, fixtures, and the court that judges. `run` and `pytest --target` share it.

It is not registered with pytest: the checkout's conftest.py names it, and elsewhere `-p conformance.plugin`.
"""

from typing import TYPE_CHECKING, Any

import pytest

from conformance import options
from conformance.judging.keys import ASSIGNMENT, CHECKS, STAGE

if TYPE_CHECKING:
    # At run time only once there is something to judge: in a checkout every pytest session loads this module.
    from conformance.account.account import Account
    from conformance.account.known import Known
    from conformance.judging.plan import Assignment
    from conformance.stage.stage import Stage


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `run`."""
    group = parser.getgroup("conformance", "testing a target for conformance")
    for option in options.RUN:
        group.addoption(option.name, **_as_pytest_takes_it(option))


def pytest_configure(config: pytest.Config) -> None:
    """Judge only where a target is given: the suite's own tests run without one."""
    config.addinivalue_line("markers", "verifies(*ids): the requirements that the check judges")
    config.addinivalue_line("markers", "needs(**facts): the facts that have to be observed for it")
    config.addinivalue_line("markers", "cancels: calls cancel-all, so it runs after those that only read")
    config.addinivalue_line("markers", "lane(number): the pair of accounts that it works with")
    if ASSIGNMENT not in config.stash and config.getoption("--target"):
        config.stash[ASSIGNMENT] = _assignment(config)
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args = [str(CHECKS)]
    if ASSIGNMENT in config.stash:
        from hypothesis import core, settings
        from hypothesis.vendor import pretty

        from conformance.declare import DRAWING
        from conformance.judging import shrinking
        from conformance.judging.worker import Court

        settings.register_profile("conformance", DRAWING)
        settings.load_profile("conformance")
        # Schemathesis' plugin, which every pytest of its environment loads, takes the values out of printed examples.
        core.RepresentationPrinter = pretty.RepresentationPrinter  # type: ignore[attr-defined]
        shrinking.bound(stop_on_first=config.getoption("--stop-on-first"))
        if config.getoption("--stop-on-first"):
            config.option.maxfail = 1
        config.pluginmanager.register(Court(config, config.stash[ASSIGNMENT]), Court.NAME)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A check without a target has nothing to judge."""
    if ASSIGNMENT not in config.stash and any(item.get_closest_marker("verifies") for item in items):
        raise pytest.UsageError("the checks judge a target: give --target URL or --target PROFILE.toml")


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> "Stage":
    """The check's stage, with all that it needs observed."""
    stage: Stage = request.node.stash[STAGE]
    return stage


@pytest.fixture
def caller(stage: "Stage") -> "Account":
    """The account that asks."""
    return stage.lane.caller


@pytest.fixture
def other(stage: "Stage") -> "Account | None":
    """The second account: bystander and counterparty."""
    return stage.lane.other


@pytest.fixture
def known(stage: "Stage") -> "Known":
    """What is known of the caller's account."""
    return stage.lane.known(stage.lane.caller)


def _as_pytest_takes_it(option: options.Option) -> dict[str, Any]:
    if option.flag:
        return {"action": "store_true", "help": option.help}
    default = "" if option.default is None else f" [default: {option.default}]"
    told: dict[str, Any] = {"help": option.help + default, "metavar": option.metavar}
    if option.repeated:
        return told | {"action": "append", "default": []}
    return told | {"choices": option.choices or None, "type": option.kind, "default": option.default}


def _assignment(config: pytest.Config) -> "Assignment":
    from conformance.gating.waivers import WaiverError
    from conformance.judging.plan import assign
    from conformance.profile import ProfileError

    option = config.option
    try:
        return assign(
            option.target,
            scope=option.scope,
            seed=option.seed,
            require=option.require,
            labels=option.label,
            report_dir=option.report_dir,
            cancel_existing=option.cancel_existing,
            waivers=option.waivers,
        )
    except (ProfileError, WaiverError) as error:
        raise pytest.UsageError(str(error)) from None
