"""What else is known of a patient: a list of each kind, and the versions that follow a row."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from patients import audit, clock, selectors
from patients.api.door import Door, ShortListDoor
from patients.errors import NotFound
from patients.facts import LASTING, FactKind
from patients.serializers.fact import (
    ANSWERED,
    CORRECTED,
    NEW,
    EndSerializer,
    InErrorSerializer,
    VersionsQuery,
    fact_json,
)
from tapers.services.facts import correct_fact, end_fact, mark_fact_in_error, record_fact

NOT_THERE = "There is nothing such on record."


class FactsDoor(ShortListDoor):
    kind: ClassVar[FactKind]

    def get(self, request: Request, patient_id: UUID) -> Response:
        """As they now stand, newest first; on request with every version before."""
        asked = self.query(VersionsQuery)
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        audit.record_read(actor=self.actor, at=clock.now(), patient=patient, what=self.kind.value)
        rows = selectors.facts_of(
            patient=patient, kind=self.kind, every_version=asked["versions"] == "ALL"
        )
        return self.whole([fact_json(row) for row in rows])

    def post(self, request: Request, patient_id: UUID) -> Response:
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        given = self.body(NEW[self.kind])
        row = record_fact(
            actor=self.actor, patient=patient, kind=self.kind, given=given, at=clock.now()
        )
        return Response(fact_json(row), status=201)


class FactDoor(Door):
    """One row of a kind, named by its id; answers with the version that follows it."""

    kind: ClassVar[FactKind]

    def fact(self, patient_id: UUID, row: Mapping[str, UUID]) -> Any:
        [fact_id] = row.values()  # medicine_id, fall_id, ...
        patient = selectors.patient_for(actor=self.actor, id=patient_id)
        fact = selectors.fact_for(actor=self.actor, patient=patient, id=fact_id)
        if fact.kind != self.kind:
            raise NotFound(NOT_THERE)
        return fact


class CorrectFactDoor(FactDoor):
    def post(self, request: Request, patient_id: UUID, **row: UUID) -> Response:
        """Store all of it as it is right, with the reason; the wrong version stays readable."""
        wrong = self.fact(patient_id, row)
        given = self.body(CORRECTED[self.kind])
        reason = given.pop("reason")
        version = correct_fact(
            actor=self.actor, fact=wrong, given=given, reason=reason, at=clock.now()
        )
        return Response(fact_json(version), status=201)


class EndFactDoor(FactDoor):
    def post(self, request: Request, patient_id: UUID, **row: UUID) -> Response:
        """Store that it ended."""
        fact = self.fact(patient_id, row)
        given = self.body(EndSerializer)
        version = end_fact(actor=self.actor, fact=fact, until_on=given["until_on"], at=clock.now())
        return Response(fact_json(version), status=201)


class FactInErrorDoor(FactDoor):
    def post(self, request: Request, patient_id: UUID, **row: UUID) -> Response:
        """Store that it was never so; it counts on no day."""
        fact = self.fact(patient_id, row)
        given = self.body(InErrorSerializer)
        version = mark_fact_in_error(
            actor=self.actor, fact=fact, reason=given["reason"], at=clock.now()
        )
        return Response(fact_json(version), status=201)


def _list_door(kind: FactKind) -> type[FactsDoor]:
    answer = ANSWERED[kind]
    view = type(f"{_name(kind)}ListDoor", (FactsDoor,), {"kind": kind})
    return extend_schema_view(
        get=extend_schema(parameters=[VersionsQuery], responses={200: answer(many=True)}),
        post=extend_schema(request=NEW[kind], responses={201: answer}),
    )(view)


def _row_door(kind: FactKind, door: type[FactDoor], body: Any) -> type[FactDoor]:
    view = type(f"{_name(kind)}{door.__name__}", (door,), {"kind": kind})
    post = extend_schema(request=body, responses={201: ANSWERED[kind]})
    return extend_schema_view(post=post)(view)


def _name(kind: FactKind) -> str:
    return kind.value.title().replace("_", "")


LIST_DOORS = {kind: _list_door(kind) for kind in FactKind}
CORRECT_DOORS = {kind: _row_door(kind, CorrectFactDoor, CORRECTED[kind]) for kind in FactKind}
END_DOORS = {kind: _row_door(kind, EndFactDoor, EndSerializer) for kind in LASTING}
IN_ERROR_DOORS = {kind: _row_door(kind, FactInErrorDoor, InErrorSerializer) for kind in FactKind}
