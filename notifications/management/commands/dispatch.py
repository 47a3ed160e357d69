"""Hold all mail, see what a cut-off would do, confirm it; let go what a surge holds."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from notifications import selectors
from notifications.models import Reminder
from notifications.services import dispatch
from patients import clock
from patients.errors import Conflict


class Command(BaseCommand):
    help = "After a restore: status | hold | confirm --sent-until INSTANT; in a surge: release"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["status", "hold", "confirm", "release"])
        parser.add_argument(
            "--sent-until",
            type=datetime.fromisoformat,
            help="everything due until then was sent, such as 2026-05-05T13:00+00:00",
        )

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        until: datetime | None = options["sent_until"]
        if until is not None and until.tzinfo is None:
            raise CommandError("Give the instant with its offset, such as +00:00.")
        at = clock.database_now()
        if action == "hold":
            dispatch.hold_dispatch(reason="Held by the operator.", at=at)
        if action == "confirm":
            self._confirm(until, at=at)
        if action == "release":
            self._release(at=at)
        self._show(until, at=at)

    def _release(self, *, at: datetime) -> None:
        try:
            hold = dispatch.release_surge(at=at)
        except Conflict as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Let go: mail to patients, held since {hold.held_at.isoformat()}.")

    def _confirm(self, until: datetime | None, *, at: datetime) -> None:
        if until is None or until > at:
            raise CommandError("Confirm with --sent-until and an instant that has passed.")
        try:
            hold = dispatch.confirm_dispatch(sent_until=until, at=at)
        except Conflict as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Assumed sent and never sent again: {hold.assumed_sent}.")

    def _show(self, until: datetime | None, *, at: datetime) -> None:
        hold = selectors.dispatch_hold()
        if hold is None:
            self.stdout.write("Dispatch is not held.")
        else:
            self.stdout.write(f"Dispatch is held since {hold.held_at.isoformat()}: {hold.reason}")
        surge = selectors.surge_hold()
        if surge is not None:
            self.stdout.write(
                f"Mail to patients is held since {surge.held_at.isoformat()}: {surge.due} fell due"
                f" at once, a usual busy hour has {surge.usual_hour}."
            )
        if until is None:
            self._list("Due now and unsent", dispatch.assumed_sent(until=at))
            return
        self._list("Assumed sent with this cut-off", dispatch.assumed_sent(until=until))
        self._list("Sent then", dispatch.due_after(until, at=at))

    def _list(self, what: str, rows: QuerySet[Reminder]) -> None:
        self.stdout.write(f"{what}: {rows.count()}.")
        for line in dispatch.in_words(rows):
            self.stdout.write(f"  {line}")
