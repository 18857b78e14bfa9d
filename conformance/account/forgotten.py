"""A parameter that an answer forgets: the list shows just what one showed a moment ago that differs in it alone."""

from collections import deque

from conformance.account.answers import Page

_REMEMBERED = 100  # lists: as many as a burst has


class Lately:
    """The lists that an account was shown lately, and that were right."""

    def __init__(self) -> None:
        self._pages: deque[Page] = deque(maxlen=_REMEMBERED)

    def add(self, page: Page) -> None:
        """This one was right."""
        self._pages.append(page)

    def forgotten_by(self, page: Page) -> str | None:
        """The name of the parameter in which a list differs that was the same byte for byte; None where none was, or
        where a window ends before it starts, since that may have been turned round.
        """
        if page.query.is_backwards:
            return None
        given = dict(page.query.pairs())
        for other in self._pages:
            theirs = dict(other.query.pairs())
            differing = [name for name in given.keys() | theirs.keys() if given.get(name) != theirs.get(name)]
            if len(differing) == 1 and other.exchange.response_body == page.exchange.response_body:
                return differing[0]
        return None
