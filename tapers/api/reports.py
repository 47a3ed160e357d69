from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock
from patients.api.door import Door, ShortListDoor
from tapers.api.tapers import row_of
from tapers.selectors.plans import step_report_for, step_reports_of
from tapers.selectors.tapers import taper_for
from tapers.serializers.taper import (
    StepReportedSerializer,
    StepReportReadSerializer,
    StepReportSerializer,
    TakeBackSerializer,
    step_report_json,
)
from tapers.services.reporting import report_step
from tapers.services.taking_back import take_back_report


class StepReportsDoor(ShortListDoor):
    """What was said of the steps, oldest first."""

    @extend_schema(responses={200: StepReportReadSerializer(many=True)})
    def get(self, request: Request, taper_id: UUID) -> Response:
        taper = taper_for(actor=self.actor, id=taper_id)
        audit.record_read(
            actor=self.actor, at=clock.now(), patient=taper.patient, what="STEP_REPORTS"
        )
        return self.whole([step_report_json(row) for row in step_reports_of(taper)])

    @extend_schema(request=StepReportSerializer, responses={201: StepReportedSerializer})
    def post(self, request: Request, taper_id: UUID) -> Response:
        """A late TAKEN moves the later dates; TAKEN of the zero step completes the taper.

        409 EARLIER_STEP_UNREPORTED while it is not known what became of an earlier step. Report
        that first: TAKEN with its day, or NOT_YET on the day of the later one or afterwards, which
        says that it was passed over.
        """
        taper = taper_for(actor=self.actor, id=taper_id)
        given = self.body(StepReportSerializer)
        report = report_step(actor=self.actor, taper=taper, **given, at=clock.now())
        changed = taper_for(actor=self.actor, id=taper_id)
        return Response(step_report_json(report) | {"taper": row_of(changed)}, status=201)


class TakeBackDoor(Door):
    """Take back that a step was taken, with a reason; the step is asked about again."""

    @extend_schema(request=TakeBackSerializer, responses={200: StepReportedSerializer})
    def post(self, request: Request, taper_id: UUID, report_id: UUID) -> Response:
        taper = taper_for(actor=self.actor, id=taper_id)
        report = step_report_for(taper=taper, report_id=report_id)
        given = self.body(TakeBackSerializer)
        report = take_back_report(
            actor=self.actor, taper=taper, report=report, **given, at=clock.now()
        )
        changed = taper_for(actor=self.actor, id=taper_id)
        return Response(step_report_json(report) | {"taper": row_of(changed)})
