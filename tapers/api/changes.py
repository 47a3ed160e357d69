"""What becomes of a taper. Each change is named after what happens and answers with the taper."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from patients import clock
from patients.api.door import Door
from patients.serializers.strict import StrictSerializer
from tapers.api.tapers import row_of
from tapers.selectors.tapers import taper_for
from tapers.serializers.proposal import regimen_of
from tapers.serializers.taper import (
    ActivateSerializer,
    CompleteSerializer,
    HoldSerializer,
    NothingSerializer,
    PastTaperInErrorSerializer,
    ResumeSerializer,
    ReviseSerializer,
    StopSerializer,
    TaperSerializer,
    steps_of,
)
from tapers.services.changing import (
    complete_taper,
    hold_taper,
    resume_taper,
    revise_taper,
    stop_taper,
)
from tapers.services.drafting import activate_taper, discard_draft
from tapers.services.past_tapers import mark_past_taper_in_error

Change = Callable[..., Any]
View = TypeVar("View", bound="type[ChangeDoor]")


class ChangeDoor(Door):
    shape: ClassVar[type[StrictSerializer]]
    change: ClassVar[Change]

    def post(self, request: Request, taper_id: UUID) -> Response:
        taper = taper_for(actor=self.actor, id=taper_id)
        given = self.arguments(self.body(self.shape))
        changed = type(self).change(actor=self.actor, taper=taper, **given, at=clock.now())
        return Response(row_of(changed))

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return given


def documented(view: View) -> View:
    post = extend_schema(request=view.shape, responses={200: TaperSerializer})
    return extend_schema_view(post=post)(view)


@documented
class ActivateDoor(ChangeDoor):
    """Let a draft run: each WARNING and CRITICAL finding with its reason."""

    shape = ActivateSerializer
    change = staticmethod(activate_taper)


@documented
class ReviseDoor(ChangeDoor):
    """Replace the plan from a day on; what was taken before stays."""

    shape = ReviseSerializer
    change = staticmethod(revise_taper)

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return {
            "reason": given["reason"],
            "reasons": given["reasons"],
            "starts_on": given["starts_on"],
            "daily_mg": given["daily_mg"],
            "regimen": regimen_of(given),
            "steps": steps_of(given.get("steps")),
        }


@documented
class HoldDoor(ChangeDoor):
    """Stay at the dose in force; no step is reminded of."""

    shape = HoldSerializer
    change = staticmethod(hold_taper)


@documented
class ResumeDoor(ChangeDoor):
    """Go on: the next reduction is the day given plus a full wait."""

    shape = ResumeSerializer
    change = staticmethod(resume_taper)


@documented
class StopDoor(ChangeDoor):
    """End a taper before its last step: REVOKED."""

    shape = StopSerializer
    change = staticmethod(stop_taper)


@documented
class CompleteDoor(ChangeDoor):
    """Close a taper that has reached 0 mg."""

    shape = CompleteSerializer
    change = staticmethod(complete_taper)


@documented
class DiscardDoor(ChangeDoor):
    """Put a draft away that is not wanted: ENTERED_IN_ERROR."""

    shape = NothingSerializer
    change = staticmethod(discard_draft)


@documented
class InErrorDoor(ChangeDoor):
    """A taper entered as finished was none: ENTERED_IN_ERROR, it counts on no day.

    409 TAPER_RAN_HERE for one that ran in this clinic: it stays in the record.
    """

    shape = PastTaperInErrorSerializer
    change = staticmethod(mark_past_taper_in_error)
