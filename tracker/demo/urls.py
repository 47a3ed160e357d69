from django.urls import path

from tracker.demo import views

app_name = "demo"
urlpatterns = [
    path("mailbox", views.mailbox, name="mailbox"),
    path("mailbox/<slug:name>", views.letter, name="letter"),
    path("mailbox/<slug:name>/html", views.letter_as_html, name="letter-html"),
    path("clock/next-mail", views.run_to_next_mail, name="next-mail"),
]
