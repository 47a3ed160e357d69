"""One clinic of the demo and what its people do, each act one call of a service."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from notifications.services import contact
from patients.models import Clinic, Patient
from patients.services import consent, diagnosis, exposure, patients
from patients.vocabulary import Biopsy, Channel, Content, DiagnosisStatus, PatientStatus
from tapers import selectors as tapers
from tapers.domain.course import Outcome
from tapers.domain.dose import Drug
from tapers.domain.schedule import Regimen
from tapers.domain.toxicity import Item
from tapers.errors import NeedsReason
from tapers.models import Taper
from tapers.proposal import Proposal
from tapers.services import assessments, plans
from tapers.services.follow_up import record_follow_ups
from tapers.vocabulary import ReportedBy
from tracker.demo.home import Calendar
from tracker.demo.mailbox import Mailbox
from tracker.demo.visit import Visit
from tracker.simulation.replay import Story

CONSENT_TEXT = "E-mail consent, 2026-01"
NUMBERS_OF_FICTION = "+44 7700 900"  # kept free for plays and films: they reach nobody
ASKED_EACH_VISIT = (
    Item.WEIGHT_AND_PRESSURE,
    Item.GLUCOSE,
    Item.MOOD_AND_SLEEP,
    Item.INFECTION_AND_VACCINES,
    Item.SKIN_AND_MUSCLE,
    Item.HIP_PAIN,
)
TESTED_AT_TIMES = (Item.LIPIDS, Item.BONE, Item.EYES)
DAYS_BETWEEN_TESTS = 85
LINK = re.compile(r"/reminders/verify/([\w-]+)")

# What a prescriber writes when a plan is signed in spite of a warning.
WHY: Mapping[str, str] = {
    "ADRENAL_RISK": "Informed about adrenal insufficiency, steroid card and emergency plan given.",
    "PHYSIO_RANGE": "Symptoms are asked for at each step from 5 mg; morning cortisol if any.",
    "BIOPSY_MISSING": "Clinically defined; biopsied elsewhere, the report is on its way.",
    "TAPER_DELAYED": "The patient needed time to decide.",
    "ASSESS_BASELINE": "The baseline visit is booked for this week.",
    "ALT_DAY": "The patient takes the mean dose daily from now on.",
}
OTHER_WHY = "Discussed with the patient, who agrees."


@dataclass
class Ward:
    clinic: Clinic
    prescriber: User
    nurse: User
    calendar: Calendar
    elsewhere: ZoneInfo
    mailbox: Mailbox
    begin: Callable[[Story], None]
    patients: list[Patient] = field(default_factory=list)
    looked_at: dict[UUID, int] = field(default_factory=dict)

    def at(self, days: int, clock: str) -> datetime:
        """The instant *days* from the day of the demo, at that hour in the clinic."""
        return self.calendar.at(days, clock)

    def day(self, days: int) -> date:
        return self.calendar.day(days)

    # The record ----------------------------------------------------------------------------------

    def register(
        self,
        record_number: str,
        name: str,
        birth_date: str,
        sex: str,
        *,
        at: datetime,
        email: str = "",
        time_zone: str = "",
    ) -> Patient:
        given_name, family_name = name.rsplit(" ", 1)
        patient = patients.register_patient(
            actor=self.nurse,
            clinic=self.clinic,
            record_number=record_number,
            given_name=given_name,
            family_name=family_name,
            birth_date=date.fromisoformat(birth_date),
            sex=sex,
            email=email,
            phone=f"{NUMBERS_OF_FICTION}{record_number[-3:]}",
            time_zone=time_zone or self.calendar.zone.key,
            at=at,
        )
        self.patients.append(patient)
        return patient

    def diagnose(self, patient: Patient, *, confirmed_days: int, at: datetime) -> None:
        diagnosis.record_diagnosis(
            actor=self.prescriber,
            patient=patient,
            status=DiagnosisStatus.CONFIRMED,
            confirmed_on=self.day(confirmed_days),
            biopsy=Biopsy.DONE,
            biopsy_on=self.day(confirmed_days - 14),
            rimmed_vacuoles=True,
            endomysial_inflammation=True,
            at=at,
        )

    def suspect(self, patient: Patient, *, at: datetime) -> None:
        diagnosis.record_diagnosis(
            actor=self.prescriber,
            patient=patient,
            status=DiagnosisStatus.SUSPECTED,
            biopsy=Biopsy.UNKNOWN,
            at=at,
        )

    def note_exposure(
        self,
        patient: Patient,
        daily_mg: str,
        *,
        since_days: int | None,
        at: datetime,
        drug: Drug = Drug.PREDNISONE,
    ) -> None:
        exposure.record_exposure(
            actor=self.nurse,
            patient=patient,
            drug=drug,
            daily_mg=Decimal(daily_mg),
            started_on=None if since_days is None else self.day(since_days),
            at=at,
        )

    def consents_to_mail(
        self, patient: Patient, *, at: datetime, content: str = Content.MINIMAL
    ) -> None:
        contact.give_mail_consent(
            actor=self.nurse,
            patient=patient,
            channel=Channel.EMAIL,
            content=content,
            given_on=self._date(at),
            text_version=CONSENT_TEXT,
            at=at,
        )

    def opens_the_link(self, patient: Patient, *, at: datetime) -> None:
        """The patient finds the mail with the link and presses the button behind it."""
        letters = self.mailbox.letters(limit=1, to=patient.email)
        link = LINK.search(letters[0].text) if letters else None
        if link is None:
            raise NoVerificationMail(patient.code)
        consent.verify_address(token=link[1], at=at)

    def record(self, patient: Patient, visit: Visit, *, at: datetime) -> None:
        """Record a visit, and at a full one what steroids may do to the rest of the body."""
        assessments.record_assessment(
            actor=self.nurse,
            patient=patient,
            assessed_on=self.day(visit.days),
            rater=self.nurse.get_full_name(),
            readings=visit.readings,
            at=at,
        )
        if visit.mmt8 is not None:
            self._looks_for_steroid_effects(patient, visit, at=at)

    def _looks_for_steroid_effects(self, patient: Patient, visit: Visit, *, at: datetime) -> None:
        last = self.looked_at.get(patient.pk)
        items: tuple[Item, ...] = ASKED_EACH_VISIT
        if last is None or visit.days - last >= DAYS_BETWEEN_TESTS:
            items = (*ASKED_EACH_VISIT, *TESTED_AT_TIMES)
            self.looked_at[patient.pk] = visit.days
        record_follow_ups(
            actor=self.nurse, patient=patient, items=items, on=self.day(visit.days), at=at
        )

    def close_mailbox(self, patient: Patient) -> None:
        """From now on the mail server does not know the patient's address any more."""
        self.mailbox.refuses |= {patient.email}

    def transfer(self, patient: Patient, *, at: datetime) -> None:
        contact.change_patient(
            actor=self.nurse, patient=patient, changes={"status": PatientStatus.TRANSFERRED}, at=at
        )

    # The taper -----------------------------------------------------------------------------------

    def draft(
        self,
        patient: Patient,
        daily_mg: str,
        *,
        starts: int,
        at: datetime,
        regimen: tuple[str, int, int] | None = None,
        drug: Drug = Drug.PREDNISONE,
        by: User | None = None,
    ) -> Taper:
        """Draft a plan that starts on day *starts*; without a regimen the pre-selected one."""
        chosen = Regimen(Decimal(regimen[0]), regimen[1], regimen[2]) if regimen else None
        proposal = Proposal(
            drug=drug,
            daily_mg=Decimal(daily_mg),
            starts_on=self.day(starts),
            regimen=chosen,
        )
        return plans.draft_taper(actor=by or self.nurse, patient=patient, proposal=proposal, at=at)

    def sign(self, taper: Taper, *, at: datetime, reasons: Mapping[str, str] | None = None) -> None:
        """The prescriber activates, is asked for reasons, and gives them."""

        def activate(given: Mapping[str, str]) -> None:
            plans.activate_taper(actor=self.prescriber, taper=taper, reasons=given, at=at)

        giving_reasons(activate, reasons)

    def takes(
        self, taper: Taper, step_number: int, *, on: date, at: datetime, says: str = "PATIENT"
    ) -> None:
        self._report(taper, step_number, Outcome.TAKEN, on, says, at=at)

    def not_yet(self, taper: Taper, step_number: int, *, at: datetime) -> None:
        self._report(taper, step_number, Outcome.NOT_YET, None, ReportedBy.PATIENT, at=at)

    def takes_next(self, taper: Taper, *, at: datetime) -> None:
        """The patient reports today's step, whichever number it has after the revisions."""
        today = self._date(at)
        step = tapers.plan_of(self.current(taper)).step_on(today)
        if step is not None:
            self.takes(taper, step.number, on=today, at=at)

    def step_back(
        self,
        taper: Taper,
        daily_mg: str,
        *,
        starts: int,
        regimen: tuple[str, int, int],
        reason: str,
        at: datetime,
    ) -> None:
        def revise(reasons: Mapping[str, str]) -> None:
            plans.revise_taper(
                actor=self.prescriber,
                taper=taper,
                reason=reason,
                reasons=reasons,
                starts_on=self.day(starts),
                daily_mg=Decimal(daily_mg),
                regimen=Regimen(Decimal(regimen[0]), regimen[1], regimen[2]),
                at=at,
            )

        giving_reasons(revise, {"DOSE_REINCREASE": reason})

    def hold(self, taper: Taper, reason: str, *, at: datetime) -> None:
        plans.hold_taper(actor=self.nurse, taper=taper, on=self._date(at), reason=reason, at=at)

    def stop(self, taper: Taper, reason: str, *, at: datetime) -> None:
        plans.stop_taper(
            actor=self.prescriber,
            taper=taper,
            on=self._date(at),
            reason=reason,
            at=at,
        )

    def current(self, taper: Taper) -> Taper:
        return tapers.taper_for(actor=self.prescriber, id=taper.id)

    def _date(self, at: datetime) -> date:
        return at.astimezone(self.calendar.zone).date()

    def takes_steps(self, taper: Taper, *step_numbers: int, clock: str = "19:40") -> Story:
        """The patient reports each of these steps in the evening of its day."""
        for number in step_numbers:
            on = tapers.plan_of(self.current(taper)).step(number).starts_on
            local = datetime.fromisoformat(f"{on.isoformat()}T{clock}")
            at = yield local.replace(tzinfo=self.calendar.zone)
            self.takes(taper, number, on=on, at=at)

    def _report(
        self,
        taper: Taper,
        step_number: int,
        outcome: Outcome,
        taken_on: date | None,
        reported_by: str,
        *,
        at: datetime,
    ) -> None:
        plans.report_step(
            actor=self.nurse,
            taper=taper,
            step_number=step_number,
            outcome=outcome,
            taken_on=taken_on,
            reported_by=ReportedBy(reported_by),
            at=at,
        )

    # Parts of many stories -----------------------------------------------------------------------

    def reachable(self, patient: Patient, *, days: int, content: str = Content.MINIMAL) -> Story:
        """The patient agrees to mail in the clinic and opens the link in the evening."""
        at = yield self.at(days, "10:40")
        self.consents_to_mail(patient, content=content, at=at)
        at = yield self.at(days, "18:25")
        self.opens_the_link(patient, at=at)

    def visits(self, patient: Patient, *visits: Visit, clock: str = "11:15") -> Story:
        for visit in visits:
            at = yield self.at(visit.days, clock)
            self.record(patient, visit, at=at)


class NoVerificationMail(Exception):
    """The mail with the link did not reach the mailbox; the demo's parts do not work together."""


def giving_reasons(
    act: Callable[[Mapping[str, str]], object], given: Mapping[str, str] | None = None
) -> None:
    """Act; when reasons are asked for, act again with them."""
    given = given or {}
    try:
        act(given)
    except NeedsReason as asked:
        missing = {finding.code: WHY.get(finding.code, OTHER_WHY) for finding in asked.findings}
        act({**missing, **given})
