"""A page of fifty costs as many queries as a page of five, whatever its patients take."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from patients.models import Clinic, Patient
from tests import factories
from tests.api.program import Program

MOST = 8  # the token and the audit event included
ZONES = ("America/Chicago", "Pacific/Auckland", "Asia/Tokyo")  # never on one day all of the time
READINGS = [
    {"code": "MMT8", "value": 62},
    {"code": "CK", "value": 480, "unit": "U/L", "upper_limit": 190},
]


def populate(program: Program, clinic: Clinic, many: int, reasons: dict[str, str]) -> None:
    """A third on a taper, a third on a recorded course, a third with a draft; all with a visit."""
    for number in range(many):
        patient = factories.PatientFactory(clinic=clinic, time_zone=ZONES[number % 3])
        visit = {"assessed_on": "2026-05-01", "rater": "N. Nurse", "measurements": READINGS}
        created(program, f"patients/{patient.id}/assessments", visit)
        if number % 3 == 1:
            course = {"drug": "PREDNISONE", "daily_mg": 20}
            created(program, f"patients/{patient.id}/exposures", course)
            continue
        draft = created(program, "tapers", proposal_for(patient))
        if number % 3 == 0:
            activated = program.post(f"tapers/{draft['id']}/activate", {"reasons": reasons})
            assert activated.status_code == 200, activated.content


def proposal_for(patient: Patient) -> dict[str, Any]:
    return {
        "patient": str(patient.id),
        "drug": "PREDNISONE",
        "daily_mg": 40,
        "starts_on": "2026-05-04",
    }


def created(program: Program, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = program.post(path, body)
    assert answer.status_code == 201, answer.content
    result: dict[str, Any] = answer.json()
    return result


def queries(program: Program, path: str, **query: Any) -> tuple[int, dict[str, Any]]:
    with CaptureQueriesContext(connection) as captured:
        answer = program.get(path, **query)
    assert answer.status_code == 200, answer.content
    return len(captured), answer.json()


@pytest.fixture
def fifty(as_prescriber: Program, clinic: Clinic, stock: None, reasons: dict[str, str]) -> None:
    populate(as_prescriber, clinic, 51, reasons)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("patients", MOST),
        ("tapers", MOST + 2),
        ("reminders", 3 + 1),  # which clinic it is, so that an index of that clinic's is read
        ("alerts", 3 + 3),  # the later looks, and by what the clinic escalates: protocol, policy
    ],
)
@pytest.mark.usefixtures("fifty")
def test_a_page_of_fifty_costs_what_a_page_of_five_costs(
    as_prescriber: Program, path: str, most: int
) -> None:
    of_five, page_of_five = queries(as_prescriber, path, page_size=5)
    of_fifty, page_of_fifty = queries(as_prescriber, path, page_size=50)
    next_page, _ = queries(as_prescriber, page_of_five["next"])

    assert len(page_of_five["results"]) == 5
    assert len(page_of_fifty["results"]) > 25
    assert of_five == of_fifty == next_page
    assert of_fifty <= most


def test_a_page_narrowed_and_searched_costs_no_more(
    as_prescriber: Program, clinic: Clinic, fifty: None
) -> None:
    narrowed, page = queries(
        as_prescriber, "patients", clinic=str(clinic.id), search="Rivers", status="ACTIVE"
    )

    assert len(page["results"]) == 50
    assert narrowed <= MOST


@pytest.mark.postgres
def test_a_page_of_the_reminders_is_read_by_its_index_from_where_the_last_one_ended(
    as_prescriber: Program, clinic: Clinic, fifty: None
) -> None:
    """Sorted anew for each page, a clinic of 300,000 reminders took over a second a page."""
    _, first = queries(as_prescriber, "reminders", page_size=5)

    with CaptureQueriesContext(connection) as captured:
        as_prescriber.get(first["next"])

    [asked] = [each["sql"] for each in captured if 'ORDER BY "notifications_' in each["sql"]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows fit on a page or two
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {asked}")
        plan = [row[0].strip() for row in cursor.fetchall()]
    assert not [line for line in plan if line.startswith(("Sort", "->  Sort", "->  Incremental"))]
    begins = plan.index(next(line for line in plan if "Index Scan using reminder_log" in line))
    assert "due_at >=" in plan[begins + 1], plan
