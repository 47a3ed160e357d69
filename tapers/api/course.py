from datetime import date
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.api.door import Door
from patients.errors import BadInput
from tapers.domain.rules.rulebook import course_findings
from tapers.selectors.record import course_facts
from tapers.serializers.course import CourseQuery, CourseSerializer, course_json

EARLIEST = date(1900, 1, 1)


class CourseDoor(Door):
    """Doses, measurements and findings side by side, without a verdict."""

    @extend_schema(parameters=[CourseQuery], responses={200: CourseSerializer})
    def get(self, request: Request, patient_id: UUID) -> Response:
        """As of today, or of an earlier day from what had been measured and said by then."""
        at = clock.now()
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        today = clock.today_in(patient.time_zone, at=at)
        as_of = self.query(CourseQuery).get("as_of", today)
        if not EARLIEST <= as_of <= today:
            raise BadInput("as_of", f"Give a day from {EARLIEST} to {today}.")
        audit.record_read(actor=self.actor, at=at, patient=patient, what="COURSE")
        facts = course_facts(patient=patient, as_of=as_of)
        return Response(course_json(facts, course_findings(facts=facts, as_of=as_of), as_of=as_of))
