from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock
from patients.api.door import Door, ListDoor
from patients.selectors import clinic_for, member_for, patient_for
from tapers.selectors.escalations import escalations_by_alert
from tapers.selectors.findings import alert_for, alerts_for, alerts_in_state, alerts_owned
from tapers.serializers.alert import (
    AcknowledgeSerializer,
    AlertSerializer,
    AlertsQuery,
    AssignAlertSerializer,
    CheckAlertSerializer,
    alert_json,
)
from tapers.services.alert_care import assign_alert, check_alert
from tapers.services.alerts import acknowledge_alert
from tapers.vocabulary import AlertState


class AlertsDoor(ListDoor):
    """What the rulebook said of plans and of courses, newest first.

    `open=true` is what waits for a reason; `status=CHECK_DUE` what is to be looked at again.
    """

    keyset = ("-raised_at", "-id")

    @extend_schema(parameters=[AlertsQuery], responses={200: AlertSerializer(many=True)})
    def get(self, request: Request) -> Response:
        asked, at = self.query(AlertsQuery), clock.now()
        state, owner = asked.pop("status", None), asked.pop("owner", None)
        unowned, open_only = asked.pop("unowned", False), asked.pop("open", False)
        if "patient" in asked:
            asked["patient"] = patient_for(actor=self.actor, id=asked["patient"])
        if "clinic" in asked:
            asked["clinic"] = clinic_for(actor=self.actor, id=asked["clinic"])
        rows = alerts_for(actor=self.actor, **asked, open_only=open_only)
        rows = alerts_owned(rows, actor=self.actor, owner=owner, nobody=unowned)
        if state is not None:
            rows = alerts_in_state(rows, AlertState(state), actor=self.actor, at=at)
        page = self.page_of(rows)
        shown = {alert.patient for alert in page}
        audit.record_read(actor=self.actor, at=at, patients=shown, what="ALERTS")
        told = escalations_by_alert(page)
        return self.paged(
            [alert_json(alert, escalates_at=told.get(alert.pk), at=at) for alert in page]
        )


class AlertDoor(Door):
    """What can be done with one alert; each answers with the alert as it then stands."""

    def stands(self, alert_id: UUID, *, at: datetime) -> dict[str, Any]:
        alert = alert_for(actor=self.actor, id=alert_id)
        told = escalations_by_alert([alert])
        return alert_json(alert, escalates_at=told.get(alert.pk), at=at)


class AcknowledgeDoor(AlertDoor):
    """Take note of an alert with a reason, and name the day of the next look."""

    @extend_schema(request=AcknowledgeSerializer, responses={200: AlertSerializer})
    def post(self, request: Request, alert_id: UUID) -> Response:
        alert, at = alert_for(actor=self.actor, id=alert_id), clock.now()
        given = self.body(AcknowledgeSerializer)
        acknowledge_alert(actor=self.actor, alert=alert, **given, at=at)
        return Response(self.stands(alert_id, at=at))


class AssignDoor(AlertDoor):
    """Take an alert on, hand it to a colleague or release it."""

    @extend_schema(request=AssignAlertSerializer, responses={200: AlertSerializer})
    def post(self, request: Request, alert_id: UUID) -> Response:
        alert, at = alert_for(actor=self.actor, id=alert_id), clock.now()
        given = self.body(AssignAlertSerializer)["owner"]
        clinic = alert.patient.clinic
        owner = None if given is None else member_for(actor=self.actor, clinic=clinic, id=given)
        assign_alert(actor=self.actor, alert=alert, owner=owner, at=at)
        return Response(self.stands(alert_id, at=at))


class CheckDoor(AlertDoor):
    """Write down a later look at an alert that somebody had taken note of."""

    @extend_schema(request=CheckAlertSerializer, responses={200: AlertSerializer})
    def post(self, request: Request, alert_id: UUID) -> Response:
        alert, at = alert_for(actor=self.actor, id=alert_id), clock.now()
        given = self.body(CheckAlertSerializer)
        check_alert(actor=self.actor, alert=alert, **given, at=at)
        return Response(self.stands(alert_id, at=at))
