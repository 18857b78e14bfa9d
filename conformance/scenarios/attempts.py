"""Requests that must not take effect: sent on purpose, and judged by what lists show before and after."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace

from conformance.account.blame import BAD_INPUT
from conformance.account.looks import with_lists
from conformance.account.sent import Signed
from conformance.operations import CANCEL_ALL
from conformance.oracle.harm import Attempt, harm
from conformance.oracle.listing import MAX_LIMIT
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Query
from conformance.stage.stage import Stage
from conformance.verdict import Breach, Inconclusive
from conformance.wire.answers import decoded, turns_away
from conformance.wire.client import Answer

# Answers that speak of load or of a gateway rather than of the credentials.
OF_LOAD = (408, 418, 429, 502, 503, 504)


def probe_cancel(stage: Stage, query: str, reach: Set[str] | None = frozenset()) -> None:
    """Say cancel-all with an odd query, given as it goes over the wire: it may reach these markets (None: all)."""

    def send() -> Answer:
        [answer] = _sent(stage, [query])
        return answer

    answer = attempt(stage, BAD_INPUT, send, reach, wrong=lambda answer: _not_a_plain_answer(query, answer))
    _expect_a_plain_answer(stage, query, answer)


def probe_cancels(stage: Stage, queries: Sequence[str]) -> None:
    """Say cancel-all with each of these odd queries while orders of the caller are live: none of them may reach any.

    One look at the orders serves for all. If it shows harm, each is sent again with live orders and a look of its own.
    """
    _probe_each(stage, dict.fromkeys(queries, frozenset()), stage.have_live, lambda: _sent(stage, queries))


def probe_cancels_of_nothing(stage: Stage, queries: Sequence[str]) -> None:
    """As `probe_cancels`, while nothing is live: they may be good ones."""
    _probe_each(stage, dict.fromkeys(queries), stage.clear, lambda: _sent(stage, [*dict.fromkeys(queries)]))


def probe_cancels_that_may(stage: Stage, reach: Mapping[str, Set[str]], arrange: Callable[[], None]) -> None:
    """Say cancel-all with each of these odd queries, which may reach some markets, over what `arrange` brings about.

    One look at the orders serves for all; if it shows that any was canceled, each is sent again with orders and a look
    of its own: it may be a good one.
    """
    _probe_each(stage, reach, arrange, lambda: _sent(stage, [*reach]))


def _probe_each(
    stage: Stage,
    reach: Mapping[str, Set[str] | None],
    arrange: Callable[[], None],
    send: Callable[[], Sequence[Answer]],
) -> None:
    arrange()
    before = stage.view.believed()
    stage.view.decline_to_harm()
    answers = send()
    harmed = harm_done(stage, before, stage.view.believed(len(before.exchanges)))
    for (query, markets), answer in zip(reach.items(), answers, strict=True):
        if harmed:
            arrange()
            probe_cancel(stage, query, markets)
        else:
            _expect_a_plain_answer(stage, query, answer)


def _sent(stage: Stage, queries: Sequence[str]) -> list[Answer]:
    caller = stage.caller
    with caller.counting_as("odd input"):
        return caller.send_each(CANCEL_ALL, [Signed(*caller.signer.authorize(query)) for query in queries])


def _expect_a_plain_answer(stage: Stage, query: str, answer: Answer) -> None:
    if answer.status in OF_LOAD:
        raise Inconclusive(f"{stage.caller}: {answer.status} to a cancel-all")
    stage.caller.observations.report(_not_a_plain_answer(query, answer), answer.exchange, raising=True)
    stage.caller.observations.count({BAD_INPUT: 1})


def _not_a_plain_answer(query: str, answer: Answer) -> list[Breach]:
    document = decoded(answer.body)
    as_documented = answer.status == 200 and isinstance(document, dict) and isinstance(document.get("canceled"), list)
    if as_documented or turns_away(answer) or answer.status in OF_LOAD:
        return []
    return [Breach(f"a 4xx, or a cancel-all's answer, to ?{query[:60]}", shown(answer), BAD_INPUT)]


def attempt(
    stage: Stage,
    requirement: str,
    send: Callable[[], Answer],
    reach: Set[str] | None = frozenset(),
    instead: str = "",
    wrong: Callable[[Answer], Sequence[Breach]] = lambda _: (),
) -> Answer:
    """Send a DELETE that may cancel in these markets alone, and look at what it changed; a change is a Violation.

    `instead` says what should have come of it; `wrong` what is wrong with the answer.
    """
    before = stage.view.believed()
    stage.view.decline_to_harm()
    answer = send()
    after = stage.view.believed(len(before.exchanges))
    done = harm_done(stage, before, after, reach)
    due = f"{instead}, and " if instead else ""
    blamed = [breach._replace(requirement=requirement, want=f"{due}{breach.want}") for breach in done]
    blamed += [breach._replace(exchanges=breach.exchanges or (answer.exchange,)) for breach in wrong(answer)]
    stage.caller.observations.report(with_lists(blamed, [before], [answer.exchange], [after]), raising=True)
    return answer


def harm_done(
    stage: Stage, before: Snapshot, after: Snapshot, reach: Set[str] | None = frozenset()
) -> Sequence[Breach]:
    """What a request did to the caller's orders, and must not; `reach`: the markets that it may cancel in.

    What lists leave out, and one of its own second shows as it was, has not been touched: the lists are wrong then.
    """
    gone = {order.id: order for order in before.standing if order.id not in after.orders}
    missed = next((order for order in gone.values() if after.covers(order.created_at)), None)
    if missed is not None:
        second = Query(missed.symbol, start=missed.created_at, end=missed.created_at, limit=MAX_LIMIT)
        found = {order.id: order for order in stage.caller.look(second).orders}.get(missed.id)
        if found is not None and not missed.changes(found):
            after = replace(after, orders={**gone, **after.orders})
    return list(harm(Attempt(before, after, reach)))


def shown(answer: Answer) -> str:
    """Status and body, not longer than a line or two."""
    return f"{answer.status} {answer.exchange.response_body[:200]!r}"
