"""The language of whoever reads: English sentences said in it, by a catalogue of messages.

What makes a sentence knows nothing of this. Results, and whatever else is for programs, stay English; a report, a
terminal or a page of help says each sentence in the reader's language when it is shown. So an older results.json can be
read in Chinese too. JUnit and CTRF are for both: their ids, names and kinds are English, and their messages are said.
"""

import gettext
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from conformance.language.catalogue import Catalogue

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# The name that gettext has for what belongs to no program: click's own words are looked up in it.
DOMAIN = "messages"
_CLICKS = re.compile(r"(?<!\{)\{[a-z]")  # its gaps have names; what it says is said already
_FOLDER = Path(__file__).parent / "locale"

_catalogue: "Catalogue | None" = None


def of(environment: Mapping[str, str]) -> Language:
    """The language that the locale of this environment asks for, in the order of gettext; English if none is known."""
    given = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    if given.partition(".")[0] in ("C", "POSIX"):
        return "en"
    for each in [*environment.get("LANGUAGE", "").split(":"), given]:
        for language in LANGUAGES:
            if each.lower().replace("-", "_").partition(".")[0].partition("_")[0] == language:
                return language
    return "en"


def use(language: Language) -> None:
    """From now on, say everything in this language."""
    global _catalogue
    os.environ["LANGUAGE"] = language  # click asks gettext, and gettext asks this
    _catalogue = None
    if language == "en":
        return
    from conformance.language.catalogue import Catalogue  # here, since English needs none of it

    gettext.bindtextdomain(DOMAIN, str(_FOLDER))
    found = gettext.translation(DOMAIN, str(_FOLDER), [language], fallback=True)
    messages = getattr(found, "_catalog", {})
    _catalogue = Catalogue(
        {id: text for id, text in messages.items() if id and isinstance(id, str) and not _CLICKS.search(id)}
    )


def used() -> Language:
    """The language that is used."""
    return "en" if _catalogue is None else "zh"


def say(text: str) -> str:
    """The text in the reader's language; what the catalogue does not know stays as it is."""
    return text if _catalogue is None else _catalogue.say(text)


def say_lines(text: str) -> str:
    """Each line of the text in the reader's language."""
    return "\n".join(map(say, text.split("\n")))
