from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.selectors import reminder_for
from patients import audit, clock
from patients.api.door import Door
from patients.selectors import answers_to
from tapers.serializers.reminder import ReminderTraceSerializer, trace_json


class ReminderTraceDoor(Door):
    """Why one reminder exists, what was tried, what the mail server said, what the patient did."""

    @extend_schema(responses={200: ReminderTraceSerializer})
    def get(self, request: Request, reminder_id: UUID) -> Response:
        reminder = reminder_for(actor=self.actor, id=reminder_id)
        patient = reminder.patient
        if patient is None:
            return Response(trace_json(reminder, answers=()))
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="REMINDER")
        answers = answers_to(actor=self.actor, patient=patient, reminder_id=reminder.pk)
        return Response(trace_json(reminder, answers=answers))
