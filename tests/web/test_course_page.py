"""The course page: dose, strength, function and CK under each other, as of a day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from patients.instruments.reading import check_reading
from patients.models import AuditEvent
from tapers.domain.dose import Drug
from tapers.domain.schedule import Regimen
from tapers.models import Taper
from tapers.proposal import Proposal
from tapers.services import plans
from tapers.services.assessments import record_assessment
from tests.api.program import Program
from tests.factories import SteroidExposureFactory
from tests.factories_tapers import TaperFactory

MARCH_2, APRIL_13 = date(2026, 3, 2), date(2026, 4, 13)
REASONS = dict.fromkeys(("ADRENAL_RISK", "ASSESS_BASELINE"), "Agreed with the endocrinologist")
MUSCLES = (("QUADRICEPS", "6", "4"), ("ILIOPSOAS", "7", "5"), ("DEEP_FINGER_FLEXORS", "4", "4"))


def readings(mmt8: str, ibmfrs: str, ck: str, which: int, *extra) -> tuple:
    graded = [
        check_reading(
            code="MMT_MUSCLE",
            scale="KENDALL",
            side="RIGHT",
            muscle=muscle,
            grade=grades[which],
        )
        for muscle, *grades in MUSCLES
    ]
    return (
        check_reading(code="MMT8", value=Decimal(mmt8)),
        check_reading(code="IBMFRS", value=Decimal(ibmfrs)),
        check_reading(code="CK", value=Decimal(ck), unit="U/L", upper_limit=Decimal(308)),
        *graded,
        *extra,
    )


@pytest.fixture
def decline(nurse, prescriber, patient) -> Taper:
    """40 mg, down 10 mg and then 2.5 mg weekly from 2 March; weaker on 13 April, CK normal."""
    morning = datetime(2026, 3, 2, 15, tzinfo=UTC)
    SteroidExposureFactory(
        patient=patient, daily_mg=Decimal(40), started_on=date(2025, 11, 2), ended_on=MARCH_2
    )
    _visit(nurse, patient, MARCH_2, readings("62", "28", "480", 0), morning)
    taper = plans.start_taper(
        actor=prescriber,
        patient=patient,
        proposal=Proposal(
            drug=Drug.PREDNISONE,
            daily_mg=Decimal(40),
            starts_on=MARCH_2,
            regimen=Regimen(Decimal(10), 7, 7),
        ),
        reasons=REASONS,
        at=morning,
    )
    unable = check_reading(code="TUG", state="UNABLE", unit="s")
    later = datetime(2026, 4, 13, 15, tzinfo=UTC)
    _visit(nurse, patient, APRIL_13, readings("55", "26", "170", 1, unable), later)
    return taper


def _visit(nurse, patient, day, values, at) -> None:
    record_assessment(
        actor=nurse, patient=patient, assessed_on=day, rater="R. Ames", readings=values, at=at
    )


@pytest.fixture
def path(patient) -> str:
    return f"/patients/{patient.pk}/course"


def shown(client, path: str, **query: str):
    response = client.get(path, query)
    assert response.status_code == 200
    return response.context["page"]


def test_all_panels_share_one_time_axis(nurse_client, path, decline):
    figures = shown(nurse_client, path).figures

    assert [figure.key for figure in figures] == [
        "dose",
        "cumulative",
        "mmt8",
        "mmt-muscle-kendall-iliopsoas",
        "mmt-muscle-kendall-deep-finger-flexors",
        "ibmfrs",
        "ck",
    ]
    for number in (0, 1):
        axes = {
            (each.drawings[number].left, each.drawings[number].right, each.drawings[number].days)
            for each in figures
        }
        assert len(axes) == 1


def test_page_and_rest_tell_the_same_numbers(nurse_client, path, patient, nurse, decline):
    api = Program(nurse).get(f"patients/{patient.pk}/course", as_of="2026-04-20").json()

    told_here = shown(nurse_client, path, as_of="2026-04-20")

    told = {row["code"]: row for row in api["series"] if row["code"] != "MMT_MUSCLE"}
    rows = {
        row.change.key.code: row.change for row in told_here.baseline if not row.change.key.muscle
    }
    assert rows.keys() == told.keys() == {"MMT8", "IBMFRS", "CK"}
    for code, change in rows.items():
        said = told[code]["change_since_baseline"]
        assert float(change.points) == said["points"]
        assert round(float(change.percent), 4) == said["percent"]
        assert change.same_rater is said["same_rater"]
    facts = {fact.name: fact.value for fact in told_here.facts}
    assert facts["Cumulative dose"] == f"{api['exposure']['cumulative_mg']} mg"
    assert facts["Days above 10 mg"] == str(api["exposure"]["days_above_10_mg"])
    codes = {each.row.code for each in (*told_here.due, *told_here.findings)}
    assert codes == {row["code"] for row in api["findings"]}
    assert {"STEROID_MYOPATHY_PATTERN", "MMT_DROP", "CK_NORMALISED", "RATE_NOTE"} <= codes


def test_a_change_stands_with_its_share_of_the_scale_its_limit_and_its_rater(
    nurse_client, path, decline
):
    [row] = [each for each in shown(nurse_client, path).baseline if each.change.key.code == "MMT8"]

    assert (row.first, row.last) == ("62 of 80", "55 of 80")
    assert row.points == "−7 points"  # noqa: RUF001
    assert row.percent == "−8.75 % of the scale"  # noqa: RUF001
    assert row.limit == "7 % of the scale (5.6 points)"
    assert row.beyond == "larger than test error"
    assert row.same_rater == "yes"
    assert row.natural


def test_cuts_between_the_same_two_readings_stand_in_one_row(nurse_client, path, decline):
    tables = {table.name: table for table in shown(nurse_client, path).cuts}

    assert set(tables) == {"MMT8", "IBMFRS", "CK"}
    [row] = [each for each in tables["MMT8"].rows if each.row is not None]
    assert row.doses[:2] == ("40 to 30 mg, Mon 2 Mar 2026", "30 to 20 mg, Mon 9 Mar 2026")
    assert len(row.doses) == 6
    assert (row.row.first, row.row.last) == ("62 of 80", "55 of 80")


def test_an_earlier_day_is_marked_and_knows_nothing_of_later(nurse_client, path, decline):
    response = nurse_client.get(path, {"as_of": "2026-03-03"})

    said = response.content.decode()
    assert "As of 3 March 2026." in said
    assert "55 of 80" not in said
    assert response.context["page"].baseline == ()
    assert "STEROID_MYOPATHY_PATTERN" not in {
        each.row.code for each in response.context["page"].findings
    }


def test_what_was_late_on_that_day_is_said(nurse_client, path, decline):
    told = shown(nurse_client, path, as_of="2026-03-05")

    assert {fact.name: fact.value for fact in told.facts}["Step 1"] == "late by 3 days"
    assert "STEP_LATE" in {each.row.code for each in told.due}


def test_what_could_not_be_done_is_said_and_is_never_0(nurse_client, path, decline):
    told = shown(nurse_client, path)

    assert ("Timed up and go", "unable", "R. Ames") in {row.cells for row in told.also}
    assert "tug" not in {figure.key for figure in told.figures}


def test_beside_the_last_number_stands_that_it_could_not_be_done_since(
    nurse_client, path, nurse, patient, decline
):
    for day, seconds in ((date(2026, 3, 1), "15.1"), (date(2026, 3, 30), "17.9")):
        walked = check_reading(code="TUG", value=Decimal(seconds), unit="s")
        _visit(nurse, patient, day, (walked,), datetime(2026, 4, 13, 15, tzinfo=UTC))

    [row] = [row for row in shown(nurse_client, path).baseline if row.name.startswith("Timed up")]

    assert (row.first, row.last) == ("15.1 s", "17.9 s; unable on Mon 13 Apr 2026")


def test_a_finding_is_called_by_its_name_with_the_code_beside_it(nurse_client, path, decline):
    said = nurse_client.get(path).content.decode()

    assert "<strong>Strength total fell</strong>" in said
    assert "<strong>What average IBM loses in this time</strong>" in said
    assert "Faster than average" not in said


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026-05-05", "Give a day from 1900-01-01 to 2026-05-04."),
        ("1899-12-31", "Give a day from 1900-01-01 to 2026-05-04."),
        ("2026-02-30", "There is no such day in the calendar."),
        ("tomorrow", "Give a date as YYYY-MM-DD."),
        ("２０２６-05-04", "Give a date as YYYY-MM-DD."),
    ],
)
def test_a_day_that_cannot_be_answered_for_is_refused_and_kept(nurse_client, path, day, says):
    response = nurse_client.get(path, {"as_of": day})

    said = response.content.decode()
    assert response.status_code == 400
    assert says in said
    assert f'value="{day}"' in said
    assert "page" not in response.context or not response.context.get("page")


def test_of_a_new_patient_the_page_says_that_nothing_is_known(nurse_client, path):
    said = nurse_client.get(path).content.decode()

    assert "Nothing to draw yet." in said
    assert "Nothing was measured twice yet." in said


def test_ck_stands_with_its_sentence_and_the_pattern_with_its_caveat(nurse_client, path, decline):
    said = nurse_client.get(path).content.decode()

    assert "does not predict better strength in IBM" in said
    assert "It can also be IBM, and both can be there." in said


def test_the_pattern_tells_how_many_days_were_at_10_mg_or_more(nurse_client, path, decline):
    said = nurse_client.get(f"{path}?as_of=2026-03-08").content.decode()

    assert "90 days; days of unknown dose do not count" in said


def test_on_the_day_of_a_step_it_is_not_said_that_no_step_is_due(nurse_client, path, decline):
    said = nurse_client.get(f"{path}?as_of=2026-03-02").content.decode()

    assert "Step 1" in said
    assert "By the rules no visit or blood test was due, and no dose step was late." in said


def test_a_score_is_told_without_zeros_after_the_point(nurse, nurse_client, path, patient, decline):
    morning = datetime(2026, 4, 14, 15, tzinfo=UTC)
    swallowing = check_reading(code="IBMFRS_1_SWALLOWING", value=Decimal(1))
    _visit(nurse, patient, APRIL_13, (swallowing,), morning)

    said = nurse_client.get(path).content.decode()

    assert "Swallowing has changed: IBMFRS swallowing 1 on 13 April 2026." in said


def test_of_a_day_before_everything_it_is_said_that_nothing_was_known(nurse_client, path, decline):
    before = nurse_client.get(path, {"as_of": "1900-01-01"}).content.decode()
    then = nurse_client.get(path, {"as_of": "2026-03-03"}).content.decode()

    assert "Nothing was known yet." in before
    assert "By the rules no visit" not in before
    assert "Nothing was known yet." not in then


def test_without_the_dose_before_the_taper_each_sum_is_the_least(nurse_client, path, patient):
    TaperFactory(patient=patient, running=True)

    page = shown(nurse_client, path)

    facts = {fact.name: fact.value for fact in page.facts}
    assert facts["Cumulative dose"] == "at least 30 mg"
    assert facts["Days above 10 mg"] == "at least 1"
    [figure] = [each for each in page.figures if each.key == "cumulative"]
    assert figure.notes[0].startswith("At least 30 mg since Mon 4 May 2026")
    assert "Mean 30 mg a day over the 1 day known to be on steroid." in figure.notes
    [row] = next(each for each in page.figures if each.key == "dose").rows
    assert row.cells[-2:] == ("at least 30 mg", "at least 1")


def test_looking_is_in_the_trail(nurse_client, path, patient, nurse):
    nurse_client.get(path)

    [row] = AuditEvent.objects.filter(event="RECORD_READ", patient=patient)
    assert (row.actor, row.details["what"]) == (nurse, "course")
