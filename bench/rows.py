"""Clinics, patients and reminders in numbers, written by the database itself (PostgreSQL)."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model

from notifications.models import ClinicPolicy, Reminder
from patients.models import Clinic, Consent, Patient

ZONE = "America/Chicago"
MIDNIGHT = time(0)
# Below a week, so that no hour of it is called usual: benches are surges.
PAST = "6 days"
COPIES = """
WITH whom AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM patients_patient WHERE email <> ''
), fresh AS MATERIALIZED (
    SELECT n, gen_random_uuid() AS id FROM generate_series(0, %s - 1) AS n
)
INSERT INTO notifications_reminder ({columns})
SELECT {values} FROM fresh
JOIN whom ON whom.n = fresh.n %% (SELECT count(*) FROM whom)
JOIN notifications_reminder AS model ON model.id = %s
"""

OTHERS = """
WITH elsewhere AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM patients_clinic WHERE name <> 'Bench'
), fresh AS MATERIALIZED (
    SELECT n, gen_random_uuid() AS id FROM generate_series(1, %s) AS n
)
INSERT INTO patients_patient ({columns})
SELECT {values} FROM fresh
JOIN elsewhere ON elsewhere.n = fresh.n %% (SELECT count(*) FROM elsewhere)
JOIN patients_patient AS model ON model.id = %s
"""


def make_clinic(*, patients: int, now: datetime) -> list[Patient]:
    """Store a clinic without quiet hours and so many patients who may be mailed."""
    before = now - timedelta(days=30)
    user = User.objects.create(username="bench")
    clinic = Clinic.objects.create(
        name="Bench", time_zone=ZONE, phone="+1 312 555 0100", created_at=before
    )
    ClinicPolicy.objects.create(clinic=clinic, quiet_from=MIDNIGHT, quiet_until=MIDNIGHT)
    made = Patient.objects.bulk_create(
        Patient(
            clinic=clinic,
            code=f"TL-{n:06}",
            record_number=f"R{n}",
            given_name="Ada",
            family_name="Rivers",
            birth_date=date(1958, 3, 14),
            sex="FEMALE",
            email=f"patient{n}@mail.example",
            time_zone=ZONE,
            status_changed_at=before,
            email_verified_at=before,
            created_at=before,
            created_by=user,
        )
        for n in range(patients)
    )
    Consent.objects.bulk_create(
        Consent(
            patient=patient,
            channel="EMAIL",
            content="MINIMAL",
            given_on=before.date(),
            text_version="1",
            recorded_by=user,
            recorded_at=before,
        )
        for patient in made
    )
    return made


def make_others(number: int, *, like: Patient) -> None:
    """Store so many patients of nineteen other clinics, each with a name of their own."""
    if not Clinic.objects.exclude(name="Bench").exists():
        Clinic.objects.bulk_create(
            Clinic(name=f"Clinic {n}", time_zone=ZONE, phone="+1", created_at=like.created_at)
            for n in range(19)
        )
    own = {
        "id": "fresh.id",
        "code": "'X-' || left(md5(fresh.id::text), 13)",
        "record_number": "'X-' || fresh.id",
        "family_name": "md5(fresh.id::text)",
        "clinic_id": "elsewhere.id",
    }
    _copy(OTHERS, like, number, own)


def model_row(patient: Patient, *, due_at: datetime) -> Reminder:
    """Return one reminder of the kind that makes up most of a day's mail, not stored."""
    row_id = uuid.uuid4()
    day = due_at.astimezone(UTC).date()
    return Reminder(
        id=row_id,
        key=str(row_id),
        source=f"bench:{row_id}",
        generation=1,
        clinic=patient.clinic,
        patient=patient,
        audience="PATIENT",
        kind="STEP_DAY",
        context={"step_date": day.isoformat(), "dose": "7.5 mg", "drug": "prednisone"},
        local_date=day,
        local_time=time(8),
        time_zone=ZONE,
        expires_date=day + timedelta(days=2),
        expires_time=MIDNIGHT,
        due_at=due_at,
        expires_at=due_at + timedelta(days=2),
        next_attempt_at=due_at,
        message_id=f"<{row_id}@taperline.test>",
        created_at=due_at - timedelta(days=30),
    )


def make_due(number: int, *, due_at: datetime) -> None:
    """Store so many reminders that are due, one for each patient as far as they go."""
    _multiply(_stored(due_at=due_at, status="SCHEDULED"), number)


def fill(number: int, *, now: datetime) -> None:
    """Store so many reminders sent during the past days, to patients in turn."""
    model = _stored(due_at=now - timedelta(hours=1), status="SENT")
    _multiply(model, number, due_at=f"model.due_at - random() * interval '{PAST}'")


def settle() -> None:
    """Tell the planner what is there, as autovacuum does in service."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")


def _stored(*, due_at: datetime, status: str) -> Reminder:
    patient = Patient.objects.select_related("clinic").order_by("code")[0]
    row = model_row(patient, due_at=due_at)
    row.status, row.sent_at = status, due_at if status == "SENT" else None
    row.save()
    return row


def _multiply(model: Reminder, number: int, **changed: str) -> None:
    """Replace a stored row by so many copies, each with keys of its own."""
    own = {
        "id": "fresh.id",
        "key": "fresh.id::text",
        "source": "'bench:' || fresh.id",
        "message_id": "'<' || fresh.id || '@taperline.test>'",
        "patient_id": "whom.id",
    }
    _copy(COPIES, model, number, own | changed)
    model.delete()


def _copy(sql: str, model: Model, number: int, own: Mapping[str, str]) -> None:
    """Store a row so many times, each copy with *own* values, in SQL, by their columns."""
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(own.get(column, f"model.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(sql.format(columns=", ".join(columns), values=values), [number, model.pk])
