from notifications.models.clinic_policy import ClinicPolicy
from notifications.models.delivery_attempt import DeliveryAttempt
from notifications.models.dispatch_hold import DispatchHold
from notifications.models.reminder import Reminder
from notifications.models.sending_pause import SendingPause
from notifications.models.surge_hold import SurgeHold
from notifications.models.sweep_state import SweepState

__all__ = [
    "ClinicPolicy",
    "DeliveryAttempt",
    "DispatchHold",
    "Reminder",
    "SendingPause",
    "SurgeHold",
    "SweepState",
]
