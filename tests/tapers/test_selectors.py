"""Questions about tapers: each answers only for the clinics of who asks."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from notifications.models import Reminder
from patients.errors import NotFound, NotPermitted
from patients.vocabulary import Event
from tapers.selectors import (
    Remainder,
    alert_for,
    alerts_for,
    drafts_waiting,
    mail_preview,
    open_alert_counts,
    plan_of,
    preview,
    preview_revision,
    steps_due_or_late,
    taper_for,
    tapers_for,
    timeline_of,
    visits_due,
)
from tapers.selectors.sentences import SENTENCES, sentence_of
from tapers.services.alerts import acknowledge_alert
from tapers.services.plans import discard_draft, draft_taper, report_step, revise_taper
from tests.factories import ConsentFactory, PatientFactory
from tests.factories_tapers import FAST, AlertFactory, TaperFactory
from tests.tapers.story import FORTY_MG, REASONS, june, may, morning_of, taken_before

pytestmark = pytest.mark.django_db


def test_a_stranger_sees_no_taper(stranger, taper, draft):
    assert not tapers_for(actor=stranger).exists()
    assert not alerts_for(actor=stranger).exists()
    with pytest.raises(NotFound):
        taper_for(actor=stranger, id=taper.pk)
    with pytest.raises(NotFound):
        alert_for(actor=stranger, id=taper.alerts.first().pk)


@pytest.mark.parametrize("nothing", [uuid4(), "not-an-id", ""])
def test_what_is_not_there_is_not_found(nurse, nothing):
    with pytest.raises(NotFound):
        taper_for(actor=nurse, id=nothing)
    with pytest.raises(NotFound):
        alert_for(actor=nurse, id=nothing)


def test_every_member_reads(reader, coordinator, taper):
    assert taper_for(actor=reader, id=taper.pk) == taper
    assert list(tapers_for(actor=coordinator)) == [taper]


def test_tapers_are_narrowed_by_patient_clinic_and_status(nurse, clinic, patient, taper, at):
    draft = draft_taper(
        actor=nurse, patient=PatientFactory(clinic=clinic), proposal=FORTY_MG, at=at
    )

    assert list(tapers_for(actor=nurse, patient=patient)) == [taper]
    assert set(tapers_for(actor=nurse, clinic=clinic)) == {taper, draft}
    assert list(tapers_for(actor=nurse, status="DRAFT")) == [draft]


def test_a_discarded_draft_is_out_of_sight_but_not_lost(nurse, draft, at):
    discard_draft(actor=nurse, taper=draft, at=at)

    assert not tapers_for(actor=nurse).exists()
    assert list(tapers_for(actor=nurse, status="ENTERED_IN_ERROR")) == [draft]


# Previews ----------------------------------------------------------------------------------------


def test_a_preview_stores_nothing_and_needs_no_patient(reader, clinic, at):
    seen = preview(actor=reader, clinic=clinic, proposal=FORTY_MG, at=at)

    assert seen.plan.first_zero_on == june(15)
    assert (seen.window, seen.window_days) == ("WITHIN", 42)
    codes = {each.code for each in seen.findings}
    assert not codes & {"ASSESS_BASELINE", "BIOPSY_MISSING", "TAPER_DELAYED"}


def test_a_stranger_previews_nothing_for_another_clinic(stranger, clinic, patient, at):
    with pytest.raises(NotPermitted):
        preview(actor=stranger, clinic=clinic, proposal=FORTY_MG, at=at)
    with pytest.raises(NotPermitted):
        preview(actor=stranger, clinic=clinic, patient=patient, proposal=FORTY_MG, at=at)


def test_what_a_revision_shows_is_what_it_stores(prescriber, taper):
    remainder = Remainder(may(27), FORTY_MG.daily_mg / 4, regimen=FAST)

    seen = preview_revision(taper=taper, remainder=remainder, reason="Slower")
    revised = revise_taper(
        actor=prescriber,
        taper=taper,
        reason="Slower",
        reasons=dict.fromkeys(seen.asked, "Agreed"),
        starts_on=remainder.starts_on,
        daily_mg=remainder.daily_mg,
        regimen=FAST,
        at=morning_of(may(27)),
    )

    assert plan_of(revised) == seen.plan
    assert seen.before.first_zero_on == june(15)
    stored = set(revised.alerts.filter(revision_number=2).values_list("code", flat=True))
    assert stored == {each.code for each in seen.findings}


# Worklist ----------------------------------------------------------------------------------------


def test_steps_due_and_late_come_the_latest_first(nurse, clinic):
    late = TaperFactory(patient=PatientFactory(clinic=clinic), running=True)
    today = TaperFactory(
        patient=PatientFactory(clinic=clinic),
        running=True,
        starts_on=may(7),
        first_zero_on=june(18),
    )
    TaperFactory(
        patient=PatientFactory(clinic=clinic),
        running=True,
        starts_on=may(8),
        first_zero_on=june(19),
    )

    rows = steps_due_or_late(actor=nurse, clinic=clinic, at=morning_of(may(7)))

    assert [(row.taper_id, row.days_late) for row in rows] == [(late.pk, 3), (today.pk, 0)]


def test_who_died_or_moved_is_on_no_worklist(nurse, clinic):
    taper = TaperFactory(patient=PatientFactory(clinic=clinic, status="DIED"), running=True)
    taper.patient.next_assessment_due_on = may(1)
    taper.patient.save()

    assert steps_due_or_late(actor=nurse, clinic=clinic, at=morning_of(may(20))) == ()
    assert visits_due(actor=nurse, clinic=clinic, at=morning_of(may(20))) == ()


def test_visits_are_due_and_later_overdue(nurse, clinic):
    due, overdue, _ = (
        PatientFactory(clinic=clinic, next_assessment_due_on=may(20) - timedelta(days=days))
        for days in (0, 29, -1)
    )

    rows = visits_due(actor=nurse, clinic=clinic, at=morning_of(may(20)))

    assert [(row.patient, row.state, row.days) for row in rows] == [
        (overdue, "OVERDUE", 29),
        (due, "DUE", 0),
    ]


def test_a_stranger_s_worklist_holds_nothing_of_ours(stranger, clinic, taper, draft):
    at = morning_of(may(20))

    assert steps_due_or_late(actor=stranger, clinic=clinic, at=at) == ()
    assert visits_due(actor=stranger, at=at) == ()
    assert not drafts_waiting(actor=stranger).exists()


def test_drafts_wait_for_a_signature(prescriber, clinic, draft):
    assert list(drafts_waiting(actor=prescriber, clinic=clinic)) == [draft]


# Alerts ------------------------------------------------------------------------------------------


def test_open_is_what_waits_for_a_reason(nurse, clinic):
    taper = TaperFactory(patient=PatientFactory(clinic=clinic), running=True)
    warning = AlertFactory(taper=taper)
    AlertFactory(taper=taper, severity="INFO")
    AlertFactory(taper=taper, closed_at=morning_of(may(4)))

    assert list(alerts_for(actor=nurse, open_only=True)) == [warning]
    assert open_alert_counts(patient_ids=[taper.patient_id]) == {taper.patient_id: 1}


def test_an_alert_acknowledged_once_is_not_asked_again_of_a_plan_as_long(prescriber, nurse, taper):
    taken_before(4, actor=nurse, taper=taper)
    report_step(
        actor=nurse,
        taper=taper,
        step_number=4,
        outcome="TAKEN",
        taken_on=june(15),
        reported_by="STAFF",
        at=morning_of(june(15)),
    )
    [alert] = alerts_for(actor=prescriber, taper=taper, open_only=True)
    acknowledge_alert(actor=prescriber, alert=alert, reason="Was ill", at=morning_of(june(16)))

    revise_taper(
        actor=prescriber,
        taper=taper,
        reason="Slower",
        reasons={},
        starts_on=june(17),
        daily_mg=Decimal(5),
        regimen=FAST,
        at=morning_of(june(17)),
    )

    again = taper.alerts.get(code="PLAN_LONG", revision_number=3)
    assert (again.severity, again.reason) == ("INFO", "Was ill")


# Mails -------------------------------------------------------------------------------------------


def test_the_mails_of_the_next_30_days_are_seen_before_activation(prescriber, patient, draft, at):
    seen = mail_preview(actor=prescriber, patient=patient, plan=plan_of(draft), at=at)

    assert not Reminder.objects.exists()
    steps = [mail for mail in seen if mail.kind == "STEP_DAY"]
    assert [mail.local_date for mail in steps] == [may(11), may(18), may(25), june(1)]
    assert all(mail.will_send for mail in seen)
    assert not any("mg" in mail.text or "prednisone" in mail.text.lower() for mail in seen)
    assert [mail.due_at for mail in seen] == sorted(mail.due_at for mail in seen)


def test_the_preview_is_what_is_asked_for_afterwards(prescriber, patient, draft, taper, at):
    seen = mail_preview(actor=prescriber, patient=patient, plan=plan_of(taper), at=at, days=400)

    asked = Reminder.objects.filter(patient=patient)
    assert {(mail.kind, mail.audience, mail.due_at) for mail in seen} == {
        (row.kind, row.audience, row.due_at) for row in asked
    }


def test_the_preview_says_what_is_missing(prescriber, clinic, at):
    patient = PatientFactory(clinic=clinic)
    draft = draft_taper(actor=prescriber, patient=patient, proposal=FORTY_MG, at=at)

    seen = mail_preview(actor=prescriber, patient=patient, plan=plan_of(draft), at=at)

    to_patient = [mail for mail in seen if mail.audience == "PATIENT"]
    assert {mail.why_not for mail in to_patient} == {"The patient has not consented to e-mail."}


def test_the_preview_shows_details_to_those_who_opted_in(prescriber, clinic, at):
    patient = PatientFactory(clinic=clinic)
    ConsentFactory(patient=patient, content="DETAILS")
    draft = draft_taper(actor=prescriber, patient=patient, proposal=FORTY_MG, at=at)

    seen = mail_preview(actor=prescriber, patient=patient, plan=plan_of(draft), at=at)

    assert any("7.5 mg" in mail.text for mail in seen)


# Timeline ----------------------------------------------------------------------------------------


def test_the_timeline_tells_what_happened_newest_first(prescriber, nurse, patient, taper):
    taken_before(2, actor=nurse, taper=taper)
    report_step(
        actor=nurse,
        taper=taper,
        step_number=2,
        outcome="TAKEN",
        taken_on=may(13),
        reported_by="PATIENT",
        at=morning_of(may(13)),
    )

    entries = timeline_of(actor=nurse, patient=patient, limit=3)

    texts = [entry.text for entry in entries]
    assert "Step 2 reported: taken on 2026-05-13." in texts
    assert "Plan revised to revision 2: first day at 0 mg now 2026-06-17." in texts
    assert {entry.on for entry in entries} == {may(13)}
    older = timeline_of(actor=nurse, patient=patient, before=entries[-1].at)
    assert all(entry.at < entries[-1].at for entry in older)


def test_a_stranger_sees_no_timeline(stranger, patient, taper):
    assert timeline_of(actor=stranger, patient=patient) == ()


@pytest.mark.parametrize("event", Event.values)
def test_every_event_has_its_sentence(event):
    text = sentence_of(event, {})

    assert text.endswith(".")
    assert event in SENTENCES or event in {
        "CLINIC_CREATED",
        "CLINIC_CHANGED",
        "MEMBER_ADDED",
        "LOGGED_IN",
        "RECORD_READ",
    }


def test_the_timeline_holds_no_reason_and_no_note(prescriber, patient, taper):
    texts = " ".join(entry.text for entry in timeline_of(actor=prescriber, patient=patient))

    assert not any(reason in texts for reason in REASONS.values())
