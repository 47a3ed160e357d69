"""How a clinic reminds, by the API: rules, their limits, and pauses of sending."""

import pytest
from django.contrib.auth.models import User

from notifications.models import ClinicPolicy, Reminder, SendingPause
from patients.models import Clinic
from tests.api.program import Program

POLICY = {
    "quiet_from": "20:00",
    "quiet_until": "08:00",
    "step_second_days": 1,
    "step_team_days": 3,
    "step_lead_days": 7,
    "visit_second_days": 7,
    "visit_team_days": 14,
    "visit_lead_days": 28,
    "team_mail_on": "WORKING_DAYS",
}


@pytest.fixture
def as_lead(lead: User) -> Program:
    return Program(lead)


@pytest.fixture
def address(clinic: Clinic) -> str:
    return f"clinics/{clinic.pk}/reminder-policy"


@pytest.fixture
def pauses(clinic: Clinic) -> str:
    return f"clinics/{clinic.pk}/sending-pauses"


def test_every_member_reads_the_rules_and_only_a_lead_changes_them(
    as_reader: Program, as_prescriber: Program, address: str, clinic: Clinic
) -> None:
    shown = as_reader.get(address)
    refused = as_prescriber.patch(address, {"quiet_from": "21:00"})

    assert shown.json() == POLICY | {"clinic": str(clinic.pk)}
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    assert "A lead of the clinic may." in refused.json()["message"]


def test_a_lead_changes_what_is_given_and_what_was_read_can_be_sent_back(
    as_lead: Program, address: str
) -> None:
    changed = as_lead.patch(address, {"quiet_from": "21:30", "step_lead_days": None})
    sent_back = as_lead.patch(address, changed.json())

    assert changed.json()["quiet_from"] == "21:30"
    assert changed.json()["step_lead_days"] is None
    assert sent_back.json() == changed.json() == as_lead.get(address).json()


def test_waiting_reminders_of_a_running_taper_follow_at_once(
    as_lead: Program, address: str, taper: dict[str, object]
) -> None:
    def waiting() -> int:
        return Reminder.objects.filter(kind="STEP_ESCALATED", status="SCHEDULED").count()

    before = waiting()
    as_lead.patch(address, {"step_lead_days": None})

    assert before > 0
    assert waiting() == 0


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"step_team_days": 91}, "step_team_days", "from 1 to 90"),
        ({"step_team_days": 0}, "step_team_days", "from 1 to 90"),
        ({"quiet_from": "24:00"}, "quiet_from", "HH:MM"),
        ({"quiet_from": "８:00"}, "quiet_from", "HH:MM"),
        ({"team_mail_on": "NEVER"}, "team_mail_on", "WORKING_DAYS"),
        ({"step_team_days": 8}, "step_second_days", "later than the one before"),
        ({"volume": 11}, "volume", "No such field"),
    ],
)
def test_what_cannot_be_is_refused_with_its_limits(
    as_lead: Program, address: str, body: dict[str, object], field: str, says: str
) -> None:
    answer = as_lead.patch(address, body)

    assert answer.status_code == 400
    assert says in " ".join(answer.json()["fields"][field])
    assert not ClinicPolicy.objects.exists()


def test_a_lead_pauses_with_a_reason_and_lifts(as_lead: Program, pauses: str) -> None:
    made = as_lead.post(pauses, {"kind": "STEP_DAY", "reason": "A wrong text."})
    again = as_lead.post(pauses, {"kind": "STEP_DAY", "reason": "Twice."})
    standing = as_lead.get(pauses).json()["results"]
    lifted = as_lead.post(f"sending-pauses/{made.json()['id']}/lift")
    twice = as_lead.post(f"sending-pauses/{made.json()['id']}/lift")

    assert (made.status_code, standing) == (201, [made.json()])
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_PAUSED")
    assert lifted.json()["lifted_by"] == "lead"
    assert (twice.status_code, twice.json()["code"]) == (409, "NOT_PAUSED")
    assert as_lead.get(pauses).json()["results"] == []


def test_a_red_flag_is_never_paused(as_lead: Program, pauses: str) -> None:
    answer = as_lead.post(pauses, {"kind": "RED_FLAG", "reason": "Quiet, please."})

    assert answer.status_code == 400
    assert "never paused" in answer.json()["fields"]["kind"][0]
    assert not SendingPause.objects.exists()


def test_others_may_neither_pause_nor_lift(
    as_lead: Program, as_prescriber: Program, pauses: str
) -> None:
    pause = as_lead.post(pauses, {"reason": "A wrong text."}).json()

    assert as_prescriber.post(pauses, {"reason": "Why."}).status_code == 403
    assert as_prescriber.post(f"sending-pauses/{pause['id']}/lift").status_code == 403
    assert as_prescriber.get(pauses).json()["results"] == [pause]
