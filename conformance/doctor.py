"""Examines a profile against the live target. Finds what would disturb a run, and says what to do. Changes no order."""

from collections.abc import Iterable, Iterator, Mapping

from conformance.account.account import Account
from conformance.account.unknown_market import market_remedy
from conformance.fit import Look, Remark, crossed, look, plaintext, users_by_token
from conformance.oracle.records import read_array
from conformance.orders import LIVE, Order, Query
from conformance.profile import Profile
from conformance.stage.driver import Driver
from conformance.verdict import CannotJudge, Violation
from conformance.wire.answers import NOT_JUDGED, code, decoded
from conformance.wire.client import Answer, Client

# Stamps are whole seconds. Some servers reject signed requests beyond 5 s.
_SKEW_S = 5


def examine(profile: Profile, client: Client, accounts: Mapping[str, Account], driver: Driver) -> Iterator[Remark]:
    """Examine everything that GET requests can show, and the fault hook, which is only switched off."""
    yield from plaintext(profile)
    yield from users_by_token(accounts)
    looks: dict[str, list[Look]] = {}
    for account in accounts.values():
        looks[account.name] = []
        for credential in account.credentials:
            looks[account.name].append(seen := look(client, account, credential))
            yield seen.problem or _accepted(seen)
            if seen.answer is None and seen.problem:
                return  # nothing is there to be examined
    good = {name: next((each for each in seen if _is_list(each)), None) for name, seen in looks.items()}
    listed = {name: seen for name, seen in good.items() if seen is not None}
    if listed and profile.target.base_url.startswith("https://"):
        yield Remark("transport", "good", "TLS, verified" + (" by ca_bundle" if profile.target.ca_bundle else ""))
    yield from _clock(each for seen in looks.values() for each in seen if _is_list(each))
    for lane in profile.lanes:
        if lane.other is not None:
            yield from crossed(looks[accounts[lane.caller].name], looks[accounts[lane.other].name])
    yield from _distinct(listed)
    for account in accounts.values():
        if account.name in listed:
            yield from _live(account, profile.target.disposable)
    caller = accounts[profile.lanes[0].caller]
    if _is_list(looks[caller.name][0]):
        spelled = {str(identity[1]) for seen in listed.values() for identity in seen.orders}
        yield from _markets(caller, [market.symbol for market in profile.markets], spelled)
    yield from _hooks(driver)


def _is_list(seen: Look) -> bool:
    answer = seen.answer
    return (
        seen.problem is None and answer is not None and answer.status == 200 and isinstance(decoded(answer.body), list)
    )


def _accepted(seen: Look) -> Remark:
    about = f"{seen.account}, {seen.credential}"
    assert seen.answer is not None
    if not _is_list(seen):
        says = f"{seen.answer.status} {code(seen.answer)}, but a list was expected"
        if seen.answer.status in NOT_JUDGED:
            says = f"{seen.answer.status} {code(seen.answer)}: {NOT_JUDGED[seen.answer.status]}"
            return Remark(about, "problem", says, "as long as that lasts a run can judge nothing")
        return Remark(about, "problem", says, "a run tells which requirement that violates")
    return Remark(about, "good", f"accepted, in {seen.answer.exchange.elapsed_ms:.0f} ms")


def _clock(looks: Iterable[Look]) -> Iterator[Remark]:
    """What orders tell of the target's clock. A Date header would tell that of a gateway, or of a cache."""
    looks = list(looks)
    ahead = max((_ahead_s(seen.answer) for seen in looks if seen.answer), default=0.0)
    if ahead > _SKEW_S:
        says = f"an order is of a time {ahead:.0f} s ahead of this machine's"
        yield Remark("clock", "warning", says, "set the clock of this machine, or of the target")
    elif any(seen.credential == "api-key" for seen in looks):
        yield Remark("clock", "good", "a request that was signed by the clock of this machine is accepted")


def _ahead_s(answer: Answer) -> float:
    """How far the newest order is ahead of the time at which it was asked for."""
    readings = read_array(answer.body) or ()
    newest = max((each.order.created_at for each in readings if each.order is not None), default=0)
    return newest - answer.exchange.sent_at


def _distinct(pages: Mapping[str, Look]) -> Iterator[Remark]:
    seen: dict[tuple[object, ...], str] = {}
    shared: set[str] = set()
    for name, page in pages.items():
        for identity in page.orders:
            if (owner := seen.setdefault(identity, name)) != name:
                shared.add(f"{owner} and {name}")
    for names in sorted(shared):
        remedy = "are they two different users? If so, the target shows one the orders of the other"
        yield Remark("accounts", "warning", f"{names} show the same orders", remedy)
    if len(pages) > 1 and not shared:
        yield Remark("accounts", "good", f"{', '.join(pages)} show no order in common")


def _live(account: Account, disposable: bool) -> Iterator[Remark]:
    live: dict[str, Order] = {}
    for status in sorted(LIVE):
        try:
            page = account.list(Query(status=status, limit=200))
        except (Violation, CannotJudge):
            continue
        live.update((order.id, order) for order in page.orders if order.live)
    about = f"{account.name}, live orders"
    if not live:
        yield Remark(about, "good", "none")
        return
    markets = ", ".join(sorted({order.symbol for order in live.values()}))
    remedy = "" if disposable else "cancel-all is not sent while they are live, unless --cancel-existing is given"
    yield Remark(about, "good" if disposable else "warning", f"{len(live)}, in {markets}", remedy)


def _markets(caller: Account, symbols: Iterable[str], spelled: Iterable[str]) -> Iterator[Remark]:
    """Whether the target knows these markets, as far as lists tell; `spelled`: how it spells those of orders."""
    spellings = {each.casefold(): each for each in spelled}
    for symbol in symbols:
        about = f"market {symbol}"
        if (other := spellings.get(symbol.casefold(), symbol)) != symbol:
            yield Remark(about, "warning", f"the target spells it {other}", "spell it so in [[markets]]")
            continue
        try:
            page = caller.list(Query(symbol=symbol, limit=1))
        except (Violation, CannotJudge) as reason:
            said = reason.breach.got if isinstance(reason, Violation) else str(reason)
            yield Remark(about, "warning", said, market_remedy(symbol))
        else:
            says = "has orders" if page.orders else "has no order, so that only placing one tells whether it is known"
            yield Remark(about, "good", says)


def _hooks(driver: Driver) -> Iterator[Remark]:
    told = {"place": driver.can_place, "cancel": driver.can_cancel, "inject": driver.can_inject}
    untried = ", ".join(f"driver.{name}" for name, given in told.items() if given)
    if untried:
        yield Remark("driver", "good", f"{untried}: not tried, since that would change orders")
    if missing := ", ".join(f"driver.{name}" for name, given in told.items() if not given):
        yield Remark("driver", "warning", f"no {missing}", "some requirements will not be tested without it")
    if not driver.can_fault:
        return
    try:
        driver.fault("DB_ERROR", 0)
    except CannotJudge as reason:
        yield Remark("driver.fault", "warning", str(reason), "documented errors will not be judged")
    else:
        yield Remark("driver.fault", "good", "answers")
