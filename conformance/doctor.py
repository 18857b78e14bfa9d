"""Examines a profile against the live target. Finds what would disturb a run, and says what to do. Changes no order."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

from conformance.account.account import Account, Page
from conformance.evidence import Exchange
from conformance.orders import LIVE, Order, Query
from conformance.profile import Profile
from conformance.stage.driver import Driver
from conformance.verdict import CannotJudge, Violation
from conformance.wire.signer import Credential, Signer
from conformance.wire.tokens import NotApplicable, payload

Grade = Literal["good", "warning", "problem"]

# A Date header has whole seconds and takes time to arrive. Some servers reject signed requests beyond 5 s.
_SKEW_S = 5


@dataclass(frozen=True, slots=True)
class Remark:
    """The result of one examination. With a problem a run cannot test; with a warning it can test less."""

    about: str
    grade: Grade
    says: str
    remedy: str = ""


def examine(profile: Profile, accounts: Mapping[str, Account], driver: Driver) -> Iterator[Remark]:
    """Examine everything that GET requests can show, and the fault hook, which is only switched off."""
    yield from transport(profile)
    yield from same_user(accounts)
    pages: dict[str, Page] = {}
    for account in accounts.values():
        for credential in account.credentials:
            page, finding = _credential(account, credential)
            yield finding
            if page is not None:
                pages.setdefault(account.name, page)
    yield from _clock(page.exchange for page in pages.values())
    yield from _distinct(pages)
    for account in accounts.values():
        if account.name in pages:
            yield from _live(account, profile.target.disposable)
    caller = accounts[profile.lanes[0].caller]
    if caller.name in pages:
        yield from _markets(caller, [market.symbol for market in profile.markets])
    yield from _hooks(driver)


def transport(profile: Profile) -> Iterator[Remark]:
    """Whether others on the network could read the credentials."""
    target = profile.target
    if target.base_url.startswith("https://"):
        yield Remark("transport", "good", "TLS, verified" + (" by ca_bundle" if target.ca_bundle else ""))
    elif target.is_loopback:
        yield Remark("transport", "good", "plain HTTP, on this machine")
    else:
        grade: Grade = "problem" if target.environment == "production" else "warning"
        remedy = "say https:// in target.base_url, unless the network is yours alone"
        yield Remark("transport", grade, "plain HTTP to another machine: credentials can be read on the way", remedy)


def _credential(account: Account, credential: Credential) -> tuple[Page | None, Remark]:
    about = f"{account.name}, {credential}"
    try:
        page = account.list(Query(limit=200), credential)
    except Violation as violation:
        remedy = "is target.base_url that of this API, with its version?"
        return None, Remark(about, "problem", f"{violation.breach.got}, where a list was due", remedy)
    except CannotJudge as reason:
        remedy = "is the target up, and are the credentials those of this environment?"
        return None, Remark(about, "problem", str(reason), remedy)
    return page, Remark(about, "good", f"accepted, in {page.exchange.elapsed_ms:.0f} ms")


def _clock(exchanges: Iterable[Exchange]) -> Iterator[Remark]:
    for exchange in exchanges:
        try:
            skew = parsedate_to_datetime(exchange.header("date")).timestamp() - exchange.sent_at
        except ValueError:
            yield Remark("clock", "warning", "no Date header tells the target's time")
        else:
            off = abs(skew) > _SKEW_S
            remedy = "set the clock of this machine, or of the target: signed requests may be refused" if off else ""
            yield Remark("clock", "warning" if off else "good", f"{skew:+.0f} s from this machine's", remedy)
        return


def same_user(accounts: Mapping[str, Account]) -> Iterator[Remark]:
    """Find two accounts that are the same user, as far as the credentials show it."""
    owners: dict[object, str] = {}
    for account in accounts.values():
        for identity in _identities(account.signer):
            if (owner := owners.setdefault(identity, account.name)) != account.name:
                says = f"{owner} and {account.name} are one user"
                yield Remark("accounts", "problem", says, "give credentials of two different users")
                return


def _identities(signer: Signer) -> Iterator[object]:
    if "api-key" in signer.kinds:
        yield signer.api_key
    if "jwt" in signer.kinds:
        yield signer.token
        with contextlib.suppress(NotApplicable):
            if subject := payload(signer.token).get("sub"):
                yield "sub", subject


def _distinct(pages: Mapping[str, Page]) -> Iterator[Remark]:
    seen: dict[tuple[object, ...], str] = {}
    shared: set[str] = set()
    for name, page in pages.items():
        for order in page.orders:
            if (owner := seen.setdefault(order.identity, name)) != name:
                shared.add(f"{owner} and {name}")
    for names in sorted(shared):
        remedy = "are they two different users? If so, the target shows one the orders of the other"
        yield Remark("accounts", "warning", f"{names} show the same orders", remedy)
    if len(pages) > 1 and not shared:
        yield Remark("accounts", "good", f"{', '.join(pages)} are different users")


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
    remedy = "" if disposable else "cancel-all is refused while they stand, unless --cancel-existing is said"
    yield Remark(about, "good" if disposable else "warning", f"{len(live)}, in {markets}", remedy)


def _markets(caller: Account, symbols: Iterable[str]) -> Iterator[Remark]:
    for symbol in symbols:
        try:
            caller.list(Query(symbol=symbol, limit=1))
        except (Violation, CannotJudge) as reason:
            yield Remark(f"market {symbol}", "warning", str(reason), "is it spelled as the target spells it?")
        else:
            yield Remark(f"market {symbol}", "good", "can be listed")


def _hooks(driver: Driver) -> Iterator[Remark]:
    told = {"place": driver.can_place, "cancel": driver.can_cancel, "inject": driver.can_inject}
    untried = ", ".join(f"driver.{name}" for name, given in told.items() if given)
    if untried:
        yield Remark("driver", "good", f"{untried}: not tried, since that would change orders")
    if missing := ", ".join(f"driver.{name}" for name, given in told.items() if not given):
        yield Remark("driver", "warning", f"no {missing}", "some requirements will not be exercised without")
    if not driver.can_fault:
        return
    try:
        driver.fault("DB_ERROR", 0)
    except CannotJudge as reason:
        yield Remark("driver.fault", "warning", str(reason), "documented errors will not be judged")
    else:
        yield Remark("driver.fault", "good", "answers")
