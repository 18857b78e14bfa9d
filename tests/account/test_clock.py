"""The clock of a target, as far as the orders that were placed there tell it."""

from conformance.account.clock import TargetClock
from tests.orders import order


def test_the_targets_clock_is_bounded_by_what_was_placed() -> None:
    clock = TargetClock()
    assert clock.window(100.0, 100.1) is None
    clock.learn(order("a", created_at=1_778_400_003), 1_778_400_000.2, 1_778_400_000.3)
    earliest, latest = clock.window(1_778_400_010.0, 1_778_400_010.1) or (0, 0)
    assert earliest <= 1_778_400_013 <= latest
    assert latest - earliest <= 5
    clock.learn(order("b", created_at=1_778_400_006), 1_778_400_002.9, 1_778_400_003.0)
    assert clock.window(1_778_400_010.0, 1_778_400_010.1) == (1_778_400_012, 1_778_400_015)


def test_a_clock_that_was_set_is_learned_anew() -> None:
    clock = TargetClock()
    clock.learn(order("a", created_at=1_778_400_000), 1_778_400_000.2, 1_778_400_000.3)
    clock.learn(order("b", created_at=1_778_400_501), 1_778_400_001.2, 1_778_400_001.3)
    earliest, _ = clock.window(1_778_400_010.0, 1_778_400_010.1) or (0, 0)
    assert earliest > 1_778_400_500
    assert clock.times_set == 1


def test_milliseconds_tell_nothing_of_its_seconds() -> None:
    clock = TargetClock()
    clock.learn(order("a", created_at=1_778_400_003_000), 1_778_400_000.2, 1_778_400_000.3)
    assert not clock.known


def test_from_some_moment_on_all_stamps_are_later_than_a_second() -> None:
    clock = TargetClock()
    assert clock.later_than(1_778_400_005) is None
    clock.learn(order("a", created_at=1_778_400_003), 1_778_400_000.2, 1_778_400_000.3)
    at = clock.later_than(1_778_400_005)
    assert at is not None
    for moment, told_apart in ((at - 0.01, False), (at + 0.01, True)):
        earliest, _ = clock.window(moment, moment + 0.1) or (0, 0)
        assert (earliest > 1_778_400_005) == told_apart


def test_the_moment_at_which_a_second_of_the_target_begins() -> None:
    clock = TargetClock()
    assert clock.next_second(1_778_400_010.0) is None
    assert clock.of_one_second(1_778_400_010.0, 1_778_400_019.0)  # who knows
    clock.learn(order("a", created_at=1_778_400_003), 1_778_400_000.2, 1_778_400_000.3)
    clock.learn(order("b", created_at=1_778_400_006), 1_778_400_003.7, 1_778_400_003.8)
    now = 1_778_400_010.5
    begins = clock.next_second(now)
    assert begins is not None
    assert now < begins < now + 2
    assert clock.of_one_second(begins, begins + 0.3)
    assert not clock.of_one_second(begins, begins + 0.9)  # the next one may have begun
    assert not clock.of_one_second(begins - 0.01, begins)
    assert not clock.of_one_second(now, begins)
