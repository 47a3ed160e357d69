"""How the demo is told to end: Ctrl-C, a plain kill, a closed terminal."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ToldToEnd(BaseException):
    """Ctrl-C, a plain kill or a closed terminal.

    Not KeyboardInterrupt: where that passes through an exec, as in the import of a dataclass,
    CPython ends the process as killed by SIGINT however well it is caught.
    """


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let a closed terminal and a plain kill end the demo as Ctrl-C does: by ToldToEnd."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        ignore_signals()
        raise ToldToEnd

    before = {each: signal.signal(each, interrupt) for each in ENDS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def ignore_signals() -> None:
    """Once is enough: the parts are ending."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
