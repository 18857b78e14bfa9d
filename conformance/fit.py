"""Whether a profile fits its target: what doctor, and a run before its first verdict, find out by reading a little."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from conformance.account.account import Account
from conformance.elsewhere import PROXY_CREDENTIALS, elsewhere, remedy
from conformance.observations import Observations
from conformance.operations import LIST
from conformance.oracle.records import read_array
from conformance.profile import Profile
from conformance.verdict import Inconclusive, Unreachable
from conformance.wire.answers import NOT_JUDGED, code
from conformance.wire.client import Answer, Client
from conformance.wire.signer import Credential, Signer
from conformance.wire.tokens import NotApplicable, owner, payload

Grade = Literal["good", "warning", "problem"]

_FIRST = "limit=200"
_REFUSED = (401, 403)
_CLOCKS_AGREE_S = 60  # far above what an answer takes


@dataclass(frozen=True, slots=True)
class Remark:
    """The result of one examination. With a problem a run cannot test; with a warning it can test less.

    `refuses`: a run would mix up two users, so nothing may be done with this profile.
    """

    about: str
    grade: Grade
    says: str
    remedy: str = ""
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """The first list that one credential was shown. `problem`: why there is none, and what to do.

    `orders`: what tells its orders apart from those of other users. `answer`: None where none came.
    """

    account: str
    credential: Credential
    answer: Answer | None = None
    problem: Remark | None = None
    orders: frozenset[tuple[object, ...]] = frozenset()

    def __str__(self) -> str:
        return f"the {_words(self.credential)} of {self.account}"


def first_problems(
    profile: Profile, client: Client, accounts: Mapping[str, Account], caller: Account, other: Account | None
) -> Iterator[Remark]:
    """What stops a run on these two of the `accounts`. It takes a list with each of the caller's credentials and one of
    the other's; more only where these show that something is wrong.

    One refused credential is enough: with it refused, the checks could not tell a wrong profile from a wrong target.
    """
    yield from (found for found in (*plaintext(profile), *users_by_token(accounts)) if found.grade == "problem")
    looks: dict[tuple[str, Credential], Look] = {}

    def of(account: Account, *credentials: Credential) -> list[Look]:
        for credential in credentials:
            if (account.name, credential) not in looks:
                looks[account.name, credential] = look(client, account, credential)
        return [looks[account.name, credential] for credential in credentials]

    needed = ((caller, credential) for credential in caller.credentials)
    for account, credential in (*needed, *([(other, other.credentials[0])] if other else [])):
        [seen] = of(account, credential)
        if seen.problem is not None:
            yield seen.problem
            return
    if other is not None and _disagree(of(caller, *caller.credentials)):
        yield from crossed(of(caller, *caller.credentials), of(other, *other.credentials))


def plaintext(profile: Profile) -> Iterator[Remark]:
    """Whether others on the network could read the credentials, since they are not encrypted."""
    target = profile.target
    if target.base_url.startswith("https://"):
        return
    if target.is_loopback:
        yield Remark("transport", "good", "plain HTTP, on this machine")
    else:
        grade: Grade = "problem" if target.environment == "production" else "warning"
        says = "plain HTTP to another machine: credentials can be read on the way"
        yield Remark("transport", grade, says, "write https:// in target.base_url, unless the network is private")


def users_by_token(accounts: Mapping[str, Account]) -> Iterator[Remark]:
    """Find tokens that are of the same user, or of the user that the other account is named after: without a request.

    That is certain only by the claim `sub`; a token without it says nothing. Nor are two tokens with the same one of
    one account, if another claim names a different one in each.
    """
    named = {account.name: key for key, account in accounts.items()}
    owners: dict[tuple[tuple[str, str], ...], str] = {}
    for key, account in accounts.items():
        claims = _owner(account.signer)
        subject = dict(claims).get("sub")
        if subject is None:
            continue
        if (first := owners.setdefault(claims, key)) != key:
            says = f"the tokens of accounts.{first} and accounts.{key} are of one user: they have the same sub"
            yield Remark("accounts", "problem", says, "give tokens of two different users", refuses=True)
        elif subject != account.name and subject in named:
            says = (
                f"the token of accounts.{key} is of {subject!r}, by its sub, and accounts.{named[subject]} is called so"
            )
            yield Remark("accounts", "problem", says, "exchange the two tokens, or the two names", refuses=True)


def look(client: Client, account: Account, credential: Credential) -> Look:
    """Ask for a list with this credential, to see whether there is one. It is not judged."""
    about = f"{account.name}, {credential}"
    try:
        answer = _ask(account, credential)
        if answer.status in _REFUSED and not _has_expired(account.signer, credential):
            # If it is refused beside a parameter alone, it is good, and what is refused is for the checks to judge.
            plain = _ask(account, credential, "")
            answer = answer if plain.status in _REFUSED else plain
    except Unreachable as lost:
        says, to_do = lost.exchange.problem or "", remedy(client, lost.exchange)
        return Look(account.name, credential, problem=Remark(about, "problem", says, to_do))
    except Inconclusive as failed:
        says = f"no new token: {failed.__cause__}"
        problem = Remark(about, "problem", says, "correct the command, file or variable of this jwt")
        return Look(account.name, credential, problem=problem)
    if answer.status == 407:
        says = f"407 {code(answer)}: {NOT_JUDGED[407]}"
        return Look(account.name, credential, answer, Remark(about, "problem", says, PROXY_CREDENTIALS))
    problem_or_none = _refused(about, account, credential, answer)
    if problem_or_none is None and (found := elsewhere(client, answer)):
        problem_or_none = Remark(about, "problem", *found)
    readings = (read_array(answer.body) if answer.status == 200 else None) or ()
    orders = frozenset(reading.order.identity for reading in readings if reading.order is not None)
    return Look(account.name, credential, answer, problem_or_none, orders)


def crossed(mine: list[Look], theirs: list[Look]) -> Iterator[Remark]:
    """Find credentials of two accounts that are exchanged, by the orders that they are shown.

    What one credential of an account sees has to be what the other account's other credential sees, and both accounts
    have to be so. A target may be what mixes them up; where that is as likely, it is for the checks to judge.
    """
    if len(mine) != 2 or len(theirs) != 2 or any(each.problem for each in (*mine, *theirs)):
        return
    (token, key), (their_token, their_key) = mine, theirs
    pairs = ((token, their_key), (key, their_token))
    alike = all(one.orders & another.orders or not (one.orders or another.orders) for one, another in pairs)
    apart = _disagree(mine) and _disagree(theirs) and not token.orders & their_token.orders
    if alike and apart:
        says = f"{token} is shown the orders of {their_key}, and {key} those of {their_token}"
        to_do = (
            "exchange the two tokens, or the two keys with their secrets; if each is in its place, the target mixes up"
            " the accounts, which auth.same-account forbids"
        )
        yield Remark("accounts", "problem", says, to_do, refuses=True)


def _disagree(looks: list[Look]) -> bool:
    """Whether two credentials of one account are shown nothing in common, though one is shown something."""
    if len(looks) != 2:
        return False
    return bool(looks[0].orders | looks[1].orders) and not looks[0].orders & looks[1].orders


def _ask(account: Account, credential: Credential, query: str = _FIRST) -> Answer:
    """The answer to a list. What it says counts for nothing: it may not be the API that answers."""
    judged, account.observations = account.observations, Observations()
    try:
        return account.send(LIST, *account.signer.authorize(query, credential))
    finally:
        account.observations = judged


def _refused(about: str, account: Account, credential: Credential, answer: Answer) -> Remark | None:
    if answer.status not in _REFUSED:
        return None
    signer = account.signer
    says = f"{answer.status} {code(answer)}: the {_words(credential)} is refused"
    if _has_expired(signer, credential):
        at = datetime.fromtimestamp(_expiry(signer) or 0, UTC)
        to_do = "get a new one; with jwt = { command = … } a run asks for it by itself"
        return Remark(about, "problem", f"{says}; it expired at {at:%Y-%m-%d %H:%M:%S} UTC", to_do)
    to_do = "is it spelled in full, still valid, and of this environment?"
    if credential == "api-key":
        ahead_s = _ahead_s(answer)
        if abs(ahead_s) > _CLOCKS_AGREE_S:
            fast = f"set the clock of this machine: it is {ahead_s:.0f} s ahead of the answer's Date"
            slow = f"set the clock of this machine: it is {-ahead_s:.0f} s behind the answer's Date"
            return Remark(about, "problem", says, fast if ahead_s > 0 else slow)
        to_do += " Is its secret the right one, not exchanged with the key, and the clock of this machine right?"
    if len(account.credentials) > 1:
        to_do += " To test without it, leave it out of the profile"
    return Remark(about, "problem", says, to_do)


def _ahead_s(answer: Answer) -> float:
    """How far the clock of this machine is ahead of the Date of the answer; 0 where that has none."""
    with contextlib.suppress(ValueError):
        return time.time() - parsedate_to_datetime(answer.exchange.header("date")).timestamp()
    return 0.0


def _has_expired(signer: Signer, credential: Credential) -> bool:
    expiry = _expiry(signer) if credential == "jwt" else None
    return expiry is not None and expiry < time.time()


def _expiry(signer: Signer) -> float | None:
    """When the token says that it expires; None where it does not say so, or cannot be read."""
    with contextlib.suppress(NotApplicable):
        expiry = payload(signer.token).get("exp")
        if isinstance(expiry, int | float) and not isinstance(expiry, bool) and 0 < expiry < 2**33:
            return float(expiry)
    return None


def _owner(signer: Signer) -> tuple[tuple[str, str], ...]:
    """Whom the token names; nobody where there is none, or it cannot be read."""
    if "jwt" in signer.kinds:
        with contextlib.suppress(NotApplicable):
            return owner(payload(signer.token))
    return ()


def _words(credential: Credential) -> str:
    return "token" if credential == "jwt" else "key"
