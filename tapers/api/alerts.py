from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock
from patients.api.door import Door, ListDoor
from patients.selectors import clinic_for, patient_for
from tapers.selectors.findings import alert_for, alerts_for
from tapers.serializers.alert import (
    AcknowledgeSerializer,
    AlertSerializer,
    AlertsQuery,
    alert_json,
)
from tapers.services.alerts import acknowledge_alert


class AlertsDoor(ListDoor):
    """What the rulebook said of plans, newest first; `open=true` is what waits for a reason."""

    keyset = ("-raised_at", "-id")

    @extend_schema(parameters=[AlertsQuery], responses={200: AlertSerializer(many=True)})
    def get(self, request: Request) -> Response:
        asked = self.query(AlertsQuery)
        rows = {"open_only": asked.pop("open", False)}
        if "patient" in asked:
            asked["patient"] = patient_for(actor=self.actor, id=asked["patient"])
        if "clinic" in asked:
            asked["clinic"] = clinic_for(actor=self.actor, id=asked["clinic"])
        page = self.page_of(alerts_for(actor=self.actor, **asked, **rows))
        shown = {alert.patient for alert in page}
        audit.record_read(actor=self.actor, at=clock.now(), patients=shown, what="ALERTS")
        return self.paged([alert_json(alert) for alert in page])


class AcknowledgeDoor(Door):
    """Take note of an alert, with a reason."""

    @extend_schema(request=AcknowledgeSerializer, responses={200: AlertSerializer})
    def post(self, request: Request, alert_id: UUID) -> Response:
        alert = alert_for(actor=self.actor, id=alert_id)
        given = self.body(AcknowledgeSerializer)
        changed = acknowledge_alert(actor=self.actor, alert=alert, **given, at=clock.now())
        return Response(alert_json(changed))
