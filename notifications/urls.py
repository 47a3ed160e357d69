from django.urls import path

from notifications import views

urlpatterns = [
    path("reminders/verify/<str:token>", views.VerifyAddress.as_view(), name="verify-address"),
]
