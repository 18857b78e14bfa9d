"""What was covered of what there is: counts, and the gaps with what would close them."""

from conformance.coverage.areas import SIZES, merged, of_cancels, of_orders, of_queries
from conformance.coverage.asked import Asked, Queries
from conformance.coverage.population import YOUNG, Kind
from conformance.orders import Query

ROW = (("symbol", "A"), ("status", "open"), ("limit", "absent, room"))
PAIRS = {
    (("symbol", "A"), ("status", "open")),
    (("symbol", "A"), ("limit", "absent, room")),
    (("status", "open"), ("limit", "absent, room")),
}


def asked(*telling: str) -> Asked:
    return Asked(Query("A", "open"), "caller", "jwt", ROW, frozenset(telling))


def test_pairs_count_where_both_tell() -> None:
    queries = Queries((), PAIRS, {ROW})
    assert of_queries(queries, [asked("symbol", "status", "limit")]) == {
        "pairs": [3, 3],
        "triples": [1, 1],
        "gaps": [],
    }
    told = of_queries(queries, [asked("symbol", "limit")])
    assert (told["pairs"], told["triples"]) == ([1, 3], [0, 1])
    assert len(told["gaps"]) == 3
    assert all(gap.endswith(": no list was found whose answer tells") for gap in told["gaps"])


def test_what_was_planned_and_not_asked_is_said_to_be_so() -> None:
    planned = Queries((asked("symbol", "status"),), PAIRS, {ROW})
    gaps = of_queries(planned, [])["gaps"]
    assert [gap for gap in gaps if gap.endswith(": not asked for")] == ["symbol A · status open: not asked for"]
    assert len(gaps) == 4


def test_many_gaps_are_counted_and_some_named() -> None:
    many = {(("symbol", f"M{number}"), ("status", "open")) for number in range(30)}
    gaps = of_queries(Queries((), many, set()), [])["gaps"]
    assert len(gaps) < 30
    assert gaps[-1] == f"and {30 - len(gaps) + 1} more"


def test_orders_are_held_against_what_the_driver_can_reach() -> None:
    placed = of_orders([Kind("open", "buy", "limit", "A", "none", "at", YOUNG)], ["A"], {"open"}, [YOUNG])
    assert placed["pairs"][0] < placed["pairs"][1]
    both = [Kind("open", side, "limit", "A", "none", "at", YOUNG) for side in ("buy", "sell")]
    gaps = of_orders(both, ["A"], {"open"}, [YOUNG])["gaps"]
    assert not any("status open" in gap for gap in gaps)


def test_sizes_that_were_not_met_say_what_would_bring_them_about() -> None:
    done = {("size", size) for size in ("1", *map(str, SIZES[4:-1]))} | {("kinds", "jwt")}
    area = of_cancels(done, ["jwt", "api-key"], set(), injects=False)
    assert (area["sizes"], area["kinds"]) == ([8, len(SIZES)], [1, 2])
    assert area["gaps"][-1] == "live orders of every kind with the api-key"
    assert all("[driver.inject]" in gap for gap in area["gaps"][:-1])


def test_what_no_cancel_all_was_about_is_told() -> None:
    one, two = ((("size", "few"), ("side", side), ("age", "old")) for side in ("buy", "sell"))
    area = of_cancels(
        {("triple", one), *(("size", f"{size}") for size in SIZES if size != "above 300"), ("size", "301")},
        [],
        {one, two},
        injects=True,
    )
    assert area["triples"] == [1, 2]
    assert area["gaps"][-1] == "size few · side sell · age old: no cancel-all is about such orders"


def test_of_several_lanes_the_one_that_covered_most_is_told() -> None:
    one, other = {"queries": {"pairs": [3, 9], "gaps": ["x"]}}, {"queries": {"pairs": [9, 9], "gaps": []}, "orders": {}}
    assert merged([one, other]) == merged([other, one]) == other
