"""The test services themselves: real servers, each test process on its own."""

import smtplib
from email.message import EmailMessage

import pytest
import redis
from django.db import connection

from tests import plugin, services


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_says() -> None:
    assert connection.vendor == ("sqlite" if plugin.ON_SQLITE else "postgresql")


@pytest.mark.django_db
def test_on_sqlite_the_database_is_a_file_in_wal_mode() -> None:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")

        assert cursor.fetchone() == ("wal",)


def test_the_broker_is_a_real_redis(broker_url: str) -> None:
    with redis.Redis.from_url(broker_url) as client:
        assert client.info("server")["redis_version"]


def test_the_mailbox_keeps_what_it_accepts_and_refuses_whom_it_is_told_to(
    mailbox: services.Mailbox,
) -> None:
    mailbox.refuse("gone@example.org")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Grüße"
    mail.set_content("text")

    with smtplib.SMTP("127.0.0.1", mailbox.port) as smtp:
        smtp.send_message(mail)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail("a@example.org", ["gone@example.org"], b"x")

    assert [kept["Subject"] for kept in mailbox.received] == ["Grüße"]


@pytest.mark.parametrize(
    ("ask", "packages"),
    [
        (services.postgres_programs, "postgresql"),
        (services.redis_program, "redis-server"),
        (services.chromium_program, "chromium"),
    ],
)
def test_a_missing_server_is_an_error_that_says_what_to_install(
    ask: object, packages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PG_BINDIR", "/nowhere")
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert callable(ask)

    with pytest.raises(services.ServiceMissing, match=rf"apt-get install .*{packages}"):
        ask()
