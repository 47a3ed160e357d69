"""The processes beside the one that supervises them; they end when it ends, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

GRACE_SECONDS = 15
PR_SET_PDEATHSIG = 1
NO_SIGNAL = 0  # asks only who is there


@dataclass(frozen=True)
class Child:
    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def last_lines(self, count: int = 20) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def start(
    *, name: str, module: str, arguments: Sequence[str], environment: Mapping[str, str], logs: Path
) -> Child:
    """Run a Python module in a session of its own, so that Ctrl-C reaches the supervisor only."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  (our own interpreter, our own arguments)
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
            preexec_fn=_dies_with_parent(),  # noqa: PLW1509  (loaded before the fork)
        )
    return Child(name=name, process=process, log=log)


def stop(children: Sequence[Child]) -> None:
    """End each part with all it started, even where the part itself has ended already."""
    for child in children:
        _signal(child, signal.SIGTERM)
    ends_at = time.monotonic() + GRACE_SECONDS
    for child in children:
        while _is_left(child) and time.monotonic() < ends_at:
            time.sleep(0.05)
        _signal(child, signal.SIGKILL)
        child.process.wait()


def _is_left(child: Child) -> bool:
    return _signal(child, NO_SIGNAL) or not child.ended


def _signal(child: Child, number: int) -> bool:
    """Signal a part and all it started; return whether anything of it is there."""
    child.process.poll()
    try:
        os.killpg(child.process.pid, number)
    except ProcessLookupError:
        return False
    return True


def _dies_with_parent() -> Callable[[], None] | None:
    """Linux can end a child when its parent is killed; elsewhere a killed demo leaves its parts."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
