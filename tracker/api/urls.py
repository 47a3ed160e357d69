from django.urls import include, path, re_path

from tracker.api.auth import LogoutDoor, MeDoor, TokenDoor
from tracker.api.patients import PatientDoor, PatientsDoor
from tracker.api.root import NothingHere, RootDoor, SchemaDoor, ViewerDoor

app_name = "api"
urlpatterns = [
    path("", RootDoor.as_view(), name="root"),
    path("auth/token", TokenDoor.as_view(), name="token"),
    path("auth/logout", LogoutDoor.as_view(), name="logout"),
    path("me", MeDoor.as_view(), name="me"),
    path("patients", PatientsDoor.as_view(), name="patients"),
    path("patients/<uuid:patient_id>", PatientDoor.as_view(), name="patient"),
    path("", include("patients.api_urls")),
    path("", include("notifications.api_urls")),
    path("", include("tapers.api_urls")),
    path("schema", SchemaDoor.as_view(), name="schema"),
    path("docs", ViewerDoor.as_view(), name="docs"),
    re_path(r"", NothingHere.as_view(), name="nothing-here"),
]
