from django.apps import AppConfig


class TapersConfig(AppConfig):
    name = "tapers"
