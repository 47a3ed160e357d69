"""eGFR by CKD-EPI 2021 (Inker and others, N Engl J Med 2021;385:1737), against worked examples."""

from datetime import date
from decimal import Decimal

import pytest

from patients.instruments.errors import OutsideEquation
from patients.instruments.kidney import EquationSex, age_on, egfr_ckd_epi_2021, mg_per_dl
from patients.instruments.reading import check_reading
from tapers.domain import sources
from tapers.domain.kidney import kidney_function
from tapers.domain.record import CourseFacts, DatedReading
from tapers.domain.rules.rulebook import course_rule_for

FEMALE, MALE = EquationSex.FEMALE, EquationSex.MALE
DAY = date(2026, 7, 1)


def egfr(mg: str, age: int, sex: EquationSex) -> Decimal:
    return egfr_ckd_epi_2021(creatinine_mg_per_dl=Decimal(mg), age_years=age, sex=sex)


@pytest.mark.parametrize(
    ("mg", "age", "sex", "whole"),
    [
        ("1.2", 55, MALE, 71),  # as the National Kidney Foundation's own page of the equation
        ("1.1", 50, MALE, 82),  # as calculators that cite the paper
    ],
)
def test_worked_values_that_were_published(mg: str, age: int, sex: EquationSex, whole: int) -> None:
    assert round(egfr(mg, age, sex)) == whole


@pytest.mark.parametrize(
    ("mg", "age", "sex", "expected"),
    [
        # 142 x (0.5/0.7)^-0.241 x 0.9938^30 x 1.012
        ("0.5", 30, FEMALE, "129.3"),
        # at kappa both powers are 1: 142 x 0.9938^40 x 1.012, and 142 x 0.9938^40
        ("0.7", 40, FEMALE, "112.1"),
        ("0.9", 40, MALE, "110.7"),
        # 142 x (2/0.7)^-1.2 x 0.9938^70 x 1.012, and 142 x (2/0.9)^-1.2 x 0.9938^70
        ("2.0", 70, FEMALE, "26.4"),
        ("2.0", 70, MALE, "35.2"),
        ("0.1", 18, MALE, "246.5"),
        ("30", 120, FEMALE, "0.7"),
    ],
)
def test_both_sexes_on_both_sides_of_the_bend(
    mg: str, age: int, sex: EquationSex, expected: str
) -> None:
    assert egfr(mg, age, sex) == Decimal(expected)


@pytest.mark.parametrize("sex", list(EquationSex))
@pytest.mark.parametrize("age", [18, 45, 90])
def test_more_creatinine_is_less_function_and_so_is_more_age(sex: EquationSex, age: int) -> None:
    values = [egfr(str(Decimal(tenths) / 10), age, sex) for tenths in range(2, 60)]

    assert values == sorted(values, reverse=True)
    assert egfr("1", age, sex) > egfr("1", age + 1, sex)


@pytest.mark.parametrize(
    ("mg", "age", "field"),
    [
        ("0.09", 50, "creatinine"),
        ("30.1", 50, "creatinine"),
        ("NaN", 50, "creatinine"),
        ("1", 17, "age"),
        ("1", 121, "age"),
    ],
)
def test_outside_the_equation_the_field_and_the_range_are_named(
    mg: str, age: int, field: str
) -> None:
    with pytest.raises(OutsideEquation) as refused:
        egfr(mg, age, MALE)

    assert refused.value.field == field
    assert "from" in refused.value.message


def test_88_4_umol_per_litre_are_a_mg_per_decilitre() -> None:
    assert mg_per_dl(Decimal("88.4")) == 1
    assert mg_per_dl(Decimal("176.8")) == 2


def test_a_year_of_age_is_completed_on_the_birthday() -> None:
    born_on = date(1956, 2, 29)

    assert [age_on(day, born_on=born_on) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [
        69, 70,
    ]  # fmt: skip


# Of a patient ------------------------------------------------------------------------------------


def dated(code: str, value: str, on: date = DAY) -> DatedReading:
    units = {"CREATININE": "umol/L", "CREATININE_MG": "mg/dL", "EGFR": "mL/min"}
    return DatedReading(on, check_reading(code=code, value=Decimal(value), unit=units[code]))


def known(*readings: DatedReading, sex: EquationSex | None = FEMALE) -> CourseFacts:
    return CourseFacts(born_on=date(1956, 3, 1), sex=sex, readings=readings)


def test_nothing_measured_says_nothing() -> None:
    assert kidney_function(known()) is None


@pytest.mark.parametrize("reading", [("CREATININE_MG", "2"), ("CREATININE", "176.8")])
def test_either_unit_gives_the_same_and_is_kept_as_written(reading: tuple[str, str]) -> None:
    function = kidney_function(known(dated(*reading)))

    assert function is not None
    assert function.rests_on is not None
    assert (function.egfr, function.is_calculated) == (Decimal("26.4"), True)
    assert function.rests_on.reading.value == Decimal(reading[1])


@pytest.mark.parametrize(("egfr_on", "calculated"), [(DAY, False), (date(2026, 6, 30), True)])
def test_an_egfr_reported_the_same_day_wins_and_an_earlier_one_does_not(
    egfr_on: date, calculated: bool
) -> None:
    function = kidney_function(known(dated("CREATININE_MG", "2"), dated("EGFR", "61", egfr_on)))

    assert function is not None
    assert function.is_calculated is calculated
    assert function.egfr == (Decimal("26.4") if calculated else 61)


def test_an_earlier_egfr_stands_beside_a_creatinine_that_cannot_be_judged() -> None:
    readings = (dated("EGFR", "25", date(2026, 6, 1)), dated("CREATININE_MG", "2"))

    function = kidney_function(known(*readings, sex=None))

    assert function is not None
    assert function.not_judged is not None
    assert (function.egfr, function.not_judged.on) == (25, DAY)
    assert "sex" in function.why_not


def test_the_equation_is_a_source_that_nobody_has_reviewed_yet() -> None:
    assert not sources.CKD_EPI.is_reviewed
    assert sources.CKD_EPI in course_rule_for("MTX_RENAL").sources
    assert sources.CKD_EPI in course_rule_for("AZA_COUNTS").sources
