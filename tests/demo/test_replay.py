"""Stories of many patients run in one order of instants, and mail goes out between their acts."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.simulation.replay import Replay, Story

START = datetime(2026, 5, 4, 9, tzinfo=UTC)


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


@pytest.fixture
def log() -> list[tuple[str, datetime]]:
    return []


def acts(log: list[tuple[str, datetime]], name: str, *hours: int) -> Story:
    for number in hours:
        at = yield hour(number)
        log.append((name, at))


@pytest.mark.django_db
def test_stories_act_in_the_order_of_their_instants(log: list[tuple[str, datetime]]) -> None:
    replay = Replay(on_instant=lambda at: None)

    replay.run([acts(log, "a", 0, 3), acts(log, "b", 1, 2)], until=hour(10))

    assert log == [("a", hour(0)), ("b", hour(1)), ("b", hour(2)), ("a", hour(3))]


@pytest.mark.django_db
def test_what_lies_at_the_end_or_later_does_not_happen(log: list[tuple[str, datetime]]) -> None:
    replay = Replay(on_instant=lambda at: None)

    replay.run([acts(log, "a", 1, 2, 3)], until=hour(2))

    assert log == [("a", hour(1))]


@pytest.mark.django_db
def test_a_story_can_begin_another(log: list[tuple[str, datetime]]) -> None:
    replay = Replay(on_instant=lambda at: None)

    def parent() -> Story:
        at = yield hour(0)
        log.append(("parent", at))
        replay.begin(acts(log, "child", 1))
        at = yield hour(2)
        log.append(("parent", at))

    replay.run([parent()], until=hour(10))

    assert [name for name, _ in log] == ["parent", "child", "parent"]


@pytest.mark.django_db
def test_the_clock_is_told_before_each_act() -> None:
    told: list[datetime] = []
    replay = Replay(on_instant=told.append)

    replay.run([acts([], "a", 0, 5)], until=hour(10))

    assert told == [hour(0), hour(5)]
