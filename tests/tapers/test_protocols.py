"""What a clinic sets of the protocol is a version each time, and the rules hold to it."""

from datetime import date
from decimal import Decimal

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, NotPermitted
from patients.instruments.reading import check_reading
from patients.models import AuditEvent
from patients.vocabulary import Event
from tapers.domain.errors import SettingsContradict
from tapers.domain.plan import WindowAppliesTo
from tapers.domain.protocol import LIMITS, Protocol
from tapers.domain.rules.rulebook import course_findings
from tapers.errors import ProtocolChanged
from tapers.models import ClinicProtocol
from tapers.selectors import visits_due
from tapers.selectors.protocols import protocol_of, protocol_on
from tapers.selectors.record import course_facts
from tapers.services.assessments import record_assessment
from tapers.services.protocols import change_protocol, proposed_protocol
from tests.factories_tapers import TaperFactory
from tests.patients.readings import FULL_VISIT
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(lead, clinic):
    def to(*, day=date(2026, 5, 4), version=1, reason="Few rooms", **changes):
        return change_protocol(
            actor=lead,
            clinic=clinic,
            changes=changes,
            reason=reason,
            version=version,
            at=morning_of(day),
        )

    return to


def test_before_any_change_the_rulebook_holds(clinic):
    assert protocol_of(clinic) == Protocol()


def test_a_change_is_a_version_with_who_when_and_why(change, clinic, lead):
    stored = change(visit_due_days=35, mmt_drop_percent_same_rater=Decimal("8.5"))

    assert (stored.version, stored.changed_by, stored.reason) == (2, lead, "Few rooms")
    assert protocol_of(clinic) == Protocol(
        visit_due_days=35, mmt_drop_percent_same_rater=Decimal("8.5")
    )
    first = ClinicProtocol.objects.get(clinic=clinic, version=1)
    assert (first.to_protocol(), first.changed_by) == (Protocol(), None)
    said = AuditEvent.objects.get(event=Event.PROTOCOL_CHANGED)
    assert said.details["changes"]["visit_due_days"] == {"before": "28", "after": "35"}


def test_an_earlier_day_is_answered_by_what_was_in_force_then(change, clinic, patient):
    change(day=may(4), ck_rise_percent=Decimal(80))
    change(day=may(11), version=2, ck_rise_percent=Decimal(100))

    said = {
        day: course_facts(patient=patient, as_of=day).protocol.ck_rise_percent
        for day in (date(2026, 1, 1), may(3), may(4), may(10), may(11), may(20))
    }
    assert list(said.values()) == [65, 65, 80, 80, 100, 100]
    assert protocol_on(clinic, may(3)) == Protocol()


def test_the_thresholds_of_the_clinic_decide(change, patient, nurse, seen_weaker):
    assert "MMT_DROP" in seen_weaker(day=may(18))

    change(day=may(18), mmt_drop_percent_same_rater=Decimal(15), mmt_drop_percent_other_rater=15)

    assert "MMT_DROP" not in seen_weaker(day=may(19))


@pytest.fixture
def seen_weaker(patient, nurse):
    """62 of 80 in April, then 55: the codes the course carries on a later day."""
    for day, score in ((date(2026, 4, 6), 62), (may(11), 55)):
        record_assessment(
            actor=nurse,
            patient=patient,
            assessed_on=day,
            rater="R. Ames",
            readings=(check_reading(code="MMT8", value=Decimal(score)),),
            at=morning_of(may(11)),
        )

    def codes(*, day):
        facts = course_facts(patient=patient, as_of=day)
        return {finding.code for finding in course_findings(facts=facts, as_of=day)}

    return codes


def test_visits_and_their_reminders_follow_at_once(change, patient, nurse, clinic):
    TaperFactory(patient=patient, running=True)
    record_assessment(
        actor=nurse,
        patient=patient,
        assessed_on=may(4),
        rater="R. Ames",
        readings=FULL_VISIT,
        at=morning_of(may(4)),
    )

    change(visit_due_days=14, visit_overdue_after_days=30)

    patient.refresh_from_db()
    assert patient.next_assessment_due_on == may(18)
    waiting = Reminder.objects.filter(
        patient=patient, status="SCHEDULED", withdrawn_at=None, audience="PATIENT"
    )
    days = {row.kind: row.local_date for row in waiting}
    assert days["ASSESSMENT_DUE"] == may(18)
    assert days["ASSESSMENT_OVERDUE"] == date(2026, 6, 4)
    [due] = visits_due(actor=nurse, clinic=clinic, at=morning_of(date(2026, 6, 3)))
    assert (due.state, due.overdue_on) == ("DUE", date(2026, 6, 4))


def test_the_window_of_new_plans_follows_and_stays_one_with_the_clinics(change, clinic):
    change(window_applies_to="TO_10_MG")

    clinic.refresh_from_db()
    assert clinic.window_applies_to == "TO_10_MG"
    assert protocol_of(clinic).window_applies_to is WindowAppliesTo.TO_10_MG


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("end", [0, 1])
def test_beyond_its_limits_a_setting_is_refused_with_them(change, clinic, name, end):
    low, high, _ = LIMITS[name]
    value = (low - 1, high + 1)[end]

    with pytest.raises(BadInput) as refused:
        change(**{name: value})

    assert refused.value.fields[name][0].startswith(f"Give a value from {low} to {high}")
    assert not ClinicProtocol.objects.exists()


@pytest.mark.parametrize(
    "value", [True, None, "7", Decimal("NaN"), Decimal("Infinity"), 7.5, Decimal("7.555"), []]
)
def test_what_is_no_plain_number_is_refused(change, value):
    with pytest.raises(BadInput):
        change(mmt_drop_percent_same_rater=value)


def test_every_field_at_fault_is_named(change):
    with pytest.raises(BadInput) as refused:
        change(visit_due_days=1, ck_rise_percent=1, colour=3, lab_overdue_days=Decimal("2.5"))

    assert set(refused.value.fields) == {
        "visit_due_days",
        "ck_rise_percent",
        "colour",
        "lab_overdue_days",
    }


def test_settings_that_contradict_each_other_are_refused(change):
    with pytest.raises(SettingsContradict):
        change(ibmfrs_note_points=5, ibmfrs_warning_points=4)


def test_a_version_looked_at_too_long_ago_is_refused(change):
    change(visit_due_days=35)

    with pytest.raises(ProtocolChanged):
        change(version=1, visit_due_days=42)


def test_nothing_changed_is_no_version(change):
    with pytest.raises(BadInput, match="Nothing differs"):
        change(visit_due_days=28)


def test_a_reason_is_asked_for(change):
    with pytest.raises(BadInput):
        change(visit_due_days=35, reason=" ")


def test_only_a_lead_changes_it(prescriber, clinic, at):
    with pytest.raises(NotPermitted, match="A lead of the clinic may"):
        change_protocol(
            actor=prescriber,
            clinic=clinic,
            changes={"visit_due_days": 35},
            reason="Few rooms",
            version=1,
            at=at,
        )


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("end", [0, 1])
def test_both_ends_of_each_setting_are_allowed(clinic, name, end):
    at_one_end = {each: limits[end] for each, limits in LIMITS.items()}

    proposed = proposed_protocol(clinic=clinic, changes=at_one_end)

    assert getattr(proposed, name) == LIMITS[name][end]
