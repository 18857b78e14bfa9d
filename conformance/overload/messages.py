"""What a master and its workers tell each other, as JSON. Times are seconds since the worker was told of the burst."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from conformance.account.ticket import Ticket
from conformance.evidence import Exchange
from conformance.oracle.ledger import Told
from conformance.orders import Query
from conformance.overload.asker import Came
from conformance.overload.job import Job
from conformance.profile import Profile
from conformance.wire.client import Answer

MASTER_LOST = "the master is lost; its next run cancels what was placed"

# Of an entry: what the job does not tell.
_CAME = ("ending", "status", "code", "id", "told", "wrong", "gateway")


def introduction(profile: Profile, version: str) -> dict[str, Any]:
    """What has to be the same at the master and at each worker."""
    accounts = sorted(account.name for account in profile.accounts.values())
    return {"version": version, "base_url": profile.target.base_url, "accounts": accounts}


def of_job(job: Job) -> dict[str, Any]:
    """The job as JSON."""
    ticket = None if job.ticket is None else job.ticket.to_json()
    return {**{name: getattr(job, name) for name in Job.__slots__}, "query": asdict(job.query), "ticket": ticket}


def to_job(record: Mapping[str, Any]) -> Job:
    """The job that this JSON tells."""
    ticket = None if record["ticket"] is None else replace(Ticket.of_record(record["ticket"]), record=None)
    return Job(**{**record, "query": Query(**record["query"]), "ticket": ticket})


def of_came(came: Came, since: float) -> dict[str, Any]:
    """What came of a request, as JSON. The orders of a list are left out: the ledger does not keep them."""
    entry = came.entry
    exchange = entry.exchange
    if came.answer is not None and exchange is None:
        exchange = replace(came.answer.exchange, response_body="")
    return {
        **{name: getattr(entry, name) for name in _CAME},
        "sent_s": entry.sent_at - since,
        "ended_s": entry.ended_at - since,
        "exchange": None if exchange is None else exchange.to_json(),
        "kept": entry.exchange is not None,
    }


def to_came(record: Mapping[str, Any], job: Job, since: float) -> Came:
    """What came of this job."""
    exchange = None if record["exchange"] is None else Exchange(**record["exchange"])
    answer = None
    if exchange is not None and exchange.status is not None and exchange.problem is None:
        answer = Answer(exchange.status, exchange.response_headers, exchange.response_body.encode(), exchange)
    came: dict[str, Any] = {name: record[name] for name in _CAME}
    came["told"] = tuple(Told(*each) for each in record["told"])
    came |= {"sent_at": since + record["sent_s"], "ended_at": since + record["ended_s"]}
    return Came(replace(job.begun(), **came, exchange=exchange if record["kept"] else None), answer)
