"""Lies that need three things at once. scripts/draw_conditional_faults.py drew and wrote them."""

from conformance.faults import fault
from conformance.faults.conditional import (
    AnothersShown,
    CanceledElsewhere,
    CanceledForOthers,
    EndCutOff,
    EndForgotten,
    FiftyAnyway,
    FillsNotTold,
    FirstDropped,
    LastDropped,
    LeftLive,
    OldestOnTop,
    OldestPage,
    OneFewer,
    OneMore,
    StartCutOff,
    StartForgotten,
    StatusForgotten,
    SymbolForgotten,
    When,
    Wherever,
)


@fault(breaks="list.conjunctive")
class SymbolForgottenWithSymbolAndPartiallyFilledAndLimitOfTwoHundred(SymbolForgotten):
    """Forgets the symbol in lists with a symbol, status=partially_filled and a limit of 200."""

    when = When(symbol=True, status="partially_filled", limit="200")


@fault(breaks="list.start")
class StartCutOffWithSymbolAndStartWithoutEnd(StartCutOff):
    """Leaves out the second of the start in lists with a symbol and a start, without an end."""

    when = When(symbol=True, start=True, end=False)


@fault(breaks="list.limit-default")
class OldestPageByTokenWithoutStartOrLimit(OldestPage):
    """Shows the oldest orders, newest first in lists by token, without a start or a limit."""

    when = When(credential="token", start=False, limit="absent")


@fault(breaks="list.conjunctive")
class EndForgottenByTokenWithExpiredAndEnd(EndForgotten):
    """Forgets the end in lists by token, with status=expired and an end."""

    when = When(credential="token", status="expired", end=True)


@fault(breaks="list.limit-exact")
class LastDroppedWithPartiallyFilledAndEndAndLimitOfHundreds(LastDropped):
    """Drops the last order of the page in lists with status=partially_filled, an end and a limit of 100 to 199."""

    when = When(status="partially_filled", end=True, limit="100 to 199")


@fault(breaks="list.limit-exact")
class FirstDroppedWithSymbolAndStatusAndLimitOfOne(FirstDropped):
    """Drops the newest order in lists with a symbol, a status and a limit of 1."""

    when = When(symbol=True, status=True, limit="1")


@fault(breaks="list.conjunctive")
class StatusForgottenWithSymbolAndOpenAndEnd(StatusForgotten):
    """Forgets the status in lists with a symbol, status=open and an end."""

    when = When(symbol=True, status="open", end=True)


@fault(breaks="list.limit-max")
class FiftyAnywayWithEndAndLimitAboveTwoHundredWithoutStart(FiftyAnyway):
    """Shows 50 orders in lists with an end and a limit above 200, without a start."""

    when = When(start=False, end=True, limit="above 200")


@fault(breaks="list.limit-exact")
class OneMoreByTokenWithLimitOfOneWithoutSymbol(OneMore):
    """Shows one order too many in lists by token, with a limit of 1, without a symbol."""

    when = When(credential="token", symbol=False, limit="1")


@fault(breaks="list.conjunctive")
class StartForgottenWithSymbolAndStartWithoutEnd(StartForgotten):
    """Forgets the start in lists with a symbol and a start, without an end."""

    when = When(symbol=True, start=True, end=False)


@fault(breaks="list.own-only")
class AnothersShownByKeyWithLimitOfFiftyWithoutEnd(AnothersShown):
    """Shows another account's order in lists by key, with a limit of 50, without an end."""

    when = When(credential="key", end=False, limit="50")


@fault(breaks="list.newest-first")
class OldestOnTopByTokenWithoutSymbolOrStatus(OldestOnTop):
    """Shows the oldest order of the page first in lists by token, without a symbol or a status."""

    when = When(credential="token", symbol=False, status=False)


@fault(breaks="list.end")
class EndCutOffWithStatusAndEndAndLimitOfHundreds(EndCutOff):
    """Leaves out the second of the end in lists with a status, an end and a limit of 100 to 199."""

    when = When(status=True, end=True, limit="100 to 199")


@fault(breaks="list.limit-default")
class OneFewerByKeyWithoutEndOrLimit(OneFewer):
    """Shows one order too few in lists by key, without an end or a limit."""

    when = When(credential="key", end=False, limit="absent")


@fault(breaks="list.limit-exact")
class OldestPageByTokenWithLimitAboveFiftyWithoutSymbol(OldestPage):
    """Shows the oldest orders, newest first in lists by token, with a limit of 51 to 99, without a symbol."""

    when = When(credential="token", symbol=False, limit="51 to 99")


@fault(breaks="list.conjunctive")
class StartForgottenByTokenWithStartAndEnd(StartForgotten):
    """Forgets the start in lists by token, with a start and an end."""

    when = When(credential="token", start=True, end=True)


@fault(breaks="list.newest-first")
class OldestOnTopByKeyWithStartAndLimitOfTwoHundred(OldestOnTop):
    """Shows the oldest order of the page first in lists by key, with a start and a limit of 200."""

    when = When(credential="key", start=True, limit="200")


@fault(breaks="list.limit-default")
class OneFewerWithStatusWithoutStartOrLimit(OneFewer):
    """Shows one order too few in lists with a status, without a start or a limit."""

    when = When(status=True, start=False, limit="absent")


@fault(breaks="list.limit-max")
class FiftyAnywayWithLimitAboveTwoHundredWithoutSymbolOrEnd(FiftyAnyway):
    """Shows 50 orders in lists with a limit above 200, without a symbol or an end."""

    when = When(symbol=False, end=False, limit="above 200")


@fault(breaks="list.limit-default")
class LastDroppedByKeyWithoutStartOrLimit(LastDropped):
    """Drops the last order of the page in lists by key, without a start or a limit."""

    when = When(credential="key", start=False, limit="absent")


@fault(breaks="list.own-only")
class AnothersShownWithPartiallyFilledAndLimitAboveFiftyWithoutStart(AnothersShown):
    """Shows another account's order in lists with status=partially_filled and a limit of 51 to 99, without a start."""

    when = When(status="partially_filled", start=False, limit="51 to 99")


@fault(breaks="list.status")
class StatusForgottenByTokenWithCanceledWithoutSymbol(StatusForgotten):
    """Forgets the status in lists by token, with status=canceled, without a symbol."""

    when = When(credential="token", symbol=False, status="canceled")


@fault(breaks="list.start")
class StartCutOffWithStartAndLimitAboveFiftyWithoutEnd(StartCutOff):
    """Leaves out the second of the start in lists with a start and a limit of 51 to 99, without an end."""

    when = When(start=True, end=False, limit="51 to 99")


@fault(breaks="list.conjunctive")
class EndForgottenWithSymbolAndStartAndEnd(EndForgotten):
    """Forgets the end in lists with a symbol, a start and an end."""

    when = When(symbol=True, start=True, end=True)


@fault(breaks="list.limit-exact")
class FirstDroppedWithSymbolAndPartiallyFilledAndLimitOfTwoHundred(FirstDropped):
    """Drops the newest order in lists with a symbol, status=partially_filled and a limit of 200."""

    when = When(symbol=True, status="partially_filled", limit="200")


@fault(breaks="list.limit-exact")
class OneMoreByKeyWithStartAndLimitOfHundreds(OneMore):
    """Shows one order too many in lists by key, with a start and a limit of 100 to 199."""

    when = When(credential="key", start=True, limit="100 to 199")


@fault(breaks="list.symbol")
class SymbolForgottenWithSymbolAndLimitBelowFiftyWithoutEnd(SymbolForgotten):
    """Forgets the symbol in lists with a symbol and a limit below 50, without an end."""

    when = When(symbol=True, end=False, limit="below 50")


@fault(breaks="list.end")
class EndCutOffWithOpenAndEndWithoutSymbol(EndCutOff):
    """Leaves out the second of the end in lists with status=open and an end, without a symbol."""

    when = When(symbol=False, status="open", end=True)


@fault(breaks="list.start")
class StartCutOffWithSymbolAndStartAndLimitOfFifty(StartCutOff):
    """Leaves out the second of the start in lists with a symbol, a start and a limit of 50."""

    when = When(symbol=True, start=True, limit="50")


@fault(breaks="list.status")
class StatusForgottenWithOpenAndLimitOfFiftyWithoutSymbol(StatusForgotten):
    """Forgets the status in lists with status=open and a limit of 50, without a symbol."""

    when = When(symbol=False, status="open", limit="50")


@fault(breaks="list.own-only")
class AnothersShownByTokenWithStatusWithoutSymbol(AnothersShown):
    """Shows another account's order in lists by token, with a status, without a symbol."""

    when = When(credential="token", symbol=False, status=True)


@fault(breaks="list.limit-max")
class FiftyAnywayByTokenWithLimitAboveTwoHundredWithoutSymbol(FiftyAnyway):
    """Shows 50 orders in lists by token, with a limit above 200, without a symbol."""

    when = When(credential="token", symbol=False, limit="above 200")


@fault(breaks="list.end")
class EndCutOffWithOpenAndEndWithoutStart(EndCutOff):
    """Leaves out the second of the end in lists with status=open and an end, without a start."""

    when = When(status="open", start=False, end=True)


@fault(breaks="list.start")
class StartForgottenByKeyWithStartWithoutEnd(StartForgotten):
    """Forgets the start in lists by key, with a start, without an end."""

    when = When(credential="key", start=True, end=False)


@fault(breaks="cancel.complete")
class OrdersOfTokensLeftLiveByKeyWithSymbol(LeftLive):
    """Leaves orders placed by token live in cancel-alls by key, with a symbol."""

    when = Wherever(credential="key", symbol=True, orders="orders placed by token")


@fault(breaks="cancel.own-only")
class OpenOrdersCanceledForOthersByKeyWithoutSymbol(CanceledForOthers):
    """Cancels open orders of other accounts too in cancel-alls by key, without a symbol."""

    when = Wherever(credential="key", symbol=False, orders="open orders")


@fault(breaks="cancel.scope-symbol")
class OrdersOfKeysCanceledElsewhereByTokenWithSymbol(CanceledElsewhere):
    """Cancels orders placed by key in the other markets too in cancel-alls by token, with a symbol."""

    when = Wherever(credential="token", symbol=True, orders="orders placed by key")


@fault(breaks="cancel.keeps-fills")
class BuysFillsNotToldByKeyWithSymbol(FillsNotTold):
    """Returns buys as if nothing had been filled in cancel-alls by key, with a symbol."""

    when = Wherever(credential="key", symbol=True, orders="buys")


@fault(breaks="cancel.scope-symbol")
class SellsCanceledElsewhereByTokenWithSymbol(CanceledElsewhere):
    """Cancels sells in the other markets too in cancel-alls by token, with a symbol."""

    when = Wherever(credential="token", symbol=True, orders="sells")


@fault(breaks="cancel.own-only")
class OpenOrdersCanceledForOthersByTokenWithoutSymbol(CanceledForOthers):
    """Cancels open orders of other accounts too in cancel-alls by token, without a symbol."""

    when = Wherever(credential="token", symbol=False, orders="open orders")


@fault(breaks="cancel.complete")
class OrdersBeyondTwoHundredLeftLiveByKeyWithoutSymbol(LeftLive):
    """Leaves orders beyond the newest 200 live in cancel-alls by key, without a symbol."""

    when = Wherever(credential="key", symbol=False, orders="orders beyond the newest 200")


@fault(breaks="cancel.keeps-fills")
class OrdersOfKeysFillsNotToldByTokenWithSymbol(FillsNotTold):
    """Returns orders placed by key as if nothing had been filled in cancel-alls by token, with a symbol."""

    when = Wherever(credential="token", symbol=True, orders="orders placed by key")


@fault(breaks="cancel.keeps-fills")
class OldOrdersFillsNotToldByKeyWithSymbol(FillsNotTold):
    """Returns orders older than an hour as if nothing had been filled in cancel-alls by key, with a symbol."""

    when = Wherever(credential="key", symbol=True, orders="orders older than an hour")


@fault(breaks="cancel.own-only")
class BuysCanceledForOthersByKeyWithoutSymbol(CanceledForOthers):
    """Cancels buys of other accounts too in cancel-alls by key, without a symbol."""

    when = Wherever(credential="key", symbol=False, orders="buys")


@fault(breaks="cancel.complete")
class SellsLeftLiveByTokenWithSymbol(LeftLive):
    """Leaves sells live in cancel-alls by token, with a symbol."""

    when = Wherever(credential="token", symbol=True, orders="sells")


@fault(breaks="cancel.scope-symbol")
class OrdersOfTokensCanceledElsewhereByKeyWithSymbol(CanceledElsewhere):
    """Cancels orders placed by token in the other markets too in cancel-alls by key, with a symbol."""

    when = Wherever(credential="key", symbol=True, orders="orders placed by token")
