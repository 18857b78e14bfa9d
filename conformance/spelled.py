"""What a record means that calls its fields, or a status, by other names than the documents, or writes its amounts with
commas.

The contract says that this is wrong. The record is read all the same, so that the rest of it can be judged.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.orders import FIELDS, STATUSES

# As other exchanges call them, in small letters alone. None of these names could mean anything else in an order.
_OTHER_FIELDS = {
    "id": ("orderid", "ordid"),
    "symbol": ("market", "instrument", "instid", "currencypair"),
    "side": ("orderside",),
    "type": ("ordertype", "ordtype"),
    "tif": ("timeinforce",),
    "price": ("limitprice", "orderprice"),
    "quantity": ("qty", "origqty", "orderqty"),
    "quote_quantity": ("quoteqty", "quoteorderqty"),
    "filled_qty": ("filledquantity", "executedqty", "executedquantity", "cumqty", "filled"),
    "avg_fill_price": ("avgprice", "averageprice", "averagefillprice", "avgfilledprice"),
    "status": ("state", "orderstatus", "ordstatus"),
    "reject_reason": ("rejectionreason", "rejectcode"),
    "created_at": ("created", "createtime", "createdtime", "creationtime", "ctime"),
    "updated_at": ("updated", "updatetime", "updatedtime", "utime"),
}
_OTHER_STATUSES = {
    "new": "open",
    "active": "open",
    "partial": "partially_filled",
    "partialfilled": "partially_filled",
    "fullyfilled": "filled",
    "executed": "filled",
    "cancelled": "canceled",
}
_OTHER_SIDES = {"bid": "buy", "ask": "sell"}
_IN_LOWER_CASE = {"side": ("buy", "sell", *_OTHER_SIDES), "type": ("limit", "market"), "tif": ("gtc", "ioc", "fok")}
_AMOUNTS = ("price", "quantity", "quote_quantity", "filled_qty", "avg_fill_price")
_OTHER_MARK = {".": ",", ",": "."}
_ONE_GROUP = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")  # decimals, or thousands


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()


_STATUS_OF = {_letters(status): status for status in STATUSES} | _OTHER_STATUSES
_NAMES_OF = {name: (_letters(name), *_OTHER_FIELDS[name]) for name in FIELDS}


def other_names(record: Mapping[str, Any]) -> dict[str, str]:
    """The names of the fields that stand in the record under another name, by the documents' name for them."""
    if record.keys() >= _NAMES_OF.keys():
        return {}
    keys = {_letters(key): key for key in record if key not in _NAMES_OF}
    there = {name: [keys[each] for each in names if each in keys] for name, names in _NAMES_OF.items()}
    return {name: found[0] for name, found in there.items() if found and name not in record}


def named(record: Any) -> Any:
    """The record under the documents' names for its fields. It may stand in an object with nothing else in it."""
    if not isinstance(record, Mapping):
        return record
    if len(record) == 1 and isinstance(inside := next(iter(record.values())), Mapping):
        return named(inside)
    others = other_names(record)
    return {**record, **{name: record[key] for name, key in others.items()}} if others else record


def _amounts(record: Mapping[str, Any]) -> dict[str, str]:
    """The amounts of a record that writes some with a comma, as the documents write them, if their mark is clear."""
    texts = {name: record[name] for name in _AMOUNTS if isinstance(record.get(name), str)}
    if not any("," in text for text in texts.values()):
        return {}
    marks = {mark for text in texts.values() for mark in _marks(text)}
    return {name: _with_point(text, *marks) for name, text in texts.items()} if len(marks) == 1 else {}


def _marks(text: str) -> Iterable[str]:
    """The mark before the decimals, a point or a comma, if this amount tells which it is: 30,000 alone does not."""
    used = [each for each in text if each in _OTHER_MARK]
    if len(set(used)) == 2:
        yield used[-1]
    elif len(used) > 1:
        yield _OTHER_MARK[used[0]]
    elif used and not _ONE_GROUP.fullmatch(text):
        yield used[0]


def _with_point(text: str, mark: str) -> str:
    """The amount as the documents write it; as it is, if its thousands are not groups of three."""
    whole, _, decimals = text.partition(mark)
    other = _OTHER_MARK[mark]
    grouped = re.fullmatch(rf"-?\d{{1,3}}({re.escape(other)}\d{{3}})+", whole)
    whole = whole.replace(other, "") if grouped else whole
    return f"{whole}.{decimals}" if decimals else whole


def meant(record: Any) -> Any:
    """The record under the documents' names, and with their words and their decimals."""
    read = named(record)
    if not isinstance(read, Mapping):
        return read
    texts = {name: read[name] for name in _IN_LOWER_CASE if isinstance(read.get(name), str)}
    # Other words are left as they are: they mean nothing known, and may be a secret that would not be recognized.
    words = {name: word for name, text in texts.items() if (word := text.lower()) in _IN_LOWER_CASE[name]}
    if words.get("side") in _OTHER_SIDES:
        words["side"] = _OTHER_SIDES[words["side"]]
    status = read.get("status")
    words |= {"status": _STATUS_OF.get(_letters(status), status)} if isinstance(status, str) else {}
    return {**read, **words, **_amounts(read)}
