"""Celery's broker of files, for one machine, but nobody ever sees half a file.

kombu makes a file under its final name and fills it afterwards. A worker that looks in between
reads half a message, or half a table of queues, and ends. Here a message is written under a name
that nobody looks for and then renamed, which is one step; a table is opened by one at a time.
"""

import fcntl
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]
        """Add a message; the names of files sort as the messages came."""
        file = Path(self.data_folder_out) / f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        unfinished = file.with_name(f"{file.name}.unfinished")
        unfinished.write_bytes(str_to_bytes(dumps(payload)))
        unfinished.rename(file)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the oldest message; of two who want it one succeeds in renaming it."""
        for file in sorted(Path(self.data_folder_in).iterdir()):
            if file.name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = file.with_name(f"{file.name}.taken")
            try:
                file.rename(taken)
            except FileNotFoundError:
                continue
            payload = taken.read_bytes()
            taken.unlink()
            return loads(bytes_to_str(payload))
        raise Empty

    def get_table(self, exchange: str) -> list[Any]:
        with self._alone_with_the_tables():
            return list(super().get_table(exchange))

    def _queue_bind(self, *names: Any) -> None:
        with self._alone_with_the_tables():
            super()._queue_bind(*names)

    def _delete(self, queue: str, *names: Any, **options: Any) -> None:
        with self._alone_with_the_tables():
            super()._delete(queue, *names, **options)

    @contextmanager
    def _alone_with_the_tables(self) -> Iterator[None]:
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "tables.lock").open("wb") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)  # until it is closed, also by a process that dies
            yield


class Transport(filesystem.Transport):
    Channel = Channel
