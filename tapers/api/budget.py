from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.access import Permission, check
from patients.api.door import Door
from patients.selectors import clinic_for
from tapers.selectors.budget import alert_budget, period_of
from tapers.serializers.budget import BudgetQuery, BudgetSerializer, budget_json


class BudgetDoor(Door):
    """How many warnings the clinic is asked to look at, and how often nothing changed."""

    @extend_schema(parameters=[BudgetQuery], responses={200: BudgetSerializer})
    def get(self, request: Request, clinic_id: UUID) -> Response:
        """For a lead of the clinic."""
        clinic = clinic_for(actor=self.actor, id=clinic_id)
        check(self.actor, Permission.MANAGE_CLINIC, clinic)
        asked = self.query(BudgetQuery)
        from_on, to_on = period_of(clinic=clinic, at=clock.now(), **asked)
        return Response(budget_json(alert_budget(clinic=clinic, from_on=from_on, to_on=to_on)))
