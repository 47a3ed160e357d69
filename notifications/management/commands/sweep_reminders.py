"""The reminder engine without Celery, for cron or as a service of its own."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from notifications import engine
from patients import clock

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Send the reminders that are due; with --loop, again at every tick until told to stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or Ctrl-C")

    def handle(self, *args: Any, loop: bool, **options: Any) -> None:
        stopped = threading.Event()
        self._stop_on_signals(stopped)
        if not loop:
            self._sweep(stopped)
            return
        self._sweep_whatever_happens(stopped)
        while not stopped.wait(settings.REMINDER_TICK_SECONDS):
            self._sweep_whatever_happens(stopped)

    def _sweep(self, stopped: threading.Event) -> None:
        result = engine.sweep(at=clock.database_now(), stop=stopped.is_set)
        self.stdout.write(", ".join(f"{name} {value}" for name, value in vars(result).items()))

    def _sweep_whatever_happens(self, stopped: threading.Event) -> None:
        """A database that is away for a while comes back; the loop waits for it."""
        close_old_connections()
        try:
            self._sweep(stopped)
        except DatabaseError as error:
            log.warning("the database does not answer", error=type(error).__name__)
            connection.close()

    def _stop_on_signals(self, stopped: threading.Event) -> None:
        def stop(number: int, frame: FrameType | None) -> None:
            stopped.set()

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
