"""Alerts over the API: filtered, taken on, acknowledged with a next look, and looked at again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from patients.models import Clinic, Membership, Patient
from tapers.models import Alert, Taper
from tests import factories
from tests.api.program import Program
from tests.factories_tapers import AlertFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(taper: dict[str, Any], at: Any) -> Alert:
    row: Alert = AlertFactory(
        taper=Taper.objects.get(pk=taper["id"]),
        code="STEP_LATE",
        raised_at=at,
        values={"days_late": "3"},
    )
    return row


@pytest.fixture
def as_lead(lead: User) -> Program:
    return Program(lead)


@pytest.fixture
def member(clinic: Clinic) -> Callable[[User], str]:
    return lambda user: str(Membership.objects.get(clinic=clinic, user=user).pk)


def found(program: Program, **query: Any) -> set[str]:
    answer = program.get("alerts", **query)
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def test_an_alert_says_what_it_rests_on_and_when_the_leads_are_told(
    as_nurse: Program, alert: Alert
) -> None:
    [row] = [
        each
        for each in as_nurse.get("alerts", patient=str(alert.patient_id)).json()["results"]
        if each["id"] == str(alert.pk)
    ]

    assert row["title"] == "Dose step not confirmed"
    assert (row["status"], row["owner"], row["next_check_on"]) == ("OPEN", None, None)
    assert row["values"] == {"days_late": "3"}
    assert row["rulebook_version"] == "test"
    assert row["escalates_at"] == "2026-05-11T14:00:00Z"


def test_a_nurse_takes_it_on_and_it_is_found_by_its_owner(
    as_nurse: Program, nurse: User, alert: Alert, member: Callable[[User], str]
) -> None:
    answer = as_nurse.post(f"alerts/{alert.pk}/assign", {"owner": member(nurse)})

    assert answer.status_code == 200, answer.content
    assert answer.json()["owner"]["member"] == member(nurse)
    assert answer.json()["escalates_at"] is None
    assert found(as_nurse, owner=member(nurse)) == {str(alert.pk)}
    assert str(alert.pk) not in found(as_nurse, unowned="true")


def test_one_owner_and_nobody_cannot_both_be_asked_for(
    as_nurse: Program, nurse: User, member: Callable[[User], str]
) -> None:
    answer = as_nurse.get("alerts", owner=member(nurse), unowned="true")

    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["unowned"])


def test_the_members_of_the_clinic_are_listed(
    as_nurse: Program, clinic: Clinic, nurse: User, member: Callable[[User], str]
) -> None:
    rows = as_nurse.get(f"clinics/{clinic.pk}/members").json()["results"]

    assert {"id": member(nurse), "role": "NURSE", "is_lead": False} in [
        {key: row[key] for key in ("id", "role", "is_lead")} for row in rows
    ]


def test_a_member_of_another_clinic_cannot_be_the_owner(
    as_nurse: Program, stranger: User, alert: Alert
) -> None:
    elsewhere = str(Membership.objects.get(user=stranger).pk)

    answer = as_nurse.post(f"alerts/{alert.pk}/assign", {"owner": elsewhere})

    assert answer.status_code == 404
    assert as_nurse.get("alerts", owner=elsewhere).status_code == 404


def test_a_reason_with_a_next_look_and_the_look_itself(
    as_prescriber: Program, alert: Alert, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"reason": "The patient called", "next_check_on": "2026-05-06"}
    first = as_prescriber.post(f"alerts/{alert.pk}/acknowledge", given)
    assert (first.status_code, first.json()["status"]) == (200, "ACKNOWLEDGED")
    assert found(as_prescriber, status="CHECK_DUE") == set()

    monkeypatch.setattr("patients.clock.now", lambda: at + timedelta(days=2))
    assert found(as_prescriber, status="CHECK_DUE") == {str(alert.pk)}

    looked = as_prescriber.post(f"alerts/{alert.pk}/check", {"note": "Taken since"})
    assert looked.status_code == 200
    assert [check["note"] for check in looked.json()["checks"]] == ["Taken since"]
    assert looked.json()["next_check_on"] is None
    assert found(as_prescriber, status="CHECK_DUE") == set()


@pytest.mark.parametrize("day", ["2026-05-04", "2026-08-03", "1999-01-01"])
def test_a_day_out_of_range_is_refused_with_the_range(
    as_prescriber: Program, alert: Alert, day: str
) -> None:
    answer = as_prescriber.post(
        f"alerts/{alert.pk}/acknowledge", {"reason": "Seen", "next_check_on": day}
    )

    assert answer.status_code == 400
    said = answer.json()["fields"]["next_check_on"]
    assert said == ["Give a day from 2026-05-05 to 2026-08-02, or none."]


def test_a_nurse_may_not_acknowledge_and_reads_who_may(as_nurse: Program, alert: Alert) -> None:
    answer = as_nurse.post(f"alerts/{alert.pk}/acknowledge", {"reason": "Seen"})

    assert answer.status_code == 403
    assert "A prescriber may." in answer.json()["message"]


def test_filters_by_severity_and_instant(as_nurse: Program, alert: Alert, at: Any) -> None:
    old = AlertFactory(taper=alert.taper, severity="CRITICAL", raised_at=at - timedelta(days=30))

    assert found(as_nurse, severity="CRITICAL") == {str(old.pk)}
    assert str(old.pk) not in found(as_nurse, since=at.isoformat().replace("+00:00", "Z"))
    assert str(alert.pk) in found(as_nurse, since=at.isoformat().replace("+00:00", "Z"))


def test_what_brought_a_course_alert_up_is_named(as_nurse: Program, patient: Patient) -> None:
    readings = {"code": "CK", "value": 5000, "unit": "U/L", "upper_limit": 190}
    visit = as_nurse.post(
        f"patients/{patient.pk}/assessments",
        {"assessed_on": "2026-05-04", "rater": "N. Nurse", "measurements": [readings]},
    )
    assert visit.status_code == 201, visit.content

    rows = as_nurse.get("alerts", patient=str(patient.pk)).json()["results"]
    [urgent] = [row for row in rows if row["code"] == "CK_URGENT"]
    assert urgent["assessment"] == visit.json()["id"]


def test_a_page_of_many_costs_as_many_queries_as_one_of_few(
    as_nurse: Program, clinic: Clinic, alert: Alert, django_assert_max_num_queries: Any
) -> None:
    for _ in range(15):
        AlertFactory(taper__patient=factories.PatientFactory(clinic=clinic), taper__running=True)

    with django_assert_max_num_queries(10):
        assert len(found(as_nurse)) > 15


class TestProtocol:
    def test_it_shows_each_setting_with_its_limits_standard_and_source(
        self, as_nurse: Program, clinic: Clinic
    ) -> None:
        shown = as_nurse.get(f"clinics/{clinic.pk}/protocol").json()

        assert (shown["version"], shown["versions"]) == (1, [])
        [due] = [each for each in shown["settings"] if each["name"] == "visit_due_days"]
        assert (due["value"], due["standard"], due["low"], due["high"]) == (28, 28, 14, 56)
        assert due["source"]["code"] == "S20"
        assert due["rules"] == ["ASSESS_DUE"]

    def test_a_lead_changes_it_and_the_change_is_kept(
        self, as_lead: Program, clinic: Clinic
    ) -> None:
        changed = as_lead.post(
            f"clinics/{clinic.pk}/protocol",
            {"version": 1, "reason": "Few rooms", "visit_due_days": 35, "ck_rise_percent": 80.5},
        )

        assert changed.status_code == 201, changed.content
        assert changed.json()["version"] == 2
        newest, first = changed.json()["versions"]
        assert (newest["version"], newest["reason"]) == (2, "Few rooms")
        assert newest["changes"]["ck_rise_percent"] == {"before": "65", "after": "80.5"}
        assert (first["version"], first["changed_by"], first["changes"]) == (1, None, {})

    def test_a_stale_version_and_a_contradiction_are_refused(
        self, as_lead: Program, clinic: Clinic
    ) -> None:
        path = f"clinics/{clinic.pk}/protocol"
        stale = as_lead.post(path, {"version": 2, "reason": "x", "visit_due_days": 35})
        wrong = as_lead.post(
            path,
            {"version": 1, "reason": "x", "visit_due_days": 56, "visit_overdue_after_days": 28},
        )

        assert (stale.status_code, stale.json()["code"]) == (409, "PROTOCOL_CHANGED")
        assert wrong.status_code == 400
        assert wrong.json()["fields"] == {
            "visit_due_days": [
                "A visit falls due before it is overdue, or on that day. Lower this, or raise the "
                "other."
            ]
        }

    def test_who_does_not_lead_reads_only(self, as_prescriber: Program, clinic: Clinic) -> None:
        path = f"clinics/{clinic.pk}/protocol"

        assert as_prescriber.get(path).status_code == 200
        given = {"version": 1, "reason": "x", "visit_due_days": 35}
        assert as_prescriber.post(path, given).status_code == 403


class TestSignatures:
    def test_a_prescriber_signs_what_is_in_force(
        self, as_prescriber: Program, clinic: Clinic, version: str
    ) -> None:
        path = f"clinics/{clinic.pk}/rule-signatures"
        assert as_prescriber.get(path).json()["results"] == []

        signed = as_prescriber.post(path, {"rulebook_version": version, "protocol_version": 1})

        assert signed.status_code == 201, signed.content
        [row] = as_prescriber.get(path).json()["results"]
        assert (row["rulebook_version"], row["is_of_today"]) == (version, True)
        assert row["settings"]["visit_due_days"] == "28"
        assert len(row["text_sha256"]) == 64

    def test_after_a_change_of_the_settings_it_is_not_of_today(
        self, as_prescriber: Program, as_lead: Program, clinic: Clinic, version: str
    ) -> None:
        path = f"clinics/{clinic.pk}/rule-signatures"
        as_prescriber.post(path, {"rulebook_version": version, "protocol_version": 1})
        as_lead.post(
            f"clinics/{clinic.pk}/protocol",
            {"version": 1, "reason": "Few rooms", "visit_due_days": 35},
        )

        [row] = as_prescriber.get(path).json()["results"]
        assert row["is_of_today"] is False
        old = as_prescriber.post(path, {"rulebook_version": version, "protocol_version": 1})
        assert (old.status_code, old.json()["code"]) == (409, "RULES_CHANGED")

    def test_a_nurse_does_not_sign(self, as_nurse: Program, clinic: Clinic, version: str) -> None:
        answer = as_nurse.post(
            f"clinics/{clinic.pk}/rule-signatures",
            {"rulebook_version": version, "protocol_version": 1},
        )

        assert answer.status_code == 403
        assert "sign the clinical rules" in answer.json()["message"]


@pytest.fixture
def version(as_nurse: Program) -> str:
    rules = as_nurse.get("rules").json()["results"]
    assert rules[0]["title"]
    return str(rules[0]["rulebook_version"])
