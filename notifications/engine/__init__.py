"""Sends what is due: claim, recheck, render, deliver, record."""

from notifications.engine.sweep import sweep
from notifications.engine.tally import SweepResult

__all__ = ["SweepResult", "sweep"]
