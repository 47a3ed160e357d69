"""Steroid-sparing drugs: what would come of a prescription, and the courses themselves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock
from patients.api.door import Door, ShortListDoor
from patients.selectors import patient_for
from tapers.selectors.kidney import kidney_function_of
from tapers.selectors.lab_checks import checks_of_course
from tapers.selectors.side_by_side import as_of_day
from tapers.selectors.sparing import (
    course_known,
    prescription_now,
    revision_known,
    sparing_course_for,
    sparing_courses_for,
)
from tapers.selectors.sparing_previews import preview_sparing
from tapers.serializers.sparing import (
    AsOfQuery,
    EndSparingSerializer,
    ReviseSparingSerializer,
    SparingCourseSerializer,
    SparingInErrorSerializer,
    SparingPreviewedSerializer,
    SparingPreviewSerializer,
    StartSparingSerializer,
    prescription_of,
    sparing_json,
    sparing_preview_json,
    weights_of,
)
from tapers.services.sparing import (
    discard_sparing,
    end_sparing,
    revise_sparing,
    start_sparing,
)


class SparingPreviewsDoor(Door):
    @extend_schema(request=SparingPreviewSerializer, responses={200: SparingPreviewedSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        """What would come of a prescription; nothing is stored."""
        patient = patient_for(actor=self.actor, id=patient_id)
        given = self.body(SparingPreviewSerializer)
        shown = preview_sparing(
            actor=self.actor,
            patient=patient,
            prescription=prescription_of(given),
            weights=weights_of(given),
            at=clock.now(),
        )
        return Response(sparing_preview_json(shown))


class SparingCoursesDoor(ShortListDoor):
    @extend_schema(parameters=[AsOfQuery], responses={200: SparingCourseSerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        """Newest first; with `as_of`, as it was in force on that day."""
        patient, at = patient_for(actor=self.actor, id=patient_id), clock.now()
        as_of = as_of_day(patient, self.query(AsOfQuery).get("as_of"), at=at)
        audit.record_read(actor=self.actor, at=at, patient=patient, what="SPARING")
        rows = sparing_courses_for(actor=self.actor, patient=patient)
        return self.whole(
            [found for row in rows if (found := row_of(row, as_of=as_of, at=at)) is not None]
        )

    @extend_schema(request=StartSparingSerializer, responses={201: SparingCourseSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        """Record a drug as given or planned: each WARNING and CRITICAL finding with its reason."""
        patient, at = patient_for(actor=self.actor, id=patient_id), clock.now()
        given = self.body(StartSparingSerializer)
        row = start_sparing(
            actor=self.actor,
            patient=patient,
            prescription=prescription_of(given),
            reasons=given["reasons"],
            at=at,
        )
        return Response(row_of(row, at=at), status=201)


class SparingCourseDoor(Door):
    @extend_schema(responses={200: SparingCourseSerializer})
    def get(self, request: Request, sparing_id: UUID) -> Response:
        row, at = sparing_course_for(actor=self.actor, id=sparing_id), clock.now()
        audit.record_read(actor=self.actor, at=at, patient=row.patient, what="SPARING")
        return Response(row_of(row, at=at))


class ReviseSparingDoor(Door):
    @extend_schema(request=ReviseSparingSerializer, responses={200: SparingCourseSerializer})
    def post(self, request: Request, sparing_id: UUID) -> Response:
        """Change doses from a day on, or what belongs to the drug; the reason is kept."""
        row, at = sparing_course_for(actor=self.actor, id=sparing_id), clock.now()
        given = self.body(ReviseSparingSerializer)
        changed = revise_sparing(
            actor=self.actor,
            course=row,
            prescription=prescription_of(given, before=prescription_now(row)),
            reason=given["reason"],
            reasons=given["reasons"],
            at=at,
        )
        return Response(row_of(changed, at=at))


class EndSparingDoor(Door):
    @extend_schema(request=EndSparingSerializer, responses={200: SparingCourseSerializer})
    def post(self, request: Request, sparing_id: UUID) -> Response:
        row, at = sparing_course_for(actor=self.actor, id=sparing_id), clock.now()
        given = self.body(EndSparingSerializer)
        ended = end_sparing(actor=self.actor, course=row, **given, at=at)
        return Response(row_of(ended, at=at))


class DiscardSparingDoor(Door):
    @extend_schema(request=SparingInErrorSerializer, responses={200: SparingCourseSerializer})
    def post(self, request: Request, sparing_id: UUID) -> Response:
        """Mark a course as entered in error."""
        row, at = sparing_course_for(actor=self.actor, id=sparing_id), clock.now()
        given = self.body(SparingInErrorSerializer)
        discarded = discard_sparing(actor=self.actor, course=row, **given, at=at)
        return Response(row_of(discarded, at=at))


def row_of(row: Any, *, as_of: date | None = None, at: datetime) -> dict[str, Any] | None:
    """Return the course as JSON; None when it was neither given nor planned on *as_of*."""
    day = as_of or clock.today_in(row.patient.time_zone, at=at)
    course = course_known(row, as_of=day)
    if as_of is not None and course.recorded_on is not None and as_of < course.recorded_on:
        return None
    return sparing_json(
        row,
        course,
        revision_known(row, as_of=day),
        checks_of_course(row, as_of=day)[0],
        kidney_function_of(patient=row.patient, as_of=day),
    )
