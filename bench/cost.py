"""The CPU time of processes with all their children, those that have ended too (Linux)."""

import os
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")
PARENT, FIRST_TIME = 1, 11  # fields of /proc/PID/stat, counted from after the name


def cpu_seconds(pid: int) -> float:
    """Return user and system time of *pid*, its descendants, and those it has waited for."""
    known = dict(filter(None, map(_process, Path("/proc").glob("[0-9]*"))))
    return TICK * sum(known[each][1] for each in _family(pid, known))


def _process(folder: Path) -> tuple[int, tuple[int, int]] | None:
    """Return a process's id, its parent and its ticks; None when it has just ended."""
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    ticks = sum(map(int, fields[FIRST_TIME : FIRST_TIME + 4]))
    return int(folder.name), (int(fields[PARENT]), ticks)


def _family(pid: int, known: dict[int, tuple[int, int]]) -> list[int]:
    children = [each for each, (parent, _) in known.items() if parent == pid]
    return [pid, *(member for child in children for member in _family(child, known))]
