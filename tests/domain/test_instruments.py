import re
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.instruments.catalogue import MEASURES, canonical_unit, measure_for
from patients.instruments.cortisol import CortisolBand, band_of, doubts_about_cortisol
from patients.instruments.errors import BadReading, NoSum, UnitMismatch, UnknownMeasure
from patients.instruments.items import items_of, total_of
from patients.instruments.likely import LIKELY
from patients.instruments.measure import Direction, Measure, MeasureDomain
from patients.instruments.mmt import (
    GRADES,
    IBM_MUSCLES,
    MMT8_MUSCLES,
    Muscle,
    Scale,
    Side,
    check_grade,
    sum_of,
)
from patients.instruments.reading import Reading, State, check_reading, doubts_about

# code, unit, range, direction (High, Low, Context), domain
CATALOGUE = [
    "MMT8 {score} 0 80 H MMT",
    "MMT8_BILATERAL {score} 0 150 H MMT",
    "MMT24 {score} 0 260 H MMT",
    "MMT_MUSCLE {score} 0 10 H MMT",
    "IBMFRS {score} 0 40 H FUNCTION",
    "SIFA {score} 0 110 L FUNCTION",
    "WALK_6_MIN m 0 900 H FUNCTION",
    "WALK_2_MIN m 0 300 H FUNCTION",
    "TUG s 3 300 L FUNCTION",
    "MTUG s 3 300 L FUNCTION",
    "WALK_10_M s 2 180 L FUNCTION",
    "SIT_TO_STAND_30_S {#}/(30.s) 0 40 H FUNCTION",
    "SIT_TO_STAND_30_S_ARMS {#}/(30.s) 0 40 H FUNCTION",
    "GRIP kg 0 90 H OTHER",
    "KNEE_EXTENSION N 0 1000 H OTHER",
    "EAT10 {score} 0 40 L OTHER",
    "FVC_SITTING L 0.3 8.0 H OTHER",
    "FVC_SUPINE L 0.3 8.0 H OTHER",
    "FVC_SITTING_PERCENT % 10 150 H OTHER",
    "FVC_SUPINE_PERCENT % 10 150 H OTHER",
    "CK U/L 5 200000 C CK",
    "WEIGHT kg 25 300 C VITALS",
    "BP_SYSTOLIC mm[Hg] 60 260 C VITALS",
    "BP_DIASTOLIC mm[Hg] 30 160 C VITALS",
    "HBA1C % 3 20 C OTHER",
    "HBA1C_IFCC mmol/mol 9 195 C OTHER",
    "MORNING_CORTISOL nmol/L 0 3000 C OTHER",
    "MORNING_CORTISOL_UG ug/dL 0 110 C OTHER",
    "WHITE_CELLS 10*9/L 0 500 C OTHER",
    "NEUTROPHILS 10*9/L 0 200 C OTHER",
    "PLATELETS 10*9/L 0 3000 C OTHER",
    "ALT U/L 1 20000 C OTHER",
    "AST U/L 1 20000 C OTHER",
    "HAEMOGLOBIN g/dL 2 25 C OTHER",
    "ALBUMIN g/L 5 80 C OTHER",
    "CREATININE umol/L 10 2500 C OTHER",
    "CREATININE_MG mg/dL 0.1 30 C OTHER",
    "EGFR mL/min/{1.73_m2} 1 200 C OTHER",
    "FALLS_30_D {#}/(30.d) 0 200 L OTHER",
    "FALLS_30_D_INJURY {#}/(30.d) 0 200 L OTHER",
    "IBMFRS_1_SWALLOWING {score} 0 4 H OTHER",
    "IBMFRS_2_HANDWRITING {score} 0 4 H OTHER",
    "IBMFRS_3_CUTTING_FOOD {score} 0 4 H OTHER",
    "IBMFRS_4_FINE_MOTOR {score} 0 4 H OTHER",
    "IBMFRS_5_DRESSING {score} 0 4 H OTHER",
    "IBMFRS_6_HYGIENE {score} 0 4 H OTHER",
    "IBMFRS_7_TURNING_IN_BED {score} 0 4 H OTHER",
    "IBMFRS_8_SIT_TO_STAND {score} 0 4 H OTHER",
    "IBMFRS_9_WALKING {score} 0 4 H OTHER",
    "IBMFRS_10_CLIMBING_STAIRS {score} 0 4 H OTHER",
    *(f"EAT10_{number} {{score}} 0 4 L OTHER" for number in range(1, 11)),
]
DIRECTIONS = {
    "H": Direction.HIGH_IS_BETTER, "L": Direction.LOW_IS_BETTER, "C": Direction.CONTEXT,
}  # fmt: skip


@pytest.mark.parametrize("row", CATALOGUE, ids=lambda row: row.split()[0])
def test_the_catalogue(row: str) -> None:
    code, unit, low, high, direction, domain = row.split()

    measure = MEASURES[code]

    assert (measure.code, measure.unit) == (code, unit)
    assert (measure.minimum, measure.maximum) == (Decimal(low), Decimal(high))
    assert measure.direction is DIRECTIONS[direction]
    assert measure.domain is MeasureDomain(domain)
    assert measure.name


def test_the_table_names_every_measure() -> None:
    assert {row.split()[0] for row in CATALOGUE} == set(MEASURES)


def test_only_verified_loinc_codes_are_given() -> None:
    assert {code: each.loinc for code, each in MEASURES.items() if each.loinc} == {
        "CK": "2157-6",
        "WALK_6_MIN": "64098-7",
        "TUG": "89423-8",
        "SIT_TO_STAND_30_S": "66247-8",
        "SIT_TO_STAND_30_S_ARMS": "93125-3",
        "WEIGHT": "29463-7",
        "BP_SYSTOLIC": "8480-6",
        "BP_DIASTOLIC": "8462-4",
        "HBA1C": "4548-4",
        "MORNING_CORTISOL": "14679-5",
        "MORNING_CORTISOL_UG": "9813-7",
    }


@pytest.mark.parametrize("text", ["ck", "CK", " Ck "])
def test_a_measure_is_called_in_any_letter_case(text: str) -> None:
    assert measure_for(text).code == "CK"


def test_an_unknown_measure_is_refused() -> None:
    with pytest.raises(UnknownMeasure) as refused:
        measure_for("HBA1D" * 100)

    assert refused.value.field == "code"
    assert len(refused.value.message) < 100


@pytest.mark.parametrize(
    ("code", "unit", "canonical"),
    [
        ("CK", "U/L", "U/L"),
        ("CK", "IU/L", "U/L"),
        ("CK", "iu / l", "U/L"),
        ("MMT8", None, "{score}"),
        ("MMT8", "", "{score}"),
        ("MMT8", "points", "{score}"),
        ("IBMFRS", "score", "{score}"),
        ("SIT_TO_STAND_30_S", None, "{#}/(30.s)"),
        ("SIT_TO_STAND_30_S", "{#}", "{#}/(30.s)"),
        ("BP_SYSTOLIC", "mmHg", "mm[Hg]"),
        ("WALK_6_MIN", "metres", "m"),
    ],
)
def test_other_spellings_are_folded_into_one_unit(
    code: str, unit: str | None, canonical: str
) -> None:
    assert canonical_unit(measure_for(code), unit) == canonical


@pytest.mark.parametrize(
    ("code", "unit"),
    [("CK", None), ("CK", "nmol/L"), ("WALK_6_MIN", ""), ("WALK_6_MIN", "ft"), ("GRIP", "[lbf_av]"),
     ("MMT8", "%"), ("TUG", "min"), ("MORNING_CORTISOL", "ug/dL"),
     ("MORNING_CORTISOL_UG", "nmol/L"), ("HBA1C", "mmol/mol"), ("CREATININE", "mg/dL")],
)  # fmt: skip
def test_another_unit_is_refused_by_name(code: str, unit: str | None) -> None:
    measure = measure_for(code)

    with pytest.raises(UnitMismatch) as refused:
        canonical_unit(measure, unit)

    assert measure.unit in refused.value.message
    assert refused.value.field == "unit"


def reading(code: str, value: str | None = None, **given: Any) -> Reading:
    measure = measure_for(code)
    given.setdefault("unit", measure.unit)
    if measure.upper_limit_range:
        given.setdefault("upper_limit", Decimal(308 if code.upper() == "CK" else 40))
    if measure.lower_limit_range:
        given.setdefault("lower_limit", measure.lower_limit_range[0])
    if measure.needs_side:
        given.setdefault("side", "RIGHT")
    return check_reading(code=code, value=None if value is None else Decimal(value), **given)


NUMBERS = [each for each in MEASURES.values() if not each.is_graded]


@pytest.mark.parametrize("measure", NUMBERS, ids=lambda measure: measure.code)
def test_both_ends_of_a_range_are_allowed_and_nothing_beyond(measure: Measure) -> None:
    assert measure.minimum is not None
    assert measure.maximum is not None
    little = Decimal(1).scaleb(-measure.decimals)

    for inside in (measure.minimum, measure.maximum):
        assert reading(measure.code, str(inside)).value == inside
    for outside in (measure.minimum - little, measure.maximum + little):
        with pytest.raises(BadReading, match=re.escape(measure.range_text)) as refused:
            reading(measure.code, str(outside))
        assert refused.value.field == "value"


@pytest.mark.parametrize("value", [None, "NaN", "sNaN", "Infinity", "-Infinity", "1e400", "-1"])
@pytest.mark.parametrize("measure", NUMBERS, ids=lambda measure: measure.code)
def test_what_is_no_number_is_refused_by_every_measure(measure: Measure, value: str) -> None:
    with pytest.raises(BadReading) as refused:
        reading(measure.code, value)

    assert refused.value.field == "value"


@given(st.sampled_from(NUMBERS), st.decimals(allow_nan=True, allow_infinity=True))
def test_whatever_is_entered_is_stored_as_it_was_or_not_at_all(
    measure: Measure, value: Decimal
) -> None:
    with suppress(BadReading):
        assert reading(measure.code, str(value)).value == value


def test_more_digits_than_make_sense_are_refused() -> None:
    with pytest.raises(BadReading, match="a whole number"):
        reading("MMT8", "62.5")
    with pytest.raises(BadReading, match="at most 1 digit after"):
        reading("WEIGHT", "70.25")
    with pytest.raises(BadReading, match="at most 2 digits after"):
        reading("TUG", "12.345")


def test_ck_is_stored_with_the_laboratorys_own_upper_limit() -> None:
    stored = reading("ck", "480", unit="IU/L")

    assert stored == Reading("CK", Decimal(480), None, "U/L", upper_limit=Decimal(308))


@pytest.mark.parametrize("limit", [None, "0", "19", "2001", "NaN", "Infinity", "308.25"])
def test_ck_needs_a_plausible_upper_limit(limit: str | None) -> None:
    with pytest.raises(BadReading) as refused:
        reading("CK", "480", upper_limit=None if limit is None else Decimal(limit))

    assert refused.value.field == "upper_limit"


@pytest.mark.parametrize(
    ("code", "field", "text"),
    [
        ("MMT8", "upper_limit", Decimal(308)),
        ("IBMFRS", "scale", "KENDALL"),
        ("IBMFRS", "side", "LEFT"),
        ("GRIP", "muscle", "BICEPS"),
        ("GRIP", "side", None),
        ("GRIP", "side", "MIDLINE"),
        ("GRIP", "side", "UP"),
        ("MMT8", "scale", "ROMAN"),
        ("IBMFRS", "state", "ABSENT"),
        ("CK", "state", "UNABLE"),
        ("WEIGHT", "state", "UNABLE"),
    ],
)
def test_what_a_measure_has_not_or_does_not_know_is_refused(
    code: str, field: str, text: Any
) -> None:
    with pytest.raises(BadReading) as refused:
        reading(code, "30", **{field: text})

    assert refused.value.field == field


def test_unable_is_a_state_and_never_a_zero() -> None:
    stored = check_reading(code="TUG", state="unable")

    assert stored == Reading("TUG", None, None, "s", state=State.UNABLE)
    with pytest.raises(BadReading, match="not both"):
        reading("TUG", "12", state="UNABLE")


def muscle(grade: str | None, scale: str, **given: Any) -> Reading:
    given = {"muscle": "QUADRICEPS", "side": "LEFT", **given}
    return check_reading(code="MMT_MUSCLE", grade=grade, scale=scale, **given)


@pytest.mark.parametrize(
    ("scale", "grade", "number"),
    [
        ("MRC", "4", Decimal(4)),
        ("MRC_EXPANDED", "4+", None),
        ("MRC_EXPANDED", "4", None),
        ("KENDALL", "t", None),
        ("KENDALL", "10", Decimal(10)),
    ],
)
def test_a_muscle_is_stored_as_the_raw_grade_of_its_scale(
    scale: str, grade: str, number: Decimal | None
) -> None:
    stored = muscle(grade, scale)

    assert (stored.grade, stored.value) == (grade.upper(), number)
    assert (stored.scale, stored.muscle, stored.side) == (
        Scale(scale), Muscle.QUADRICEPS, Side.LEFT,
    )  # fmt: skip


def test_a_grade_may_come_as_a_number() -> None:
    assert muscle(None, "KENDALL", value=Decimal(8)).grade == "8"
    assert muscle("8", "KENDALL", value=Decimal("8.0")).grade == "8"
    with pytest.raises(BadReading, match="differ"):
        muscle("7", "KENDALL", value=Decimal(8))


@pytest.mark.parametrize(
    ("scale", "grade"),
    [("MRC", "4+"), ("MRC", "6"), ("MRC", "T"), ("MRC_EXPANDED", "5+"), ("KENDALL", "11"),
     ("KENDALL", "4-"), ("KENDALL", "")],
)  # fmt: skip
def test_a_grade_of_another_scale_is_refused(scale: str, grade: str) -> None:
    with pytest.raises(BadReading, match=", ".join(map(re.escape, GRADES[Scale(scale)]))):
        muscle(grade, scale)


@pytest.mark.parametrize("value", ["NaN", "1e400", "4.5", "-1", "1e-400"])
def test_a_number_that_is_no_grade_is_refused(value: str) -> None:
    with pytest.raises(BadReading) as refused:
        muscle(None, "KENDALL", value=Decimal(value))

    assert refused.value.field == "value"


@pytest.mark.parametrize("left_out", ["scale", "muscle", "side"])
def test_a_muscle_needs_scale_muscle_and_side(left_out: str) -> None:
    given: dict[str, Any] = {"scale": "KENDALL", "muscle": "BICEPS", "side": "LEFT"}

    with pytest.raises(BadReading) as refused:
        check_reading(code="MMT_MUSCLE", grade="8", **{**given, left_out: None})

    assert refused.value.field == left_out


def test_the_neck_has_no_side_but_the_middle() -> None:
    assert muscle("8", "KENDALL", muscle="NECK_FLEXORS", side="MIDLINE").side is Side.MIDLINE
    with pytest.raises(BadReading, match="MIDLINE"):
        muscle("8", "KENDALL", muscle="NECK_FLEXORS", side="LEFT")


def test_a_number_is_not_a_grade() -> None:
    with pytest.raises(BadReading, match="is a number, not a grade"):
        reading("MMT8", None, grade="62")


def test_grades_of_one_scale_add_up_and_trace_counts_0() -> None:
    assert sum_of(["T", "3", "10"], Scale.KENDALL) == 13
    assert sum_of(["4", "5"], Scale.MRC) == 9
    assert sum_of([], Scale.MRC) == 0


def test_grades_with_plus_and_minus_have_no_sum() -> None:
    with pytest.raises(NoSum):
        sum_of(["4+", "4"], Scale.MRC_EXPANDED)


@pytest.mark.parametrize(
    ("code", "scale", "highest"),
    [
        ("MMT8", None, 80), ("MMT8", "KENDALL", 80), ("MMT8", "MRC", 40),
        ("MMT8_BILATERAL", "MRC", 75), ("MMT24", "MRC", 130),
    ],
)  # fmt: skip
def test_a_total_goes_as_far_as_its_scale(code: str, scale: str | None, highest: int) -> None:
    assert check_reading(code=code, value=Decimal(highest), scale=scale).value == highest
    with pytest.raises(BadReading, match=f"from 0 to {highest}") as refused:
        check_reading(code=code, value=Decimal(highest + 1), scale=scale)
    assert refused.value.field == "value"


def test_a_total_of_grades_with_plus_and_minus_is_refused() -> None:
    with pytest.raises(BadReading, match="no agreed sum. Give the total on MRC or KENDALL") as no:
        check_reading(code="MMT8", value=Decimal(30), scale="MRC_EXPANDED")
    assert no.value.field == "scale"


def test_a_full_score_of_eight_muscles_is_80() -> None:
    best = [check_grade(Scale.KENDALL, " 10 ") for _ in MMT8_MUSCLES]

    assert sum_of(best, Scale.KENDALL) == measure_for("MMT8").maximum


def test_the_ibm_muscles_are_weighed_on_both_sides() -> None:
    assert set(IBM_MUSCLES) - set(MMT8_MUSCLES) == {
        Muscle.DEEP_FINGER_FLEXORS, Muscle.WRIST_FLEXORS, Muscle.ILIOPSOAS,
    }  # fmt: skip
    assert all(each.sides == (Side.LEFT, Side.RIGHT) for each in IBM_MUSCLES)
    assert Muscle.DEEP_FINGER_FLEXORS.label == "Deep finger flexors"


def test_ck_in_microkatals_is_converted_and_the_original_kept() -> None:
    stored = reading("CK", "2.833", unit="\u00b5kat/L", upper_limit=Decimal("5.1"))

    assert (stored.value, stored.unit, stored.upper_limit) == (Decimal("170.0"), "U/L", 306)
    assert (stored.given_value, stored.given_unit) == (Decimal("2.833"), "\u00b5kat/L")
    assert stored.given_upper_limit == Decimal("5.1")
    assert reading("CK", "8", unit="ukat / l", upper_limit=Decimal(5)).value == 480


def test_a_converted_value_is_held_against_the_same_range() -> None:
    with pytest.raises(BadReading, match="5 to 200000 U/L"):
        reading("CK", "0.08", unit="ukat/L", upper_limit=Decimal(5))
    with pytest.raises(BadReading, match="5 to 200000 U/L"):
        reading("CK", "1e400", unit="ukat/L", upper_limit=Decimal(5))


def test_what_was_not_converted_has_no_original() -> None:
    stored = reading("CK", "170", unit="IU/L", upper_limit=Decimal(306))

    assert (stored.given_value, stored.given_upper_limit) == (None, None)
    assert stored.original_unit == "IU/L"


@pytest.mark.parametrize(
    ("field", "given"), [("value", ("7.1234", "5")), ("upper_limit", ("7.1", "5.1234"))]
)
def test_what_is_kept_in_another_unit_has_three_digits_after_the_point(
    field: str, given: tuple[str, str]
) -> None:
    value, limit = given

    with pytest.raises(BadReading, match="at most 3 digits") as refused:
        reading("CK", value, unit="ukat/L", upper_limit=Decimal(limit))

    assert refused.value.field == field


def test_a_morning_cortisol_may_say_what_it_is_read_by() -> None:
    noted = {"hours_since_dose": 24, "takes_oral_oestrogen": False}

    assert reading("MORNING_CORTISOL", "310", **noted).hours_since_dose == 24
    for field, value in noted.items():
        with pytest.raises(BadReading) as refused:
            reading("WEIGHT", "70", **{field: value})
        assert refused.value.field == field
    with pytest.raises(BadReading, match="from 0 to 1000"):
        reading("MORNING_CORTISOL", "310", hours_since_dose=-1)


def test_counts_of_cells_come_with_the_laboratorys_lower_limit() -> None:
    assert reading("PLATELETS", "210", lower_limit=Decimal(150)).lower_limit == 150
    with pytest.raises(BadReading, match="lower limit") as refused:
        reading("PLATELETS", "210", lower_limit=None)
    assert refused.value.field == "lower_limit"
    with pytest.raises(BadReading, match="has no lower limit"):
        reading("WEIGHT", "70", lower_limit=Decimal(50))


@pytest.mark.parametrize(
    ("code", "value", "band"),
    [
        ("MORNING_CORTISOL", "300.1", CortisolBand.RECOVERED),
        ("MORNING_CORTISOL", "300", CortisolBand.MIDDLE),
        ("MORNING_CORTISOL", "150", CortisolBand.MIDDLE),
        ("MORNING_CORTISOL", "149.9", CortisolBand.LOW),
        ("MORNING_CORTISOL_UG", "10.1", CortisolBand.RECOVERED),
        ("MORNING_CORTISOL_UG", "10", CortisolBand.MIDDLE),
        ("MORNING_CORTISOL_UG", "5", CortisolBand.MIDDLE),
        ("MORNING_CORTISOL_UG", "4.9", CortisolBand.LOW),
    ],
)
def test_cortisol_is_classified_in_the_unit_reported(
    code: str, value: str, band: CortisolBand
) -> None:
    assert band_of(reading(code, value)) is band
    assert not re.search(r"recommend|\bsafe\b|!", band.says)


def test_276_nmol_and_10_1_ug_are_nearly_the_same_blood_and_differ_in_band() -> None:
    assert band_of(reading("MORNING_CORTISOL", "279")) is CortisolBand.MIDDLE
    assert band_of(reading("MORNING_CORTISOL_UG", "10.1")) is CortisolBand.RECOVERED
    assert band_of(reading("WEIGHT", "70")) is None


def test_a_cortisol_is_doubted_for_what_was_not_noted() -> None:
    assert doubts_about_cortisol(hours_since_dose=24, takes_oral_oestrogen=False) == ()
    assert len(doubts_about_cortisol(hours_since_dose=None, takes_oral_oestrogen=None)) == 2
    early, oestrogen = doubts_about_cortisol(hours_since_dose=23, takes_oral_oestrogen=True)
    assert "23 hours after a dose" in early
    assert "cannot be read" in oestrogen


@pytest.mark.parametrize("score", ["IBMFRS", "EAT10"])
def test_ten_items_add_up_to_the_score_and_nine_to_none(score: str) -> None:
    answers = {item.code: item.maximum or Decimal(0) for item in items_of(score)}

    assert len(answers) == 10
    assert total_of(score, answers) == measure_for(score).maximum
    assert total_of(score, dict(list(answers.items())[:9])) is None


def test_what_is_unlikely_is_asked_about_and_not_refused() -> None:
    assert doubts_about(reading("WEIGHT", "70")) == ()
    (doubt,) = doubts_about(reading("WEIGHT", "165"))
    assert doubt.endswith("Please confirm.")
    assert "between 38 and 160" in doubt


def test_a_value_that_jumps_from_the_last_one_is_asked_about() -> None:
    before = Decimal(62)

    assert doubts_about(reading("MMT8", "22"), previous=before) == ()
    assert len(doubts_about(reading("MMT8", "21"), previous=before)) == 1
    assert doubts_about(reading("CK", "4000"), previous=Decimal(200)) == ()
    assert len(doubts_about(reading("WEIGHT", "151"), previous=Decimal(100))) == 1


def test_likely_lies_inside_the_range_of_each_measure() -> None:
    assert set(LIKELY) <= set(MEASURES)
    for measure in MEASURES.values():
        if measure.likely:
            low, high = measure.likely
            assert measure.minimum is not None
            assert measure.maximum is not None
            assert measure.minimum <= low < high <= measure.maximum


@pytest.mark.parametrize("unit", ["", "kat/L", "mg/dL"])
def test_a_unit_that_cannot_be_is_named_before_the_digits_it_would_allow(unit: str) -> None:
    with pytest.raises(BadReading) as refused:
        reading("CK", "6.68", unit=unit, upper_limit=Decimal("3.2"))

    assert refused.value.field == "unit"
