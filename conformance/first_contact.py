"""What is tried while a profile is made: whether the address answers, and whether an order can be placed."""

from collections.abc import Iterator

from conformance.account.account import Account
from conformance.elsewhere import elsewhere, remedy
from conformance.fit import Remark
from conformance.observations import Observations
from conformance.operations import LIST
from conformance.profile import Profile, Target
from conformance.stage.arranger import Arranger
from conformance.stage.clean_up import clean_up
from conformance.stage.driver import Driver
from conformance.stage.lane import lane_of
from conformance.stage.wishes import Wish
from conformance.verdict import CannotJudge, Unreachable, Violation
from conformance.wire.call import Call
from conformance.wire.client import Client
from conformance.wire.redaction import Redactor


def reached(target: Target) -> Remark:
    """Whether something that may be the API answers at this address. It is asked without credentials."""
    client = Client(target, Redactor(()))
    try:
        answer = client.send_once(Call("nobody", LIST.method, target.base_url + LIST.path))
    except Unreachable as lost:
        return Remark("address", "problem", lost.exchange.problem or "", remedy(client, lost.exchange))
    if found := elsewhere(client, answer):
        return Remark("address", "problem", *found)
    return Remark("address", "good", f"{target.base_url} answers")


def placed(profile: Profile) -> Iterator[Remark]:
    """Place one order that stays open in the first market, look for it, and cancel it again."""
    client = Client(profile.target, Redactor(profile.secrets))
    accounts = {key: Account(account, client) for key, account in profile.accounts.items()}
    lane = lane_of(profile, profile.lanes[0], accounts, Driver(profile.driver, client))
    lane.watch(Observations())
    left: list[str] = []
    try:
        lane.take()
        Arranger(lane, seed=0).arrange(lane.view, [Wish(profile.markets[0], "buy")], by="placing")
        shown = lane.view.settled().live()
        problem = "" if any(lane.view.own.owns(order) for order in shown) else "no list shows the order that was placed"
    except (CannotJudge, Violation) as reason:
        problem = str(reason)
    finally:
        left += clean_up(lane)
        lane.leave(clean=not left)
    if problem:
        yield Remark("driver.place", "problem", problem, "does the request place an order that stays open?")
    else:
        yield Remark("driver.place", "good", "an order was placed, and lists show it")
    for line in left:
        yield Remark("clean-up", "warning", line, "cancel it by hand; is [driver.cancel] right?")
