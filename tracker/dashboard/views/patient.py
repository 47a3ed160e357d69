"""The patient page: it spans the apps, so it lives in the project."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from notifications.presenters import reminder_rows
from notifications.selectors import failed_for
from patients.clock import today_in
from patients.instruments.catalogue import MEASURES
from patients.presenters import words
from patients.presenters.facts import fact_groups
from patients.presenters.visits import visit_row
from patients.selectors import (
    assessments_of,
    diagnosis_of,
    exposures_of,
    history_of,
    open_tasks_for,
    series_of,
    standing_consent,
    standing_facts,
)
from patients.services.patients import has_red_flag
from tapers.domain.course import dose_points
from tapers.domain.dose import Drug, from_prednisone_mg
from tapers.domain.schedule import LINE_MG
from tapers.domain.sparing import EVIDENCE
from tapers.domain.states import RUNNING, Status
from tapers.presenters.steps import followed_rows
from tapers.presenters.taper import revision_words, taper_facts
from tapers.selectors import (
    Course,
    alerts_for,
    courses_for,
    doses_for,
    revisions_of,
    taper_for,
    tapers_for,
    timeline_of,
)
from tapers.selectors.facts import stocked_strengths
from tapers.selectors.protocols import protocol_of
from tapers.selectors.tapers import tapers_in_error_of
from tapers.views.about import About, about_patient
from tapers.views.known import sick_days
from tapers.views.sparing import sparing_cards
from tracker.dashboard.chart import NARROW, WIDE, ChartFacts, Hold, Revision, chart_of
from tracker.dashboard.presenters import patient as present
from tracker.dashboard.presenters import series
from tracker.dashboard.presenters.history import history_rows
from tracker.dashboard.selectors import contact_verdict, holds_in, reminders_near
from tracker.dashboard.views.patient_alerts import alert_sections

if TYPE_CHECKING:
    from tapers.models import Taper

SHOWN_VISITS = 12
SHOWN_HISTORY = 40
FOLDED_AFTER = 12
BEFORE_THE_PLAN = timedelta(days=182)
TRAIL = 200


class PatientPage(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        about.saw("patient")
        course = courses_for(patient_ids=[patient_id], at=about.at).get(patient_id)
        context = about.context
        wants_all = request.GET.get("chart") == "all"
        since = None if wants_all or course is None else course.starts_on - BEFORE_THE_PLAN
        parts = (_header, _taper_sections, _sparing_section, _people_sections, _known_sections)
        for part in parts:
            context |= part(about, course)
        context["troubles"] += context["sparing_troubles"]
        context |= _visit_sections(about, course, since=since)
        return render(request, "dashboard/patient.html", context)


def _header(about: About, course: Course | None) -> dict[str, Any]:
    patient = about.patient
    known = None if course else doses_for(patients=[patient], at=about.at).get(patient.pk)
    drug = course.drug if course else known.drug if known else None
    strengths = stocked_strengths(clinic=patient.clinic, drug=drug) if drug else ()
    consent = standing_consent(patient=patient)
    tasks = [
        task
        for task in open_tasks_for(actor=about.actor, clinic=patient.clinic)
        if task.patient_id == patient.pk
    ]
    failed = failed_for(actor=about.actor, clinic=patient.clinic).filter(patient=patient)
    alerts = list(alerts_for(actor=about.actor, patient=patient, open_only=True))
    return {
        "today": present.today_of(course, known, strengths=strengths),
        "next_lines": present.next_lines(course, patient, today=about.today),
        "troubles": present.troubles_of(
            course,
            patient,
            today=about.today,
            grace_days=protocol_of(patient.clinic).visit_grace_days,
            alerts=len(alerts),
            tasks=len(tasks),
            failed=failed.count(),
        ),
        "contact": present.contact_of(
            patient, consent, contact_verdict(patient=patient, at=about.at)
        ),
        "contact_facts": present.contact_facts(patient, consent),
        "has_consent": consent is not None,
        "paused": patient.reminders_paused_reason,
        "red_flag": has_red_flag(patient),
        "can_verify": consent is not None
        and bool(patient.email)
        and patient.email_verified_at is None,
        "tasks": present.task_rows(tasks),
        "strengths": strengths,
    } | alert_sections(about, alerts)


def _taper_sections(about: About, course: Course | None) -> dict[str, Any]:
    tapers = list(tapers_for(actor=about.actor, patient=about.patient))
    drafts = [taper for taper in tapers if taper.status == Status.DRAFT]
    context: dict[str, Any] = {
        "drafts": [(taper.pk, taper_facts(taper, may=about.may)) for taper in drafts],
        "earlier": [
            (taper.pk, taper_facts(taper, may=frozenset()))
            for taper in tapers
            if taper.status in (Status.COMPLETED, Status.REVOKED)
            and (course is None or taper.pk != course.taper_id)
        ]
        + [
            (taper.pk, taper_facts(taper, may=frozenset()))
            for taper in tapers_in_error_of(actor=about.actor, patient=about.patient)
        ],
        "may_plan": course is None or course.status not in RUNNING,
    }
    if course is None:
        return context
    taper = taper_for(actor=about.actor, id=course.taper_id)
    running = course.status in RUNNING
    return context | {
        "taper": taper_facts(taper, may=about.may, at_zero=not course.daily_mg),
        "taper_id": taper.pk,
        "running": running,
        "steps": followed_rows(
            course.plan,
            strengths=taper.strengths,
            reports=course.reports,
            dose_now=course.dose_now,
            today=about.today,
            running=running,
        ),
        "reportable": _reportable(course),
    }


def _known_sections(about: About, course: Course | None) -> dict[str, Any]:
    facts = standing_facts(patient=about.patient)
    tapers = list(tapers_for(actor=about.actor, patient=about.patient))
    return sick_days(about, tapers=tapers, facts=facts) | {
        "known_groups": fact_groups(facts, zone=about.patient.clinic.time_zone)
    }


def _sparing_section(about: About, course: Course | None) -> dict[str, Any]:
    cards = [card for card in sparing_cards(about) if card.running]
    return {
        "sparing_lines": [card.line for card in cards],
        "sparing_troubles": present.check_troubles(
            [text for card in cards for text in card.overdue]
        ),
        "sparing_evidence": EVIDENCE,
    }


def _reportable(course: Course) -> int | None:
    if course.late is not None:
        return course.late[0].number
    return course.next_step.number if course.next_step is not None else None


def _visit_sections(about: About, course: Course | None, *, since: date | None) -> dict[str, Any]:
    visits = assessments_of(actor=about.actor, patient=about.patient)
    all_points = series_of(patient=about.patient, codes=MEASURES)
    points = [each for each in all_points if since is None or each.assessed_on >= since]
    raters = series.raters_by_visit(visits)
    taper = taper_for(actor=about.actor, id=course.taper_id) if course else None
    lines = _dose_lines(about, course, taper)
    facts = ChartFacts(
        today=about.today,
        strength=series.strength_series(points, raters),
        function=series.function_series(points, raters),
        ck=series.ck_readings(points),
        **lines,
    )
    empty = facts.is_empty
    return {
        "charts": [] if empty else [chart_of(facts, WIDE), chart_of(facts, NARROW)],
        "twin": None if empty else series.table_twin(facts, points),
        "chart_has": facts,
        "shows_since": words.day(since) if since and len(points) < len(all_points) else "",
        "shows_all": since is None and course is not None,
        "visits": [visit_row(visit) for visit in visits[:SHOWN_VISITS]],
        "more_visits": [visit_row(visit) for visit in visits[SHOWN_VISITS:]],
    }


def _dose_lines(about: About, course: Course | None, taper: "Taper | None") -> dict[str, Any]:
    if course is None or taper is None:
        return {}
    points = dose_points(
        plan=course.plan, reports=course.reports, until=about.today, held_on=course.frozen_on
    )
    events = history_of(actor=about.actor, patient=about.patient, limit=TRAIL)
    return {
        "drug": Drug(taper.drug).label.lower(),
        "before": present.doses_before(exposures_of(patient=about.patient), course),
        "planned": ((course.plan.starts_on, course.plan.start_daily_mg), *points.planned),
        "taken": points.taken,
        "line_mg": from_prednisone_mg(drug=course.drug, prednisone_mg=LINE_MG),
        "holds": tuple(
            Hold(begun, ended)
            for begun, ended in holds_in(events)
            if begun >= course.starts_on or ended is None
        ),
        "revisions": tuple(
            Revision(
                row.number,
                today_in(about.patient.time_zone, at=row.created_at),
                revision_words(row),
            )
            for row in revisions_of(taper)
            if row.number > 1
        ),
    }


def _people_sections(about: About, course: Course | None) -> dict[str, Any]:
    ahead, past = reminders_near(actor=about.actor, patient=about.patient, at=about.at)
    history = history_rows(
        timeline_of(actor=about.actor, patient=about.patient, limit=SHOWN_HISTORY),
        zone=about.patient.clinic.time_zone,
    )
    return {
        "ahead": reminder_rows(ahead),
        "past": reminder_rows(past),
        "diagnosis": present.diagnosis_facts(diagnosis_of(patient=about.patient)),
        "exposures": present.exposure_lines(exposures_of(patient=about.patient)),
        "history": history[:FOLDED_AFTER],
        "more_history": history[FOLDED_AFTER:],
    }
