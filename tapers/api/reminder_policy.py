from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.selectors import policy_of
from notifications.serializers.policy import (
    PolicyChangesSerializer,
    PolicySerializer,
    policy_json,
)
from patients import clock
from patients.api.door import Door
from patients.selectors import clinic_for
from tapers.services.reminder_policy import change_reminder_policy


class ReminderPolicyDoor(Door):
    """How a clinic reminds: quiet hours, who is told when nobody answers, and on which days."""

    @extend_schema(responses={200: PolicySerializer})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        return Response(policy_json(policy_of(clinic), clinic_id=clinic.id))

    @extend_schema(request=PolicyChangesSerializer, responses={200: PolicySerializer})
    def patch(self, request: Request, clinic_id: UUID) -> Response:
        """A lead changes it. What waits of the clinic's running tapers follows at once."""
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        changes = self.body(PolicyChangesSerializer, partial=True)
        changed = change_reminder_policy(
            actor=self.actor, clinic=clinic, changes=changes, at=clock.now()
        )
        return Response(policy_json(changed.to_rules(), clinic_id=clinic.id))
