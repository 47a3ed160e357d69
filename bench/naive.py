"""What one writes first: a task for each row, loaded by Celery's workers beside the real ones.

Nothing is claimed, nothing is shared, everything is saved whole. Celery closes the database
connection around every task, whatever the settings say; the mail server's is made anew by Django.
"""

import uuid
from datetime import datetime
from typing import Any

import css_inline
from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import dateformat, timezone

from notifications.models import Reminder
from patients.models import Clinic, Consent, Patient


@shared_task(ignore_result=True)
def tick(**_: Any) -> None:
    for row in Reminder.objects.filter(status="SCHEDULED", next_attempt_at__lte=timezone.now()):
        row.status, row.claim = "CLAIMED", uuid.uuid4()
        row.save()
        send.delay(str(row.pk))


@shared_task(ignore_result=True)
def send(row_id: str, **_: Any) -> None:
    row = Reminder.objects.get(pk=row_id)
    patient = Patient.objects.get(reminders=row)
    clinic = Clinic.objects.get(pk=row.clinic_id)
    if not Consent.objects.filter(patient=patient, withdrawn_at=None).exists():
        return
    _mail(row, patient, clinic).send()
    row.status, row.claim, row.sent_at = "SENT", None, timezone.now()
    row.save()


def _mail(row: Reminder, patient: Patient, clinic: Clinic) -> EmailMultiAlternatives:
    page = f"{settings.PUBLIC_URL}/p/{row.pk}"
    given = {
        "first_name": patient.given_name,
        "phone": clinic.phone,
        "step_day": dateformat.format(datetime.combine(row.local_date, row.local_time), "l j F Y"),
        "page_url": page,
        "contact_url": f"{page}/contact",
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
    return message
