"""The limit: how fast a run could have been at best."""

import json
from dataclasses import asdict, replace

import pytest

from conformance import contract
from conformance.cost import Limit, Work, fine_step, limit
from conformance.results import Results
from tests.reporting.test_terminal import CLEAN, results

STEPS = {fine_step(0.04): 10, fine_step(0.3): 90}
WORK = Work(cpu_s=2.0, chain=100, shared=400, connections=8, round_trips=STEPS)


def of(*works: Work) -> Limit:
    found = limit(12.0, 500, works)
    assert found is not None
    return found


def test_the_largest_of_three_is_the_limit() -> None:
    found = of(WORK)
    assert found.round_trip_ms == pytest.approx(40, rel=0.01)  # a tenth took no longer
    assert found.set_by == "chain"
    assert found.limit_s == pytest.approx(4.0, rel=0.01)
    assert found.ratio == pytest.approx(3.0, rel=0.01)
    assert found.cpu_ms_per_request == 4.0
    few = of(replace(WORK, connections=2))
    assert few.set_by == "connections"
    assert few.limit_s == pytest.approx(8.0, rel=0.01)
    busy = of(replace(WORK, cpu_s=6.0))
    assert (busy.set_by, busy.limit_s, busy.ratio) == ("cpu", 6.0, 2.0)


def test_processes_work_side_by_side() -> None:
    found = of(WORK, replace(WORK, chain=50, cpu_s=1.0), Work(cpu_s=0.5))
    assert (found.chain, found.connections, found.cpu_ms_per_request) == (100, 16, 7.0)


def test_without_a_list_there_is_no_limit() -> None:
    assert limit(1.0, 3, [Work(cpu_s=1.0, chain=3)]) is None
    assert limit(1.0, 0, [Work()]) is None


def test_it_is_read_back_with_members_that_were_added_or_left_out() -> None:
    found = of(WORK)
    assert Limit.from_json({**asdict(found), "more": 1}) == found
    told = asdict(found)
    del told["set_by"]
    assert Limit.from_json(told) == found
    assert Limit.from_json(None) is None


def test_results_keep_it() -> None:
    written = replace(results(CLEAN), by_purpose={"lists": 20, "set-up": 10}, limit=of(WORK))
    document = json.loads(json.dumps(written.to_json()))
    contract.validator("results").validate(document)
    read = Results.from_json(document)
    assert (read.limit, read.by_purpose, read.requests) == (written.limit, written.by_purpose, written.requests)
    assert document["requests"]["by_purpose"] == {"lists": 20, "set-up": 10}
    contract.validator("results").validate(json.loads(json.dumps(results(CLEAN).to_json())))
