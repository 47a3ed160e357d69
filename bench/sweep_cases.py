"""What bench/sweep.py compares. Imported after Django is set up."""

import smtplib
import uuid
from datetime import UTC, date, datetime, time, timedelta

import css_inline
from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.template.loader import render_to_string
from django.utils import dateformat, timezone

from notifications import email, engine
from notifications.models import Reminder
from patients.models import Clinic, Consent, Patient

DUE = datetime(2026, 5, 5, 13, tzinfo=UTC)
BEFORE = DUE - timedelta(days=30)
_prebuilt: list[bytes] = []


def make_clinic(*, patients: int) -> None:
    user = User.objects.create(username="bench")
    clinic = Clinic.objects.create(
        name="Bench", time_zone="America/Chicago", phone="+1 312 555 0100", created_at=BEFORE
    )
    made = Patient.objects.bulk_create(
        Patient(
            clinic=clinic,
            code=f"TL-{n:04}",
            record_number=f"R{n}",
            given_name="Ada",
            family_name="Rivers",
            birth_date=date(1958, 3, 14),
            sex="FEMALE",
            email=f"patient{n}@mail.example",
            time_zone="America/Chicago",
            status_changed_at=BEFORE,
            email_verified_at=BEFORE,
            created_at=BEFORE,
            created_by=user,
        )
        for n in range(patients)
    )
    Consent.objects.bulk_create(
        Consent(
            patient=patient,
            channel="EMAIL",
            content="MINIMAL",
            given_on=BEFORE.date(),
            text_version="1",
            recorded_by=user,
            recorded_at=BEFORE,
        )
        for patient in made
    )


def make_due(number: int) -> None:
    """Store *number* reminders that are due; of a patient with several each is of another hour."""
    Reminder.objects.exclude(status="SENT").update(status="CANCELLED", claim=None)
    patients = list(Patient.objects.select_related("clinic"))
    Reminder.objects.bulk_create(
        _due(patients[n % len(patients)], round_=n // len(patients)) for n in range(number)
    )


def _due(patient: Patient, *, round_: int) -> Reminder:
    row_id = uuid.uuid4()
    return Reminder(
        id=row_id,
        key=str(row_id),
        source=str(row_id),
        generation=1,
        clinic=patient.clinic,
        patient=patient,
        audience="PATIENT",
        kind=["STEP_DAY", "STEP_HEADS_UP"][round_ % 2],
        context={"step_date": "2026-05-05", "dose": "7.5 mg", "drug": "prednisone"},
        local_date=DUE.date(),
        local_time=time(8),
        time_zone="America/Chicago",
        expires_date=DUE.date() + timedelta(days=1),
        expires_time=time(0),
        due_at=DUE,
        expires_at=DUE + timedelta(days=1),
        next_attempt_at=DUE,
        message_id=f"<{row_id}@taperline.test>",
        created_at=BEFORE,
    )


def engine_sweep(number: int) -> None:
    result = engine.sweep(at=DUE)
    if result.sent != number:
        raise AssertionError(f"{result.sent} of {number} sent: {result}")


def naive(number: int) -> None:
    """What one writes first: nothing is claimed, nothing is shared, everything is saved whole."""
    for row_id in list(Reminder.objects.filter(status="SCHEDULED").values_list("id", flat=True)):
        row = Reminder.objects.get(pk=row_id)
        patient = Patient.objects.get(reminders=row)
        clinic = Clinic.objects.get(pk=row.clinic_id)
        if not Consent.objects.filter(patient=patient, withdrawn_at=None).exists():
            continue
        given = {
            "first_name": patient.given_name,
            "phone": clinic.phone,
            "step_day": dateformat.format(row.local_date, "l j F Y"),
            "page_url": f"{settings.PUBLIC_URL}/p/{row.pk}",
            "contact_url": f"{settings.PUBLIC_URL}/p/{row.pk}/contact",
        }
        name = f"notifications/email/{row.kind.lower()}.patient"
        message = EmailMultiAlternatives(
            render_to_string(f"{name}.subject.txt", given).strip(),
            render_to_string(f"{name}.txt", given),
            settings.DEFAULT_FROM_EMAIL,
            [patient.email],
        )
        html = css_inline.inline(render_to_string(f"{name}.html", given))
        message.attach_alternative(html, "text/html")
        message.send()
        row.status, row.sent_at = "SENT", timezone.now()
        row.save()
        connection.close()  # Celery does, around every task, whatever the settings say


def prebuild(number: int) -> None:
    row = Reminder.objects.select_related("patient", "clinic").filter(patient__isnull=False)[0]
    mail = email.render(row, recipients=("ada@mail.example",), at=DUE)
    _prebuilt[:] = [email.as_bytes(mail)] * number


def bare(number: int) -> None:
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as line:
        for message in _prebuilt:
            line.sendmail("no-reply@taperline.test", ["ada@mail.example"], message)
