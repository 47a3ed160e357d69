from datetime import timedelta
from decimal import Decimal

import pytest

from notifications.models import Reminder
from patients.errors import BadInput, Conflict, NotPermitted
from patients.models import AuditEvent
from tapers.domain.dose import Drug, TabletStrength
from tapers.domain.errors import DomainError
from tapers.domain.schedule import Regimen
from tapers.models import Alert, Taper
from tapers.proposal import Proposal
from tapers.selectors import current_revision, findings_of, plan_of
from tapers.services.plans import activate_taper, discard_draft, draft_taper, start_taper
from tests.factories import AssessmentFactory, ClinicFactory, PatientFactory
from tests.factories_tapers import FAST
from tests.tapers.story import FORTY_MG, REASONS, doses, june, may, steps_of

pytestmark = pytest.mark.django_db


def proposed(**changes):
    return Proposal(
        **{"drug": Drug.PREDNISONE, "daily_mg": Decimal(40), "starts_on": may(4)} | changes
    )


def test_a_draft_holds_the_whole_plan_and_reminds_nobody(draft):
    assert draft.status == "DRAFT"
    assert steps_of(draft) == doses(
        (may(4), "30"),
        (may(11), "20"),
        (may(18), "10"),
        (may(25), "7.5"),
        (june(1), "5"),
        (june(8), "2.5"),
        (june(15), "0"),
    )
    assert draft.first_zero_on == june(15)
    assert not Reminder.objects.exists()
    assert not Alert.objects.exists()


def test_a_draft_keeps_the_regimen_that_made_it(draft):
    revision = current_revision(draft)

    assert (revision.number, revision.origin) == (1, "DRAFTED")
    assert (revision.decrement_mg, revision.interval_days, revision.hold_days) == (10, 7, 0)


def test_without_a_regimen_the_pre_selected_plan_is_drafted(nurse, patient, at):
    taper = draft_taper(actor=nurse, patient=patient, proposal=proposed(), at=at)

    revision = current_revision(taper)
    assert (
        revision.decrement_mg,
        revision.interval_days,
        revision.interval_days_from_10_mg,
    ) == (10, 14, 7)


@pytest.mark.parametrize(
    ("drug", "daily_mg", "says"),
    [
        (Drug.PREDNISONE, Decimal(80), "No combination"),
        (Drug.DEXAMETHASONE, Decimal(4), "shorter-acting"),
    ],
)
def test_where_no_plan_comes_of_it_the_refusal_says_why(nurse, patient, at, drug, daily_mg, says):
    with pytest.raises(BadInput) as refused:
        draft_taper(
            actor=nurse,
            patient=patient,
            proposal=proposed(drug=drug, daily_mg=daily_mg),
            at=at,
        )

    assert says in refused.value.message
    assert not Taper.objects.exists()


def test_a_plan_outside_the_window_can_be_drafted_with_a_regimen(nurse, patient, at):
    regimen = Regimen(Decimal(5), 14, 14)

    taper = draft_taper(
        actor=nurse,
        patient=patient,
        proposal=proposed(daily_mg=Decimal(80), regimen=regimen),
        at=at,
    )

    assert (taper.first_zero_on - taper.starts_on).days > 56
    assert "PLAN_LONG" in {each.code for each in findings_of(taper)}


def test_alternate_days_are_tapered_from_their_mean(nurse, patient, at):
    taper = draft_taper(
        actor=nurse,
        patient=patient,
        proposal=proposed(daily_mg=Decimal(25), alternate_daily_mg=Decimal(0)),
        at=at,
    )

    assert (taper.given_daily_mg, taper.alternate_daily_mg) == (25, 0)
    assert taper.start_daily_mg == Decimal("12.5")
    assert "ALT_DAY" in {each.code for each in findings_of(taper)}


@pytest.mark.parametrize(("daily", "other", "mean"), [(0, 50, 25), (50, 0, 25), (40, 360, 200)])
def test_of_doses_that_alternate_the_mean_has_to_be_a_daily_dose(
    nurse, patient, at, daily, other, mean
):
    taper = draft_taper(
        actor=nurse,
        patient=patient,
        proposal=proposed(daily_mg=Decimal(daily), alternate_daily_mg=Decimal(other), regimen=FAST),
        at=at,
    )

    taper.refresh_from_db()
    assert taper.start_daily_mg == mean
    assert (taper.given_daily_mg, taper.alternate_daily_mg) == (daily, other)


def test_doses_that_do_not_end_stay_exact(nurse, patient, at):
    taper = draft_taper(
        actor=nurse,
        patient=patient,
        proposal=proposed(drug=Drug.METHYLPREDNISOLONE, daily_mg=Decimal("13.5")),
        at=at,
    )
    taper.refresh_from_db()

    plan = plan_of(taper)
    assert plan.start_daily_mg == Decimal("13.5")
    assert [step.daily_mg for step in plan.steps][-3:] == [4, 2, 0]


def test_the_draft_keeps_the_tablets_it_was_made_with(nurse, patient, at):
    given = (TabletStrength(Decimal(20), scored=True),)
    stocked = draft_taper(actor=nurse, patient=patient, proposal=proposed(), at=at)
    own = draft_taper(
        actor=nurse, patient=patient, proposal=proposed(tablet_strengths=given), at=at
    )

    stocked.refresh_from_db()
    own.refresh_from_db()
    assert {each.strength_mg for each in stocked.strengths} == {Decimal("2.5"), Decimal(5)}
    assert own.strengths == given


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"daily_mg": Decimal(0)}, "daily_mg"),
        ({"daily_mg": Decimal(-5)}, "daily_mg"),
        ({"daily_mg": Decimal("NaN")}, "daily_mg"),
        ({"daily_mg": Decimal("201")}, "daily_mg"),
        ({"daily_mg": Decimal("12.34567")}, "daily_mg"),
        ({"alternate_daily_mg": Decimal("NaN")}, "alternate_daily_mg"),
        ({"alternate_daily_mg": Decimal(-5)}, "alternate_daily_mg"),
        ({"alternate_daily_mg": Decimal("12.3")}, "alternate_daily_mg"),
        ({"alternate_daily_mg": Decimal(370)}, "alternate_daily_mg"),  # a mean of 205 mg
        ({"daily_mg": Decimal(370), "alternate_daily_mg": Decimal(40)}, "daily_mg"),
        ({"daily_mg": Decimal(0), "alternate_daily_mg": Decimal(0)}, "daily_mg"),
        ({"daily_mg": Decimal(-5), "alternate_daily_mg": Decimal(50)}, "daily_mg"),
        ({"daily_mg": Decimal("12.3"), "alternate_daily_mg": Decimal(50)}, "daily_mg"),
        ({"starts_on": may(4).replace(year=1)}, "starts_on"),
        ({"starts_on": may(4).replace(year=9999)}, "starts_on"),
        ({"starts_on": may(4) + timedelta(days=365 * 6)}, "starts_on"),
        ({"hold_days": 57}, "hold_days"),
        ({"hold_days": -1}, "hold_days"),
        ({"exposure_days": -1}, "exposure_days"),
        ({"exposure_days": 10**9}, "exposure_days"),
        ({"tablet_strengths": (TabletStrength(Decimal(5)),) * 21}, "tablet_strengths_mg"),
    ],
)
def test_what_is_no_proposal_is_refused_by_its_field(nurse, patient, at, changes, field):
    with pytest.raises(DomainError) as refused:
        draft_taper(actor=nurse, patient=patient, proposal=proposed(**changes), at=at)

    assert refused.value.field == field
    assert not Taper.objects.exists()


def test_drafts_are_unlimited(nurse, patient, at):
    for _ in range(3):
        draft_taper(actor=nurse, patient=patient, proposal=FORTY_MG, at=at)

    assert Taper.objects.filter(patient=patient, status="DRAFT").count() == 3


def test_readers_and_strangers_draft_nothing(reader, coordinator, stranger, patient, at):
    for actor in (reader, coordinator, stranger):
        with pytest.raises(NotPermitted):
            draft_taper(actor=actor, patient=patient, proposal=FORTY_MG, at=at)


def test_a_draft_may_be_discarded_and_stays_on_record(nurse, draft, at):
    discarded = discard_draft(actor=nurse, taper=draft, at=at)

    assert discarded.status == "ENTERED_IN_ERROR"
    assert discarded.ended_by == nurse


def test_a_running_taper_is_not_discarded(nurse, taper, at):
    with pytest.raises(Conflict) as refused:
        discard_draft(actor=nurse, taper=taper, at=at)

    assert refused.value.code == "WRONG_STATUS"


def test_starting_needs_the_right_to_activate_before_anything_else(nurse, patient, at):
    with pytest.raises(NotPermitted):
        start_taper(actor=nurse, patient=patient, proposal=FORTY_MG, reasons=REASONS, at=at)

    assert not Taper.objects.exists()


def test_the_clinic_may_count_its_weeks_to_10_mg(prescriber, at):
    clinic = ClinicFactory(window_applies_to="TO_10_MG")
    prescriber.memberships.create(clinic=clinic, role="PRESCRIBER")
    patient = PatientFactory(clinic=clinic)
    regimen = Regimen(Decimal(10), 14, 7)

    taper = start_taper(
        actor=prescriber,
        patient=patient,
        proposal=proposed(daily_mg=Decimal(60), regimen=regimen),
        reasons=REASONS,
        at=at,
    )

    assert taper.window_applies_to == "TO_10_MG"
    assert "PLAN_LONG" not in {each.code for each in findings_of(taper)}


def test_activation_uses_what_is_known_on_its_day_not_on_the_draft_s(
    prescriber, draft, patient, at
):
    """A visit recorded between draft and signature answers the question for a baseline."""
    AssessmentFactory(patient=patient, assessed_on=may(2), full=True)

    active = activate_taper(
        actor=prescriber, taper=draft, reasons={"ADRENAL_RISK": "Card given"}, at=at
    )

    assert active.status == "ACTIVE"


def test_the_trail_names_the_dose_without_zeros_behind_the_point(nurse, patient, at):
    draft_taper(actor=nurse, patient=patient, proposal=proposed(daily_mg=Decimal("40.000")), at=at)

    event = AuditEvent.objects.get(event="TAPER_DRAFTED")
    assert event.details["daily_mg"] == "40"
