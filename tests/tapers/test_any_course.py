"""Whatever a team does to a taper, in whatever order: what must hold, holds after every act.

Each seed is a story of its own. A refusal is a fine answer; any other exception is a fault.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from notifications.models import Reminder
from patients.errors import Refused
from tapers.domain.dose import mg_text
from tapers.domain.errors import DomainError
from tapers.domain.schedule import Regimen
from tapers.models import Alert, DoseStep, PlanRevision, StepReport, Taper
from tapers.selectors import course_of, plan_of
from tapers.services.plans import (
    complete_taper,
    hold_taper,
    report_step,
    resume_taper,
    revise_taper,
)
from tests.tapers.story import REASONS, morning_of

pytestmark = pytest.mark.django_db
ACTS = 30
ANY_REASON = REASONS | dict.fromkeys(("PLAN_SHORT", "DOSE_REINCREASE", "STEP_SLOW"), "Agreed")


class Story:
    """One taper, the day it is, and what was said of it so far."""

    def __init__(self, *, taper, nurse, prescriber, seed):
        self.taper, self.nurse, self.prescriber = taper, nurse, prescriber
        self.dice = Random(seed)
        self.today = taper.starts_on
        self.taken: dict[int, Decimal] = {}
        self.frozen: dict[int, list[tuple[object, ...]]] = {}

    @property
    def at(self):
        return morning_of(self.today)

    def act(self):
        self.today += timedelta(days=self.dice.choice((0, 1, 1, 2, 3, 7)))
        self.taper.refresh_from_db()
        act = self.dice.choice(
            (self.take, self.take, self.take, self.say, self.hold, self.resume, self.resume)
            + (self.revise, self.edit, self.complete)
        )
        try:
            act()
        except (Refused, DomainError):
            return
        finally:
            self.taper.refresh_from_db()

    def day(self):
        return self.today + timedelta(days=self.dice.choice((-9, -3, -1, 0, 0, 0, 1, 4)))

    def take(self):
        plan = plan_of(self.taper)
        number = self.dice.randint(1, len(plan.steps))
        following = max(self.taken, default=0) + 1
        if self.dice.random() < 0.8 and following <= len(plan.steps):
            number = following
        self.report(number, "TAKEN", self.day())
        self.taken[number] = plan.step(number).daily_mg

    def say(self):
        number = self.dice.randint(1, len(plan_of(self.taper).steps))
        self.report(number, self.dice.choice(("NOT_YET", "PROBLEM")), None)

    def report(self, number, outcome, taken_on):
        report_step(
            actor=self.nurse,
            taper=self.taper,
            step_number=number,
            outcome=outcome,
            taken_on=taken_on,
            reported_by="STAFF",
            at=self.at,
        )

    def hold(self):
        hold_taper(actor=self.nurse, taper=self.taper, on=self.day(), reason="Fever", at=self.at)

    def resume(self):
        resume_taper(actor=self.prescriber, taper=self.taper, on=self.day(), at=self.at)

    def revise(self):
        regimen = Regimen(
            Decimal(self.dice.choice((5, 10))),
            self.dice.choice((7, 14)),
            self.dice.choice((7, 14)),
            self.dice.choice((0, 14)),
        )
        self.change(self.day(), self.dice.choice(("40", "20", "12.5", "10", "5", "0")), regimen)

    def edit(self):
        day = self.day()
        mg = Decimal(self.dice.choice(("30", "10", "6.25")))
        steps = [(day, mg), (day + timedelta(days=9), mg / 2), (day + timedelta(days=30), 0 * mg)]
        self.change(day, mg, None, steps)

    def change(self, day, mg, regimen, steps=None):
        revise_taper(
            actor=self.prescriber,
            taper=self.taper,
            reason="As discussed",
            reasons=ANY_REASON,
            starts_on=day,
            daily_mg=Decimal(mg),
            regimen=regimen,
            steps=steps,
            at=self.at,
        )

    def complete(self):
        complete_taper(actor=self.prescriber, taper=self.taper, on=self.today, at=self.at)


@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_done_to_a_taper(seed, taper, nurse, prescriber):
    story = Story(taper=taper, nurse=nurse, prescriber=prescriber, seed=seed)

    for _ in range(ACTS):
        story.act()
        plan = plan_of(story.taper)

        what_is_stored_repeats_the_plan(story, plan)
        what_was_taken_stays(story, plan)
        old_revisions_stay(story)
        waiting_mails_say_what_the_plan_says(story, plan)
        only_the_current_revision_waits_for_reasons(story)
        today_s_dose_is_one_of_the_course(story, plan)
        waits_are_only_ever_lengthened(story, plan)
        if story.taper.status == "COMPLETED":
            break


def what_is_stored_repeats_the_plan(story, plan):
    assert plan.first_zero_on == story.taper.first_zero_on
    assert plan.starts_on == story.taper.starts_on
    assert plan.steps[-1].daily_mg == 0
    assert PlanRevision.objects.filter(taper=story.taper).count() == story.taper.revision


def what_was_taken_stays(story, plan):
    for number, daily_mg in story.taken.items():
        assert plan.step(number).daily_mg == daily_mg
    rows = StepReport.objects.filter(taper=story.taper, outcome="TAKEN").order_by("step_number")
    days = [row.taken_on for row in rows]
    assert days == sorted(set(days))
    assert {row.step_number for row in rows} == set(story.taken)


def old_revisions_stay(story):
    rows = DoseStep.objects.filter(revision__taper=story.taper).order_by("number")
    stored: dict[int, list[tuple[object, ...]]] = {}
    for row in rows.select_related("revision"):
        stored.setdefault(row.revision.number, []).append(
            (row.pk, row.starts_on, row.ends_on, row.daily_mg)
        )
    assert {number: stored[number] for number in story.frozen} == story.frozen
    story.frozen = stored


def waiting_mails_say_what_the_plan_says(story, plan):
    waiting = Reminder.objects.filter(
        source=f"taper:{story.taper.pk}", status="SCHEDULED", withdrawn_at=None
    )
    if story.taper.status != "ACTIVE":
        assert not waiting.exists()
    for row in waiting:
        step = plan.step(row.context["step_number"])
        assert date.fromisoformat(row.context["step_date"]) == step.starts_on
        assert row.context["dose"] == f"{mg_text(step.daily_mg)} mg"
        assert step.number > max(story.taken, default=0)
    days = [row.local_date for row in waiting if row.kind == "STEP_DAY"]
    assert len(days) == len(set(days))


def only_the_current_revision_waits_for_reasons(story):
    waiting = Alert.objects.filter(taper=story.taper, closed_at=None)
    assert {row.revision_number for row in waiting} <= {story.taper.revision}


def today_s_dose_is_one_of_the_course(story, plan):
    course = course_of(story.taper, at=story.at)
    assert course.daily_mg in {plan.start_daily_mg, *(step.daily_mg for step in plan.steps)}
    if story.taken and course.dose_now.step_number is not None:
        # Nobody falls back behind a step that was taken.
        past = StepReport.objects.filter(taper=story.taper, taken_on__lte=story.today)
        last = max((row.step_number for row in past), default=0)
        assert course.dose_now.step_number >= last
    if course.status == "ON_HOLD" and story.taper.frozen_on <= story.today:
        later = course_of(story.taper, at=story.at + timedelta(days=200))
        assert later.daily_mg == course.daily_mg
    if course.status == "COMPLETED" and course.on >= story.taper.ended_on:
        assert course.daily_mg == 0
    assert Taper.objects.filter(patient=story.taper.patient, status="ACTIVE").count() <= 1


def waits_are_only_ever_lengthened(story, plan):
    """Only where a revision begins is the step before it cut short; no two are ever merged."""
    revised = PlanRevision.objects.filter(taper=story.taper, origin="REVISED").order_by("number")
    last = revised.last()
    first = last.revised_from_step if last else 1
    for step in plan.steps[first - 1 : -1]:
        assert step.days >= step.wait_days
