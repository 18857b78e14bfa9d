"""The pytest plugin: options, fixtures, and the hooks that judge. `run` and `pytest --target` share it.

It is not registered with pytest: the checkout's conftest.py names it, and elsewhere `-p conformance.plugin`.
"""

from typing import TYPE_CHECKING, Any

import pytest

from conformance import options
from conformance.judging.keys import ASKED, CHECKS, PLAN, STAGE

if TYPE_CHECKING:
    # At run time only once there is something to judge: in a checkout every pytest session loads this module.
    from conformance.account.account import Account
    from conformance.account.known import Known
    from conformance.judging.plan import Plan
    from conformance.orders import Query
    from conformance.stage.stage import Stage


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `run`."""
    group = parser.getgroup("conformance", "testing a target for conformance")
    for option in options.RUN:
        group.addoption(option.name, **_as_pytest_takes_it(option))


def pytest_configure(config: pytest.Config) -> None:
    """Judge only if a target is given. The tests of the suite itself run without one."""
    config.addinivalue_line("markers", "verifies(*ids): the requirements that the check judges")
    config.addinivalue_line("markers", "needs(**facts): the facts that have to be observed for it")
    config.addinivalue_line("markers", "asks(query): makes the list that the check is about, of the stage")
    config.addinivalue_line("markers", "forges: says cancel-all with forged credentials, its forgeries")
    config.addinivalue_line("markers", "cancels: calls cancel-all, so it runs after those that only read")
    config.addinivalue_line("markers", "early: runs before the others that read, or before the others that cancel")
    config.addinivalue_line("markers", "alone: has the target to itself, also where lanes work at the same time")
    config.addinivalue_line("markers", "lane(number): the pair of accounts that it works with")
    if PLAN not in config.stash and config.getoption("--target"):
        config.stash[PLAN] = _plan(config)
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args = [str(CHECKS), *config.stash[PLAN].private.paths]
    if PLAN in config.stash:
        from conformance import hypothesis_seam
        from conformance.judging.gathering import Gathering
        from conformance.judging.worker import Worker

        hypothesis_seam.prepare(stop_on_first=config.getoption("--stop-on-first"))
        if config.getoption("--stop-on-first"):
            config.option.maxfail = 1
        worker = Worker(config, config.stash[PLAN])
        config.pluginmanager.register(worker)
        if not hasattr(config, "workerinput"):  # else pytest-xdist has started this process
            config.pluginmanager.register(Gathering(config, config.stash[PLAN], worker), Gathering.NAME)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run checks without a target."""
    if PLAN not in config.stash and any(item.get_closest_marker("verifies") for item in items):
        raise pytest.UsageError("name the target to test: --target URL or --target PROFILE.toml")


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> "Stage":
    """The stage of the check, on which all the facts that it needs were observed."""
    stage: Stage = request.node.stash[STAGE]
    return stage


@pytest.fixture
def caller(stage: "Stage") -> "Account":
    """The account that sends the requests."""
    return stage.caller


@pytest.fixture
def other(stage: "Stage") -> "Account | None":
    """The second account: it trades with the caller, and its orders must stay as they are. None if there is none."""
    return stage.other


@pytest.fixture
def known(stage: "Stage") -> "Known":
    """What is known about the orders of the caller."""
    return stage.view.known


@pytest.fixture
def asked(request: pytest.FixtureRequest) -> "Query":
    """The list that the check declares to be about."""
    asked: Query = request.node.stash[ASKED]
    return asked


def _as_pytest_takes_it(option: options.Option) -> dict[str, Any]:
    if option.flag:
        return {"action": "store_true", "help": option.help}
    default = "" if option.default is None else f" [default: {option.default}]"
    told: dict[str, Any] = {"help": option.help + default, "metavar": option.metavar}
    if option.repeated:
        return told | {"action": "append", "default": []}
    return told | {"choices": option.choices or None, "type": option.kind, "default": option.default}


def _plan(config: pytest.Config) -> "Plan":
    from conformance.exits import WrongUsage
    from conformance.judging.plan import make_plan

    option = config.option
    try:
        return make_plan(
            option.target,
            scope=option.scope,
            seed=option.seed,
            require=option.require,
            labels=option.label,
            report_dir=option.report_dir,
            cancel_existing=option.cancel_existing,
            waivers=option.waivers,
            jobs=option.jobs,
            only=option.only,
            skip=option.skip,
            shape_only=option.shape_only,
        )
    except WrongUsage as error:
        raise pytest.UsageError(str(error)) from None
