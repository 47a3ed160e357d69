"""The alerts of one patient on the patient's page: open, watched, and taken note of."""

from typing import TYPE_CHECKING, Any

from patients.access import ROLE_PERMISSIONS, Permission
from patients.selectors import members_for
from patients.vocabulary import Role
from tapers.presenters.alerts import alert_rows, colleagues_of
from tapers.selectors.escalations import escalations_by_alert
from tapers.selectors.findings import alerts_taken_note_of
from tapers.views.about import About

if TYPE_CHECKING:
    from tapers.models import Alert

SHOWN = 20


def alert_sections(about: About, waiting: list["Alert"]) -> dict[str, Any]:
    clinic = about.patient.clinic
    noted = list(alerts_taken_note_of(actor=about.actor, patient=about.patient)[:SHOWN])
    members = members_for(actor=about.actor, clinic=clinic)
    reader = next((each for each in members if each.user_id == about.actor.pk), None)
    told = escalations_by_alert(waiting)
    rows = alert_rows([*waiting, *noted], reader=reader, escalations=told, at=about.at)
    return {
        "alerts": rows[: len(waiting)],
        "watched_alerts": [row for row in rows[len(waiting) :] if row.next_check],
        "noted_alerts": [row for row in rows[len(waiting) :] if not row.next_check],
        "colleagues": colleagues_of(
            each for each in members if Permission.TAKE_ALERT in ROLE_PERMISSIONS[Role(each.role)]
        ),
        "reader_id": reader.pk if reader else None,
        "here": f"/patients/{about.patient.pk}#alerts",
    }
