from notifications.models.delivery_attempt import DeliveryAttempt
from notifications.models.reminder import Reminder
from notifications.models.sweep_state import SweepState

__all__ = ["DeliveryAttempt", "Reminder", "SweepState"]
