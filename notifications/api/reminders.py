from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from notifications import selectors as reminders
from notifications.serializers.reminder import ReminderSerializer, RemindersQuery, reminder_json
from notifications.services.retry import retry_now
from notifications.services.testing import send_test
from patients import audit, clock, selectors
from patients.api.door import Door, ListDoor


class RemindersDoor(ListDoor):
    """Every reminder of the actor's clinics in the order they are due, and what became of it."""

    keyset = ("due_at", "id")

    @extend_schema(parameters=[RemindersQuery], responses={200: ReminderSerializer(many=True)})
    def get(self, request: Request) -> Response:
        asked = self.query(RemindersQuery) | self._rows_named()
        page = self.page_of(reminders.reminders_for(actor=self.actor, **asked))
        shown = {row.patient for row in page if row.patient}
        audit.record_read(actor=self.actor, at=clock.now(), patients=shown, what="REMINDERS")
        return self.paged([reminder_json(row) for row in page])

    def _rows_named(self) -> dict[str, Any]:
        """The patient and clinic of the filter; another clinic's are not found."""
        asked = self.query(RemindersQuery)
        rows: dict[str, Any] = {}
        if "patient" in asked:
            rows["patient"] = selectors.patient_for(actor=self.actor, id=asked["patient"])
        if "clinic" in asked:
            rows["clinic"] = selectors.clinic_for(actor=self.actor, id=asked["clinic"])
        elif "patient" not in asked:
            rows["clinic"] = selectors.only_clinic_of(actor=self.actor)
        return rows


class RetryDoor(Door):
    """Try a reminder again that could not be delivered."""

    @extend_schema(request=None, responses={200: ReminderSerializer})
    def post(self, request: Request, reminder_id: UUID) -> Response:
        reminder = reminders.reminder_for(actor=self.actor, id=reminder_id)
        self.no_body()
        row = retry_now(actor=self.actor, reminder=reminder, at=clock.now())
        return Response(reminder_json(row))


class TestMailsDoor(Door):
    """Send a mail to oneself, to see whether mail of the clinic arrives; about no patient."""

    @extend_schema(request=None, responses={201: ReminderSerializer})
    def post(self, request: Request, clinic_id: UUID) -> Response:
        clinic = selectors.clinic_for(actor=self.actor, id=clinic_id)
        self.no_body()
        row = send_test(actor=self.actor, clinic=clinic, at=clock.now())
        return Response(reminder_json(row), status=201)
