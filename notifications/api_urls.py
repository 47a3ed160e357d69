from django.urls import path

from notifications.api.consents import ConsentsDoor, WithdrawalDoor
from notifications.api.pauses import LiftPauseDoor, PausesDoor
from notifications.api.reminders import RemindersDoor, RetryDoor, TestMailsDoor
from notifications.api.upcoming import CatchUpDoor, UpcomingDoor

urlpatterns = [
    path("patients/<uuid:patient_id>/consents", ConsentsDoor.as_view(), name="consents"),
    path(
        "patients/<uuid:patient_id>/consents/<uuid:consent_id>/withdraw",
        WithdrawalDoor.as_view(),
        name="withdraw-consent",
    ),
    path("clinics/<uuid:clinic_id>/sending-pauses", PausesDoor.as_view(), name="sending-pauses"),
    path("sending-pauses/<uuid:pause_id>/lift", LiftPauseDoor.as_view(), name="lift-pause"),
    path("clinics/<uuid:clinic_id>/test-mails", TestMailsDoor.as_view(), name="test-mails"),
    path(
        "clinics/<uuid:clinic_id>/upcoming-reminders",
        UpcomingDoor.as_view(),
        name="upcoming-reminders",
    ),
    path("clinics/<uuid:clinic_id>/catch-up", CatchUpDoor.as_view(), name="catch-up"),
    path("reminders", RemindersDoor.as_view(), name="reminders"),
    path("reminders/<uuid:reminder_id>/retry", RetryDoor.as_view(), name="retry-reminder"),
]
