from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.api.door import Door
from tapers.selectors.side_by_side import side_by_side
from tapers.serializers.course import CourseQuery, CourseSerializer, course_json
from tapers.serializers.toxicity import ToxicitySerializer, toxicity_json


class CourseDoor(Door):
    """Doses, measurements and findings side by side, without a verdict."""

    @extend_schema(parameters=[CourseQuery], responses={200: CourseSerializer})
    def get(self, request: Request, patient_id: UUID) -> Response:
        """As of today, or of an earlier day from what had been measured and said by then."""
        at = clock.now()
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        as_of = self.query(CourseQuery).get("as_of")
        course = side_by_side(patient=patient, at=at, as_of=as_of)
        audit.record_read(actor=self.actor, at=at, patient=patient, what="COURSE")
        return Response(course_json(course))


class ToxicityDoor(Door):
    """What is looked for because of the steroid: what is due when, during and after the taper."""

    @extend_schema(parameters=[CourseQuery], responses={200: ToxicitySerializer})
    def get(self, request: Request, patient_id: UUID) -> Response:
        """As of today, or of an earlier day; `follow-ups` records what was done."""
        at = clock.now()
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        as_of = self.query(CourseQuery).get("as_of")
        course = side_by_side(patient=patient, at=at, as_of=as_of)
        audit.record_read(actor=self.actor, at=at, patient=patient, what="TOXICITY")
        return Response(toxicity_json(course))
