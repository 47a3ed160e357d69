"""Factories of tapers: each taper comes with the plan of revision 1, valid by default."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from tapers import models
from tapers.domain.dose import Drug
from tapers.domain.schedule import Regimen, plan_for
from tapers.domain.states import Status
from tapers.vocabulary import Origin, ReportedBy
from tests.factories import BEFORE_THE_STORY, PatientFactory, UserFactory

# 40 mg, 10 mg down every week, then 2.5 mg down every week: six weeks.
FAST = Regimen(decrement_mg=Decimal(10), interval_days=7, interval_days_from_10_mg=7)
STARTS_ON = date(2026, 5, 4)


class TaperFactory(DjangoModelFactory[models.Taper]):
    """A draft from 40 mg; `running=True` an active one. `regimen=` makes another plan."""

    class Meta:
        model = models.Taper
        skip_postgeneration_save = True

    class Params:
        running = factory.Trait(
            status=Status.ACTIVE,
            activated_by=factory.SelfAttribute("created_by"),
            activated_at=BEFORE_THE_STORY,
        )

    patient = factory.SubFactory(PatientFactory)
    status = Status.DRAFT
    drug = Drug.PREDNISONE
    start_daily_mg = Decimal(40)
    given_daily_mg = factory.SelfAttribute("start_daily_mg")
    tablet_strengths = [
        {"strength_mg": "2.5", "scored": False},
        {"strength_mg": "5", "scored": False},
    ]
    window_applies_to = "TOTAL"
    starts_on = STARTS_ON
    first_zero_on = factory.LazyAttribute(lambda taper: _plan(taper, FAST).first_zero_on)
    created_by = factory.SubFactory(UserFactory)
    created_at = BEFORE_THE_STORY

    @factory.post_generation
    def regimen(taper, create, wanted, **_):  # noqa: N805
        if not create:
            return
        regimen = wanted or FAST
        plan = _plan(taper, regimen)
        taper.first_zero_on = plan.first_zero_on
        taper.save(update_fields=["first_zero_on"])
        revision = PlanRevisionFactory(
            taper=taper,
            decrement_mg=regimen.decrement_mg,
            interval_days=regimen.interval_days,
            interval_days_from_10_mg=regimen.interval_days_from_10_mg,
            hold_days=regimen.hold_days,
        )
        for step in plan.steps:
            DoseStepFactory(
                revision=revision,
                number=step.number,
                starts_on=step.starts_on,
                ends_on=step.ends_on,
                daily_mg=step.daily_mg,
                wait_days=step.wait_days,
            )


class PlanRevisionFactory(DjangoModelFactory[models.PlanRevision]):
    class Meta:
        model = models.PlanRevision

    taper = factory.SubFactory(TaperFactory)
    number = 1
    origin = Origin.DRAFTED
    rulebook_version = "test"
    equivalence_table_version = "test"
    created_by = factory.SubFactory(UserFactory)
    created_at = BEFORE_THE_STORY


class DoseStepFactory(DjangoModelFactory[models.DoseStep]):
    class Meta:
        model = models.DoseStep

    revision = factory.SubFactory(PlanRevisionFactory)
    number = 1
    starts_on = STARTS_ON
    daily_mg = Decimal(0)


class SymptomReportFactory(DjangoModelFactory[models.SymptomReport]):
    """Past the service: nothing is paused, asked or mailed."""

    class Meta:
        model = models.SymptomReport

    patient = factory.SubFactory(PatientFactory)
    symptoms = ["NAUSEA"]
    red_flag = False
    happened_on = STARTS_ON
    reported_on = STARTS_ON
    is_history = False
    reported_by = ReportedBy.PATIENT
    recorded_at = BEFORE_THE_STORY


class StepReportFactory(DjangoModelFactory[models.StepReport]):
    class Meta:
        model = models.StepReport

    taper = factory.SubFactory(TaperFactory, running=True)
    revision_number = 1
    step_number = 1
    outcome = "TAKEN"
    taken_on = STARTS_ON
    reported_on = STARTS_ON
    reported_by = ReportedBy.PATIENT
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = BEFORE_THE_STORY


class AlertFactory(DjangoModelFactory[models.Alert]):
    """A warning that waits for a reason."""

    class Meta:
        model = models.Alert

    patient = factory.SelfAttribute("taper.patient")
    taper = factory.SubFactory(TaperFactory, running=True)
    revision_number = 1
    code = factory.Sequence(lambda n: f"CODE_{n}")
    severity = "WARNING"
    asked_severity = factory.SelfAttribute("severity")
    message = "Something to look at."
    rulebook_version = "test"
    raised_at = BEFORE_THE_STORY


def _plan(taper, regimen):
    return plan_for(
        drug=Drug(taper.drug),
        daily_mg=taper.start_daily_mg,
        regimen=regimen,
        starts_on=taper.starts_on,
    )
