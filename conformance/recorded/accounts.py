"""The accounts of a recording, with what is known of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conformance.observations import Observations
from conformance.recorded.ahead import Ahead
from conformance.recorded.cancels import Cancels
from conformance.recorded.entry import Entry
from conformance.recorded.lists import Lists
from conformance.recorded.story import Story, Terms
from conformance.recorded.whose import Whose


@dataclass(frozen=True, slots=True)
class Account:
    """What has been shown of an account, what comes next, and who judges it."""

    story: Story
    lists: Lists
    cancels: Cancels
    ahead: Ahead


class Accounts:
    """All of them. `owners`: the account of each name that credentials have; the others are accounts themselves."""

    def __init__(self, terms: Terms, observations: Observations) -> None:
        self.owners: Mapping[str, str] = {}
        self.whose = Whose()
        self._terms = terms
        self._observations = observations
        self._accounts: dict[str, Account] = {}

    def name_of(self, credential: str) -> str:
        """The account that these credentials are of."""
        return self.owners.get(credential, credential)

    def of(self, entry: Entry) -> Account | None:
        """Who has asked; None if nobody can tell, or the credentials are not good."""
        if entry.account is None or entry.flaw is not None:
            return None
        name = self.name_of(entry.account)
        if name not in self._accounts:
            story = Story(name)
            given = story, self._terms, self._observations
            self._accounts[name] = Account(story, Lists(*given), Cancels(*given), Ahead())
        return self._accounts[name]

    def all(self) -> Iterable[Account]:
        """All that have asked."""
        return self._accounts.values()

    def names(self) -> list[str]:
        """Their names."""
        return sorted(self._accounts)
