"""What a record means that calls its fields, or a status, by other names than the documents.

The contract says that the names are wrong. The record is read all the same, so that the rest of it can be judged.
"""

from collections.abc import Mapping
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
_IN_LOWER_CASE = ("side", "type", "tif")


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


def meant(record: Any) -> Any:
    """The record under the documents' names, and with their words."""
    read = named(record)
    if not isinstance(read, Mapping):
        return read
    words = {name: read[name].lower() for name in _IN_LOWER_CASE if isinstance(read.get(name), str)}
    if words.get("side") in _OTHER_SIDES:
        words["side"] = _OTHER_SIDES[words["side"]]
    status = read.get("status")
    words |= {"status": _STATUS_OF.get(_letters(status), status)} if isinstance(status, str) else {}
    return {**read, **words}
