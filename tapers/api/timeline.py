from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.api.door import ListDoor
from tapers.selectors.timeline import entry_of
from tapers.serializers.timeline import TimelineEntrySerializer, timeline_entry_json


class TimelineDoor(ListDoor):
    """What happened to a patient, newest first: visits, plans, steps, mails, in one list."""

    keyset = ("-at", "-id")

    @extend_schema(responses={200: TimelineEntrySerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        page = self.page_of(selectors.events_of(actor=self.actor, patient=patient))
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="TIMELINE")
        entries = [entry_of(row, zone=patient.time_zone) for row in page]
        return self.paged([timeline_entry_json(entry) for entry in entries])
