from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock
from patients.api.door import Door, ShortListDoor
from patients.selectors import patient_for
from tapers.selectors.symptoms import symptom_report_for, symptom_reports_for
from tapers.serializers.symptoms import (
    NewSymptomReportSerializer,
    SymptomReportReadSerializer,
    SymptomsInErrorSerializer,
    symptom_report_json,
)
from tapers.services.symptoms import report_symptoms
from tapers.services.symptoms_in_error import mark_symptoms_in_error


class SymptomReportsDoor(ShortListDoor):
    """What was said of how the patient is or was, what was told last first; what was entered in
    error is among it.

    A red flag pauses reminders of reductions, raises a critical alert and calls the team at once.
    Symptoms told more than 7 days after their day are history: they stand in the course and are
    read by the rules that look back so far, but pause nothing, open no task and mail nobody
    at once.
    Neither the dose nor the plan changes.
    """

    @extend_schema(responses={200: SymptomReportReadSerializer(many=True)})
    def get(self, request: Request, patient_id: UUID) -> Response:
        patient = patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what="SYMPTOMS")
        rows = symptom_reports_for(actor=self.actor, patient=patient)
        return self.whole([symptom_report_json(row) for row in rows])

    @extend_schema(request=NewSymptomReportSerializer, responses={201: SymptomReportReadSerializer})
    def post(self, request: Request, patient_id: UUID) -> Response:
        """A report names a symptom or has a note; without a day it is of today, where the
        patient lives.
        """
        patient = patient_for(actor=self.actor, id=patient_id)
        given = self.body(NewSymptomReportSerializer)
        report = report_symptoms(actor=self.actor, patient=patient, **given, at=clock.now())
        return Response(symptom_report_json(report), status=201)


class SymptomsInErrorDoor(Door):
    @extend_schema(request=SymptomsInErrorSerializer, responses={200: SymptomReportReadSerializer})
    def post(self, request: Request, patient_id: UUID, symptom_report_id: UUID) -> Response:
        """Say that it was another patient's or never so; it stays readable and counts on no day.

        An open red flag is marked by a prescriber only: its task ends, its mail is not sent any
        more, and reminders of reductions go on, unless another red flag is open. A mail that was
        sent stays sent.
        """
        patient = patient_for(actor=self.actor, id=patient_id)
        report = symptom_report_for(actor=self.actor, patient=patient, id=symptom_report_id)
        given = self.body(SymptomsInErrorSerializer)
        marked = mark_symptoms_in_error(actor=self.actor, report=report, **given, at=clock.now())
        return Response(symptom_report_json(marked))
