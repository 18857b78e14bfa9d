"""What is done to a part of a credential: each function takes the right text and gives a wrong one."""

import string

# Half an alphabet further on the highest bit of a character is another one, so that the last character of a part in
# base64, of which the lowest bits may not count, does not decode alike. No letter becomes itself in the other case.
BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
HEX = string.digits + "abcdef"


def cut_short(text: str) -> str:
    """The first half."""
    return text[: len(text) // 2]


def first_changed(text: str, alphabet: str = BASE64) -> str:
    """Another character at the start."""
    return _changed(text, 0, alphabet)


def middle_changed(text: str, alphabet: str = BASE64) -> str:
    """Another character in the middle."""
    return _changed(text, len(text) // 2, alphabet)


def middle_in_other_capitals(text: str) -> str:
    """Its letters in the other case, but for those at both ends. What may be a hexadecimal number, whose case need not
    matter, or has no letters there, gets another character in the middle.
    """
    if {*text.lower()} <= {*HEX, "-"} or (other := text[:1] + text[1:-1].swapcase() + text[-1:]) == text:
        return middle_changed(text)
    return other


def last_changed(text: str, alphabet: str = BASE64) -> str:
    """Another character at the end."""
    return _changed(text, len(text) - 1, alphabet)


def _changed(text: str, place: int, alphabet: str) -> str:
    """The text with another character of the alphabet in this place."""
    further = alphabet.find(text[place]) + len(alphabet) // 2 if text[place] in alphabet else 0
    return text[:place] + alphabet[further % len(alphabet)] + text[place + 1 :]
