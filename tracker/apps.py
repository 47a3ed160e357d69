from django.apps import AppConfig


class TrackerConfig(AppConfig):
    """Templates, static files and commands of the project as a whole."""

    name = "tracker"
    verbose_name = "Taperline"
