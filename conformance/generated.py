"""What Schemathesis generates from openapi.yaml, as Hypothesis strategies: queries that it allows, and others.

Nothing but requests comes from there. The account signs and sends them, and the oracle judges the answers: some of the
checks that Schemathesis brings along take what the documents leave open for a defect.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any
from urllib.parse import urlencode

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from conformance import contract
from conformance.operations import CANCEL_ALL, LIST, ORDERS_PATH, Operation
from conformance.oracle.snapshot import Snapshot
from conformance.orders import Query
from conformance.strategies import LARGEST_LIMIT

# The account adds these itself, where its credential is a key.
_SIGNING = {"timestamp", "signature"}

# With Schemathesis' own words: within the contract, and beyond it.
_ALLOWED, _FORBIDDEN = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


@st.composite
def odd_listings(draw: st.DrawFn, seen: Snapshot) -> str:
    """Query strings that are allowed, with a value that the documents give no meaning to."""
    markets = sorted({order.symbol for order in seen.orders.values()})
    return _query_string(draw(_cases(LIST, _ALLOWED).filter(lambda case: not _is_plain(Query(**case.query), markets))))


@st.composite
def forbidden_listings(draw: st.DrawFn) -> str:
    """Query strings that are not allowed: texts for numbers, unknown words, lists, parameters that do not exist."""
    return _query_string(draw(_cases(LIST, _FORBIDDEN)))


@st.composite
def odd_cancels(draw: st.DrawFn) -> str:
    """Query strings of a cancel-all: any symbol, or parameters that do not exist."""
    allowed, forbidden = _cases(CANCEL_ALL, _ALLOWED).filter(lambda case: case.query), _cases(CANCEL_ALL, _FORBIDDEN)
    return _query_string(draw(st.one_of(allowed, forbidden)))


def _is_plain(query: Query, markets: Sequence[str]) -> bool:
    """Whether the documents say what the answer is. A window that ends before it starts may be refused."""
    start, end = (0 if query.start is None else query.start), (LARGEST_LIMIT if query.end is None else query.end)
    return (
        (query.symbol is None or query.symbol in markets)
        and 0 <= start <= end <= LARGEST_LIMIT
        and (query.limit is None or abs(query.limit) <= LARGEST_LIMIT)
    )


@cache
def _cases(operation: Operation, mode: GenerationMode) -> st.SearchStrategy[Case[Any]]:
    """Cases of an operation."""
    # Not by the operation's as_strategy(): for speed it takes the printer away from all of Hypothesis, and no finding
    # could tell its example any more.
    operations = schema()
    asked = operations[operation.path][operation.method]
    cases: st.SearchStrategy[Case[Any]] = operations.get_case_strategy(asked, generation_mode=mode)
    return cases


@cache
def schema() -> Any:
    """openapi.yaml, as Schemathesis reads it."""
    config = schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_dict(_unsigned(), config=config)


def _unsigned() -> dict[str, Any]:
    """openapi.yaml without the parameters that sign a request."""
    description: dict[str, Any] = deepcopy(dict(contract.description()))
    for described in description["paths"][ORDERS_PATH].values():
        described["parameters"] = [each for each in described["parameters"] if _name(each) not in _SIGNING]
    return description


def _name(parameter: Mapping[str, Any]) -> str:
    return str(parameter["name"] if "name" in parameter else parameter["$ref"].rpartition("/")[2])


def _query_string(case: Case[Any]) -> str:
    """As Schemathesis would have it sent, urlencoded."""
    from schemathesis.transport.requests import REQUESTS_TRANSPORT  # not before the first request is sent

    # What case.as_transport_kwargs() does; but that imports all that other ways of sending need, which takes a while.
    parameters = REQUESTS_TRANSPORT.serialize_case(case)["params"]
    return parameters if isinstance(parameters, str) else urlencode(parameters or {}, doseq=True)
