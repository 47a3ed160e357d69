"""A hazard that went away and came back is told again, also where the first was taken note of."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from patients.facts import FactKind
from patients.instruments.reading import check_reading
from tapers.domain.prescription import Prescription
from tapers.domain.sparing import Agent, Weekday
from tapers.models import Alert
from tapers.services import facts
from tapers.services.alert_care import assign_alert
from tapers.services.alerts import acknowledge_alert
from tapers.services.assessments import record_assessment
from tapers.services.course_alerts import evaluate_course
from tapers.services.sparing import start_sparing
from tapers.services.symptoms import report_symptoms
from tests.factories_tapers import AlertFactory
from tests.tapers.story import july, morning_of

pytestmark = pytest.mark.django_db
BACTRIM = {"medicine": "TRIMETHOPRIM_SULFAMETHOXAZOLE"}


@pytest.fixture
def on_methotrexate(prescriber, patient):
    return start_sparing(
        actor=prescriber,
        patient=patient,
        prescription=Prescription(
            agent=Agent.METHOTREXATE,
            starts_on=july(6),
            start_mg=Decimal(15),
            target_mg=Decimal(25),
            increment_mg=Decimal("2.5"),
            every_days=28,
            weekday=Weekday.MONDAY,
            folic_acid_mg_per_week=Decimal(7),
        ),
        reasons={},
        at=morning_of(july(6)),
    )


@pytest.fixture
def record(nurse, patient):
    def recorded(kind, day, **given):
        at = morning_of(day)
        return facts.record_fact(actor=nurse, patient=patient, kind=kind, given=given, at=at)

    return recorded


@pytest.fixture
def end(nurse):
    def ended(fact, day):
        return facts.end_fact(actor=nurse, fact=fact, until_on=day, at=morning_of(day))

    return ended


@pytest.fixture
def seen(nurse, patient):
    """Record a visit with MMT8 of that value."""

    def record(day, mmt, *, rater="R. Ames"):
        return visit(nurse, patient, day, {"code": "MMT8", "value": Decimal(mmt)}, rater=rater)

    return record


def visit(nurse, patient, day, reading, *, rater="R. Ames", entered_on=None):
    return record_assessment(
        actor=nurse,
        patient=patient,
        assessed_on=day,
        rater=rater,
        readings=[check_reading(**reading)],
        at=morning_of(entered_on or day),
    )


@pytest.fixture
def swallowing(nurse, patient):
    def record(day, item):
        visit(nurse, patient, day, {"code": "IBMFRS_1_SWALLOWING", "value": Decimal(item)})

    return record


def take_note(prescriber, code, day):
    alert = Alert.objects.get(code=code, acknowledged_at=None, closed_at=None)
    return acknowledge_alert(actor=prescriber, alert=alert, reason="Seen", at=morning_of(day))


def open_ones(code):
    return Alert.objects.filter(code=code, acknowledged_at=None, closed_at=None).count()


def told_of(code, values, seen, prescriber):
    """Record a value each month; return at which visits somebody had to give a reason."""
    told = []
    for number, value in enumerate(values):
        day = date(2025, 1, 6) + timedelta(days=28 * number)
        seen(day, value)
        if open_ones(code):
            told.append(number)
            take_note(prescriber, code, day)
    return told


def test_co_trimoxazole_entered_again_beside_methotrexate_is_told_again(
    on_methotrexate, record, end, prescriber
):
    first = record(FactKind.MEDICINE, july(7), **BACTRIM, from_on=july(7))
    noted = take_note(prescriber, "MTX_TMP_SMX", july(7))
    end(first, july(8))
    noted.refresh_from_db()
    assert noted.closed_at == morning_of(july(8))
    assert open_ones("MTX_TMP_SMX") == 0

    record(FactKind.MEDICINE, july(20), **BACTRIM, from_on=july(20))

    assert open_ones("MTX_TMP_SMX") == 1
    assert Alert.objects.filter(code="MTX_TMP_SMX").count() == 2


def test_a_second_infection_is_told_again(on_methotrexate, record, end, prescriber):
    first = record(FactKind.INFECTION, july(7), infection="OTHER", from_on=july(7))
    take_note(prescriber, "SPARING_INFECTION", july(7))
    end(first, july(14))

    record(FactKind.INFECTION, july(20), infection="OTHER", from_on=july(20))

    assert open_ones("SPARING_INFECTION") == 1


def test_what_goes_on_stays_quiet_after_somebody_took_note(
    on_methotrexate, record, patient, prescriber
):
    record(FactKind.MEDICINE, july(7), **BACTRIM, from_on=july(7))
    noted = take_note(prescriber, "MTX_TMP_SMX", july(7))

    for days in range(1, 15):
        evaluate_course(patient=patient, at=morning_of(july(7) + timedelta(days=days)))

    noted.refresh_from_db()
    assert noted.closed_at is None
    assert open_ones("MTX_TMP_SMX") == 0


def test_strength_that_came_back_and_was_lost_again_is_told_again(seen, prescriber):
    seen(date(2026, 3, 2), 62)
    seen(date(2026, 4, 1), 55)
    take_note(prescriber, "MMT_DROP", date(2026, 4, 1))
    seen(date(2026, 5, 1), 61)

    seen(date(2026, 6, 1), 55)

    assert open_ones("MMT_DROP") == 1


def test_another_raters_reading_that_cannot_tell_ends_no_decline(seen, prescriber):
    """55 of 80 is beyond the limit for the same rater, and within the one for another."""
    seen(date(2026, 3, 2), 62)
    seen(date(2026, 4, 1), 55)
    noted = take_note(prescriber, "MMT_DROP", date(2026, 4, 1))
    seen(date(2026, 5, 1), 55, rater="B. Cole")
    noted.refresh_from_db()
    assert noted.closed_at is None

    seen(date(2026, 6, 1), 55)

    assert open_ones("MMT_DROP") == 0


def test_a_steady_decline_without_a_taper_is_told_once_and_again_at_twice_the_loss(
    seen, prescriber
):
    """One point of 80 a month: beyond 7.5 % in the sixth month, as much again in the twelfth."""
    told = told_of("MMT_DROP", range(70, 54, -1), seen, prescriber)

    assert told == [6, 12]
    assert len(set(Alert.objects.filter(code="MMT_DROP").values_list("episode", flat=True))) == 1


def test_a_decline_that_has_levelled_off_is_not_told_when_its_first_visit_is_a_year_back(
    seen, prescriber
):
    told = told_of("MMT_DROP", [62, 56, *[56] * 14, 55], seen, prescriber)

    assert told == [1]


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ([1, 1, 1, 1], [0]),
        ([1, 1, 0, 0], [0, 2]),
        ([1, 0, 1, 0], [0, 1]),
        ([1, 1, 2, 1], [0, 3]),
        ([2, 2, 2], []),
    ],
)
def test_swallowing_is_told_when_it_becomes_low_or_lower(swallowing, prescriber, items, told):
    assert told_of("SWALLOW", items, swallowing, prescriber) == told


def test_swallowing_not_asked_for_long_is_told_once_all_the_same(swallowing, patient, prescriber):
    swallowing(date(2025, 1, 6), 1)
    take_note(prescriber, "SWALLOW", date(2025, 1, 6))
    for days in range(55, 60):
        evaluate_course(patient=patient, at=morning_of(date(2025, 1, 6) + timedelta(days=days)))

    swallowing(date(2025, 6, 2), 1)

    assert open_ones("SWALLOW") == 0


def test_choking_beside_low_swallowing_already_known_is_told(
    swallowing, patient, nurse, prescriber
):
    swallowing(july(6), 1)
    take_note(prescriber, "SWALLOW", july(6))

    report_symptoms(
        actor=nurse,
        patient=patient,
        symptoms=["CHOKING"],
        reported_by="STAFF",
        at=morning_of(july(8)),
    )

    assert open_ones("SWALLOW") == 1


def test_a_ck_entered_as_history_asks_nobody_to_act_today(nurse, patient):
    ck = {"code": "CK", "value": Decimal(6000), "unit": "U/L", "upper_limit": Decimal(308)}
    ck["confirmed"] = True
    visit(nurse, patient, date(2024, 11, 4), ck, entered_on=july(6))
    assert open_ones("CK_URGENT") == 0

    visit(nurse, patient, july(3), ck, entered_on=july(6))
    assert open_ones("CK_URGENT") == 1


def test_what_is_over_can_be_handed_on_while_a_look_is_to_come(nurse, taper):
    day = july(7)
    alert = AlertFactory(taper=taper, code="STEP_LATE")
    Alert.objects.update(
        closed_at=morning_of(day),
        acknowledged_by=nurse,
        acknowledged_at=morning_of(day),
        reason="Watching",
        next_check_on=july(20),
    )

    me = nurse.memberships.get()
    assert assign_alert(actor=nurse, alert=alert, owner=me, at=morning_of(day)).owner == me


@pytest.mark.parametrize(
    ("code", "reading", "values"),
    [
        # Half of the count lost; another multiple of the limit.
        (
            "MTX_CYTOPENIA",
            {"code": "PLATELETS", "unit": "10*9/L", "lower_limit": Decimal(150)},
            (140, 130, 12),
        ),
        ("MTX_LIVER", {"code": "ALT", "unit": "U/L", "upper_limit": Decimal(40)}, (130, 150, 2000)),
    ],
)
def test_what_gets_much_worse_is_told_again_and_what_stays_is_not(
    on_methotrexate, nurse, patient, prescriber, code, reading, values
):
    def seen(day, value):
        given = reading | {"value": Decimal(value), "confirmed": True}
        visit(nurse, patient, day, given)

    seen(july(7), values[0])
    take_note(prescriber, code, july(7))
    seen(july(8), values[1])
    assert open_ones(code) == 0

    seen(july(9), values[2])

    assert open_ones(code) == 1
    assert str(values[2]) in Alert.objects.get(code=code, acknowledged_at=None).message
