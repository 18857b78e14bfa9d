"""How much of the table of forged credentials was tried: gaps have a name, and a remedy."""

import pytest

from conformance.operations import CANCEL_ALL, LIST, OPERATIONS
from conformance.profile import AccountProfile
from conformance.profile.secrets import Secret
from conformance.wire.forged_coverage import coverage
from conformance.wire.forgery import COMPONENTS, FORGERIES, cell
from conformance.wire.signer import Signer
from tests.wire.test_forgery import ALICE, BOB, SECRETS

EVERY = {cell(forgery, operation) for forgery in FORGERIES for operation in OPERATIONS}
OF_TOKENS = {each.says for name in COMPONENTS if name.startswith("token") for each in COMPONENTS[name]}


def having(**secrets: Secret) -> Signer:
    return Signer(AccountProfile(name="alice", **secrets))


def test_all_of_it() -> None:
    assert coverage(EVERY, ALICE, BOB) == (len(EVERY), 2 * len(FORGERIES), ())


def test_what_is_not_in_the_table_does_not_count() -> None:
    assert coverage({"list with limit=1 behind the signature"}, ALICE, BOB).asked == 0


def test_what_was_not_run() -> None:
    left = cell(FORGERIES[0], CANCEL_ALL)
    asked, possible, [gap] = coverage(EVERY - {left}, ALICE, BOB)
    assert asked == possible - 1
    assert gap.cells == (left,)
    assert gap.close.startswith("a run")


@pytest.mark.parametrize(
    ("caller", "close"),
    [
        (having(api_key=SECRETS["api_key"], api_secret=SECRETS["api_secret"]), "jwt under [accounts.caller]"),
        (
            having(**{**SECRETS, "jwt": Secret("opaque")}),
            "a JWT for accounts.caller: an opaque token has no parts to alter",
        ),
    ],
)
def test_without_a_token_that_has_parts(caller: Signer, close: str) -> None:
    tried = {cell(each, operation) for each in FORGERIES if each.says not in OF_TOKENS for operation in OPERATIONS}
    asked, _, [gap] = coverage(tried, caller, BOB)
    assert gap.close == close
    assert set(gap.cells) == EVERY - tried
    assert asked == len(tried)


def test_without_a_key() -> None:
    _, _, gaps = coverage((), having(jwt=SECRETS["jwt"]), BOB)
    assert "api_key and api_secret under [accounts.caller]" in {gap.close for gap in gaps}


def test_without_another_account() -> None:
    tried = EVERY - {cell(each, operation) for each in FORGERIES if each.of_another for operation in OPERATIONS}
    gaps = {gap.close: gap.cells for gap in coverage(tried, ALICE, None).gaps}
    assert gaps.keys() == {"jwt under [accounts.other]", "api_key and api_secret under [accounts.other]"}


def test_where_nothing_may_be_canceled() -> None:
    [gap] = coverage({cell(each, LIST) for each in FORGERIES}, ALICE, BOB, cancels=False).gaps
    assert gap.close.startswith("--scope full")
