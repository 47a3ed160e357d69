from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Reminds somebody of something, once."""

    name = "notifications"
    verbose_name = "Reminders"
