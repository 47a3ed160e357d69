"""What the patient's page says, in short sentences."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from patients.languages import amounts, full_day, near_day, of_drug
from tapers.domain.course import Outcome
from tapers.domain.dose import mg_text
from tapers.domain.plan import DoseStep
from tapers.domain.states import Status
from tapers.presenters.tablets import Tablets, tablets_of
from tapers.selectors import Course

if TYPE_CHECKING:
    from patients.models import Clinic
    from tapers.models import Taper

EMERGENCY_NUMBERS = {
    "US": "911", "CA": "911", "MX": "911", "GB": "999", "IE": "112", "DE": "112", "AT": "112",
    "CH": "112", "FR": "112", "ES": "112", "IT": "112", "NL": "112", "BE": "112", "PT": "112",
    "DK": "112", "SE": "112", "FI": "112", "PL": "112", "AU": "000", "NZ": "111",
}  # fmt: skip
MOST_DAYS = 14


@dataclass(frozen=True)
class Team:
    """Whom to call: the clinic, and the emergency services of its country where known."""

    phone: str
    dial: str
    emergency: str


@dataclass(frozen=True)
class Dose:
    amount: str
    tablets: Tablets
    is_zero: bool


@dataclass(frozen=True)
class Ask:
    """A step nobody has answered for: which one, of which revision, since when."""

    step: int
    revision: int
    today: str
    earlier: bool
    said_not_yet: bool
    question: str
    yes: str


@dataclass(frozen=True)
class Screen:
    """What to take, and what is asked about it."""

    title: str
    dose: Dose | None = None
    lines: tuple[str, ...] = ()
    next_day: str = ""
    next_dose: Dose | None = None
    ask: Ask | None = None
    dose_unknown: bool = False

    @property
    def has_tablets(self) -> bool:
        """Whether steroid is taken, or may be: where we do not know the dose, nobody is to stop."""
        return self.dose_unknown or (self.dose is not None and not self.dose.is_zero)


@dataclass(frozen=True)
class DayChoice:
    value: str
    label: str


def team_of(clinic: "Clinic") -> Team:
    dial = "".join(letter for letter in clinic.phone if letter.isdigit() or letter == "+")
    return Team(clinic.phone, dial, EMERGENCY_NUMBERS.get(clinic.country, ""))


def screen_of(taper: "Taper | None", course: Course | None) -> Screen:
    if taper is None or course is None:
        return Screen(
            _("Nothing to do here today"),
            lines=(_("Call us if you have a question."),),
            dose_unknown=True,
        )
    if course.status is Status.ACTIVE and course.late is not None:
        return _asks(taper, course, course.late[0])
    return STATES[course.status](taper, course)


def days_to_choose(course: Course) -> tuple[DayChoice, ...]:
    """Return the days before today on which a step that is due may have been taken, latest first"""
    if course.late is None:
        return ()
    step = course.late[0]
    count = min((course.on - step.starts_on).days, MOST_DAYS)
    days = [course.on - timedelta(days=back) for back in range(1, count + 1)]
    return tuple(DayChoice(day.isoformat(), near_day(day)) for day in days)


def told_of(course: Course, step: int) -> date | None:
    """Return the day on which that step was taken, if it was said so."""
    taken = [each.on for each in course.reports if _is_taken(each.outcome, each.step_number, step)]
    return taken[-1] if taken else None


def _is_taken(outcome: Outcome, number: int, step: int) -> bool:
    return outcome is Outcome.TAKEN and number == step


def _asks(taper: "Taper", course: Course, step: DoseStep) -> Screen:
    today = step.starts_on == course.on
    mg = step.daily_mg
    refused = any(
        each.step_number == step.number and each.outcome is not Outcome.TAKEN
        for each in course.reports
    )
    return Screen(
        title=_("Your dose from today") if today else _from(step.starts_on),
        dose=_dose(taper, course, step.daily_mg),
        ask=Ask(
            step=step.number,
            revision=course.revision,
            today=course.on.isoformat(),
            earlier=step.starts_on < course.on,
            said_not_yet=refused,
            question=_("Have you changed to this dose?") if mg else _("Have you stopped?"),
            yes=_("I changed it today") if mg else _("I stopped today"),
        ),
    )


def _goes_on(taper: "Taper", course: Course) -> Screen:
    following = course.next_step
    number = course.dose_now.step_number
    taken_on = told_of(course, number) if number else None
    thanks = _thanks(taken_on) if taken_on else ""
    now = _dose(taper, course, course.daily_mg)
    return Screen(
        title=_("Your dose today"),
        dose=now,
        lines=(thanks,) if thanks else (),
        next_day=full_day(following.starts_on) if following else "",
        next_dose=_dose(taper, course, following.daily_mg) if following else None,
    )


def _is_held(taper: "Taper", course: Course) -> Screen:
    """Name the dose only where it is known: of a step that nobody confirmed the patient may still
    be on the dose before, and "stay on this dose" would lower it."""
    if _may_be_on_the_dose_before(taper, course):
        return Screen(
            title=_("Your plan is on hold"),
            lines=(_("Stay on the dose you take now until we call. Do not stop your tablets."),),
        )
    return Screen(
        title=_("Your dose today"),
        dose=_dose(taper, course, course.daily_mg),
        lines=(_("Your plan is on hold. Stay on this dose until we call you."),),
    )


def _may_be_on_the_dose_before(taper: "Taper", course: Course) -> bool:
    revised_since = taper.frozen_on != taper.held_on
    now = course.dose_now
    return now.step_number is not None and not now.confirmed and not revised_since


def _is_done(taper: "Taper", course: Course) -> Screen:
    return Screen(
        title=_("You have reached the end of your plan"),
        lines=(
            _("You take no %(drug)s tablets any more.") % {"drug": _drug(course)},
            _("For a year your body may still make too little steroid of its own."),
        ),
    )


def _is_stopped(taper: "Taper", course: Course) -> Screen:
    return Screen(
        title=_("Your plan was changed"),
        lines=(_("This plan is no longer in use. Call us and ask which dose to take."),),
        dose_unknown=True,
    )


def _dose(taper: "Taper", course: Course, mg: Decimal) -> Dose:
    if not mg:
        none = _("No %(drug)s tablets any more") % {"drug": _drug(course)}
        return Dose(none, tablets_of(mg, ()), is_zero=True)
    amount = f"{amounts(mg_text(mg))} mg {of_drug(course.drug.label.lower())}"
    return Dose(amount, _in_words(tablets_of(mg, taper.strengths)), is_zero=False)


def _in_words(tablets: Tablets) -> Tablets:
    pills = tuple(replace(pill, label=amounts(pill.label)) for pill in tablets.pills)
    return replace(tablets, words=amounts(tablets.words), pills=pills)


def _drug(course: Course) -> str:
    return _(course.drug.label.lower())


def _from(day: date) -> str:
    return _("Your dose from %(day)s") % {"day": full_day(day)}


def _thanks(taken_on: date) -> str:
    return _("Thank you. You changed on %(day)s.") % {"day": full_day(taken_on)}


STATES = {
    Status.ACTIVE: _goes_on,
    Status.ON_HOLD: _is_held,
    Status.COMPLETED: _is_done,
    Status.REVOKED: _is_stopped,
}
