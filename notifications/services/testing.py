"""A member of the team asks for a mail to see whether mail arrives."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction

from notifications.models import Reminder
from notifications.policy import OPEN, Audience, Kind, ReminderRequest
from notifications.services.schedule import replace_schedule
from patients.access import Permission, check
from patients.errors import Conflict, NoAddress
from patients.models import Clinic

STANDS = timedelta(hours=1)
WHY = "A member of the team asked for it, to see whether mail arrives."
OPEN_STATUSES = sorted(status.value for status in OPEN)


class AlreadyUnderWay(Conflict):
    code = "TEST_UNDER_WAY"


@transaction.atomic
def send_test(*, actor: User, clinic: Clinic, at: datetime) -> Reminder:
    """Mail *actor*, at the own address, through the same engine as any reminder.

    It is about no patient. While one is under way no other is asked for.
    """
    check(actor, Permission.SEND_TEST, clinic)
    if not actor.email:
        raise NoAddress("You have no e-mail address here. An administrator records one.")
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    under_way = Reminder.objects.filter(
        clinic=clinic, kind=Kind.TEST, status__in=OPEN_STATUSES, context__member=actor.pk
    )
    if under_way.exists():
        raise AlreadyUnderWay("A test to you is under way. It stands in the list of reminders.")
    source = f"test:{uuid4()}"
    replace_schedule(
        source=source, clinic=clinic, patient=None, requests=[_request(actor, clinic, at)], at=at
    )
    return Reminder.objects.select_related("patient", "clinic").get(source=source)


def _request(actor: User, clinic: Clinic, at: datetime) -> ReminderRequest:
    zone = ZoneInfo(clinic.time_zone)
    now, end = at.astimezone(zone), (at + STANDS).astimezone(zone)
    return ReminderRequest(
        kind=Kind.TEST,
        audience=Audience.MEMBER,
        local_date=now.date(),
        local_time=now.time(),
        time_zone=clinic.time_zone,
        expires_date=end.date(),
        expires_time=end.time(),
        context={"member": actor.pk},
        reason=WHY,
    )
