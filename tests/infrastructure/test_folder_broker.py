"""The demo's broker of files: whoever looks, at whatever moment, sees whole messages or none."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from threading import Barrier
from typing import Any

import pytest
from kombu import Connection

from tests import services

OpenChannel = Callable[[], Any]
MESSAGES = 300


@pytest.fixture
def open_channel(tmp_path: Path) -> Iterator[OpenChannel]:
    """Open the broker as one more process would."""
    opened = []

    def connect() -> Any:
        connection = Connection(
            "filesystem://",
            transport="tracker.folder_broker:Transport",
            transport_options={
                "data_folder_in": str(tmp_path),
                "data_folder_out": str(tmp_path),
                "control_folder": str(tmp_path / "control"),
            },
        )
        opened.append(connection)
        return connection.channel()

    yield connect
    for connection in opened:
        connection.release()


class LooksWhileItIsWritten:
    """Part of a message; while kombu turns it into text it looks into the queue."""

    def __init__(self, channel: Any) -> None:
        self.channel = channel

    def __json__(self) -> str:
        try:
            return f"found {self.channel._get('celery')}"
        except Empty:
            return "found nothing"


def test_a_message_is_not_there_before_it_is_whole(open_channel: OpenChannel) -> None:
    writer, reader = open_channel(), open_channel()

    writer._put("celery", {"body": LooksWhileItIsWritten(reader)})

    assert reader._get("celery") == {"body": "found nothing"}
    with pytest.raises(Empty):
        reader._get("celery")


def test_of_two_who_take_at_once_each_message_goes_to_one(open_channel: OpenChannel) -> None:
    writer, *readers = open_channel(), open_channel(), open_channel()
    for number in range(MESSAGES):
        writer._put("celery", {"number": number})

    def take_all(reader: Any) -> list[int]:
        taken = []
        while reader._size("celery"):
            try:
                taken.append(reader._get("celery")["number"])
            except Empty:
                break
        return taken

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(take_all, readers)

    assert first == sorted(first)
    assert sorted(first + second) == list(range(MESSAGES))


def test_queues_named_at_the_same_moment_are_all_known(open_channel: OpenChannel) -> None:
    channels = [open_channel() for _ in range(4)]

    for exchange in (f"exchange{n}" for n in range(30)):
        gate = Barrier(len(channels))

        def bind(number: int, exchange: str = exchange, gate: Barrier = gate) -> None:
            gate.wait(timeout=10)
            channels[number].get_table(exchange)  # whoever looks meanwhile
            channels[number]._queue_bind(exchange, "", "", f"queue{number}")

        with ThreadPoolExecutor(len(channels)) as pool:
            list(pool.map(bind, range(len(channels))))

        known = {row.queue for row in channels[0].get_table(exchange)}
        assert known == {"queue0", "queue1", "queue2", "queue3"}


def test_without_a_broker_of_its_own_celery_uses_it(tmp_path: Path) -> None:
    """As in the demo; the tests themselves have Redis."""
    asks = (
        "import django; django.setup();"
        "from tracker.celery import app;"
        "print(type(app.connection_for_write().channel()).__module__)"
    )
    settings = {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "SECRET_KEY": "x",
        "PUBLIC_URL": "http://127.0.0.1",
        "DATA_DIR": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "-c", asks],
        env=services.inherited() | settings,
        cwd=services.ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == "tracker.folder_broker"
