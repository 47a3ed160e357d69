"""What goes on beside the steroid in a story: another drug, its blood tests, the sick-day plan."""

from datetime import datetime
from decimal import Decimal

from patients.facts import FactKind
from patients.instruments.reading import Reading, check_reading
from patients.models import Patient
from tapers.domain.prescription import Prescription
from tapers.domain.sparing import Agent, Frequency, Weekday
from tapers.services import assessments, facts, sparing
from tracker.demo.ward import Ward, giving_reasons

UPPER_LIMIT = Decimal(40)  # of ALT and AST
COUNTS = (("WHITE_CELLS", "6.4", "4"), ("NEUTROPHILS", "3.9", "2"), ("PLATELETS", "262", "150"))
OTHERS = (("ALBUMIN", "41", "g/L"), ("CREATININE", "58", "umol/L"), ("EGFR", "96", "mL/min"))
BEFORE_METHOTREXATE = (
    ("HBSAG", "NEGATIVE"),
    ("ANTI_HBC", "NEGATIVE"),
    ("HEPATITIS_C", "NEGATIVE"),
    ("CHEST_FILM", "NORMAL"),
)
SICK_DAY_PLAN = (
    "With fever or vomiting: call us the same day. Doubled dose as on the card until better; if "
    "tablets do not stay down, emergency services and hydrocortisone as on the card."
)


def is_told_what_to_do_when_ill(ward: Ward, patient: Patient, *, at: datetime) -> None:
    given = {
        "text": SICK_DAY_PLAN,
        "written_by": ward.prescriber.get_full_name(),
        "on": at.date(),
        "card_given": True,
    }
    facts.record_fact(
        actor=ward.prescriber, patient=patient, kind=FactKind.SICK_DAY_PLAN, given=given, at=at
    )


def takes_methotrexate(ward: Ward, patient: Patient, *, starts: int, at: datetime) -> None:
    """15 mg once a week, 2.5 mg more every six weeks up to 25 mg."""
    starts_on = ward.day(starts)
    prescription = Prescription(
        agent=Agent.METHOTREXATE,
        starts_on=starts_on,
        start_mg=Decimal(15),
        target_mg=Decimal(25),
        increment_mg=Decimal("2.5"),
        every_days=42,
        frequency=Frequency.ONCE_A_WEEK,
        weekday=list(Weekday)[starts_on.weekday()],
        folic_acid_mg_per_week=Decimal(7),
        as_written="Methotrexate 15 mg once a week, folic acid 1 mg daily",
    )
    giving_reasons(
        lambda reasons: sparing.start_sparing(
            actor=ward.prescriber,
            patient=patient,
            prescription=prescription,
            reasons=reasons,
            at=at,
        )
    )


def was_looked_at_before_methotrexate(
    ward: Ward, patient: Patient, *, days: int, at: datetime
) -> None:
    """Hepatitis B and C and a chest film, as they are asked for once."""
    for test, result in BEFORE_METHOTREXATE:
        facts.record_fact(
            actor=ward.nurse,
            patient=patient,
            kind=FactKind.TEST,
            given={"test": test, "on": ward.day(days), "result": result},
            at=at,
        )


def gives_blood(ward: Ward, patient: Patient, *, days: int, at: datetime) -> None:
    assessments.record_assessment(
        actor=ward.nurse,
        patient=patient,
        assessed_on=ward.day(days),
        rater="Riverside laboratory",
        readings=_blood(),
        at=at,
    )


def _blood() -> tuple[Reading, ...]:
    return (
        *(
            check_reading(code=code, value=Decimal(24), unit="U/L", upper_limit=UPPER_LIMIT)
            for code in ("ALT", "AST")
        ),
        *(
            check_reading(
                code=code, value=Decimal(value), unit="10*9/L", lower_limit=Decimal(limit)
            )
            for code, value, limit in COUNTS
        ),
        *(
            check_reading(code=code, value=Decimal(value), unit=unit)
            for code, value, unit in OTHERS
        ),
    )
