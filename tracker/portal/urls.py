from django.urls import path

from tracker.portal.views import contact, entry, step, symptoms

urlpatterns = [
    path("<str:token>", entry.Entry.as_view(), name="portal"),
    path("<str:token>/changed", step.Changed.as_view(), name="portal-changed"),
    path("<str:token>/when", step.When.as_view(), name="portal-when"),
    path("<str:token>/not-yet", step.NotYet.as_view(), name="portal-not-yet"),
    path("<str:token>/symptoms", symptoms.RedFlags.as_view(), name="portal-symptoms"),
    path("<str:token>/about", symptoms.About.as_view(), name="portal-about"),
    path("<str:token>/unwell", symptoms.Unwell.as_view(), name="portal-unwell"),
    path("<str:token>/other", symptoms.Other.as_view(), name="portal-other"),
    path("<str:token>/question", symptoms.Question.as_view(), name="portal-question"),
    path("<str:token>/noted", symptoms.Noted.as_view(), name="portal-noted"),
    path("<str:token>/contact", contact.Contact.as_view(), name="portal-contact"),
    path("<str:token>/unsubscribe", contact.Unsubscribe.as_view(), name="portal-unsubscribe"),
]
