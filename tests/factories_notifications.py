import factory
from factory.django import DjangoModelFactory

from notifications import models
from tests.factories import BEFORE_THE_STORY, ClinicFactory, UserFactory


class SendingPauseFactory(DjangoModelFactory[models.SendingPause]):
    """A pause that holds, of every kind."""

    class Meta:
        model = models.SendingPause

    clinic = factory.SubFactory(ClinicFactory)
    reason = "A wrong text."
    paused_at = BEFORE_THE_STORY
    paused_by = factory.SubFactory(UserFactory)
