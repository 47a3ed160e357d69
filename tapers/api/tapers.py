from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock
from patients.api.door import Door, ListDoor
from patients.selectors import clinic_for, patient_for, patient_in
from tapers.selectors.drafts import findings_of_drafts
from tapers.selectors.findings import findings_of, stored_findings_of
from tapers.selectors.plans import plan_of, plans_of
from tapers.selectors.tapers import taper_for, tapers_for
from tapers.serializers.proposal import DraftSerializer, proposal_of
from tapers.serializers.taper import TaperSerializer, TapersQuery, taper_json
from tapers.services.drafting import draft_taper


class TapersDoor(ListDoor):
    keyset = ("-created_at", "-id")

    @extend_schema(parameters=[TapersQuery], responses={200: TaperSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Newest first; what was discarded only with `status=ENTERED_IN_ERROR`: drafts, and
        finished tapers that were entered in error."""
        asked = self.query(TapersQuery)
        if "patient" in asked:
            asked["patient"] = patient_for(actor=self.actor, id=asked["patient"])
        if "clinic" in asked:
            asked["clinic"] = clinic_for(actor=self.actor, id=asked["clinic"])
        page = self.page_of(tapers_for(actor=self.actor, **asked))
        shown = {taper.patient for taper in page}
        audit.record_read(actor=self.actor, at=clock.now(), patients=shown, what="TAPERS")
        return self.paged(rows_of(page))

    @extend_schema(request=DraftSerializer, responses={201: TaperSerializer})
    def post(self, request: Request) -> Response:
        """Store a draft. Nothing is reminded of before it is activated."""
        given = self.body(DraftSerializer)
        taper = draft_taper(
            actor=self.actor,
            patient=patient_in(actor=self.actor, id=given["patient"], clinic=given.get("clinic")),
            proposal=proposal_of(given),
            at=clock.now(),
        )
        return Response(row_of(taper), status=201)


class TaperDoor(Door):
    @extend_schema(responses={200: TaperSerializer})
    def get(self, request: Request, taper_id: UUID) -> Response:
        taper = taper_for(actor=self.actor, id=taper_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=taper.patient, what="TAPER")
        return Response(row_of(taper))


def row_of(taper: Any) -> dict[str, Any]:
    plan = plan_of(taper)
    return taper_json(taper, plan=plan, findings=findings_of(taper, plan))


def rows_of(tapers: Sequence[Any]) -> list[dict[str, Any]]:
    plans = plans_of(tapers)
    drafts = [taper for taper in tapers if taper.activated_at is None]
    findings = stored_findings_of(tapers) | findings_of_drafts(drafts, plans)
    return [
        taper_json(taper, plan=plans[taper.pk], findings=findings[taper.pk]) for taper in tapers
    ]
