from datetime import timedelta
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.selectors import as_upcoming, catch_up_of, upcoming_for
from notifications.serializers.upcoming import (
    CatchUpQuery,
    CatchUpSerializer,
    UpcomingSerializer,
    catch_up_json,
    upcoming_json,
)
from patients import audit, clock
from patients.api.door import Door, ListDoor
from patients.errors import BadInput
from patients.selectors import clinic_for
from patients.serializers.fields import json_instant

LOOKS_BACK = timedelta(days=7)


class UpcomingDoor(ListDoor):
    """Every mail of the clinic's next 30 days that waits, in the order in which it is due.

    The morning list to the team is made on the day and not among them.
    """

    keyset = ("due_at", "id")

    @extend_schema(responses={200: UpcomingSerializer(many=True)})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        at = clock.now()
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        page = self.page_of(upcoming_for(actor=self.actor, clinic=clinic, at=at))
        shown = {row.patient for row in page if row.patient}
        audit.record_read(actor=self.actor, at=at, patients=shown, what="UPCOMING")
        return self.paged([upcoming_json(as_upcoming(row, at=at)) for row in page])


class CatchUpDoor(Door):
    """After an outage: what came too late, what may have arrived, and whom to call."""

    @extend_schema(parameters=[CatchUpQuery], responses={200: CatchUpSerializer})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        """Of the mails due since then; of the last seven days where no instant is given."""
        at = clock.now()
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        since = self.query(CatchUpQuery).get("since", at - LOOKS_BACK)
        if since > at:
            raise BadInput("since", f"Give an instant up to now, {json_instant(at)}.")
        found = catch_up_of(actor=self.actor, clinic=clinic, since=since)
        audit.record_read(actor=self.actor, at=at, patients=found.people, what="CATCH_UP")
        return Response({"since": json_instant(since)} | catch_up_json(found))
