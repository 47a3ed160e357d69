"""The settings come from the environment, and say by name what is missing."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests import services

COMPLETE = {"SECRET_KEY": "x" * 60, "PUBLIC_URL": "https://taperline.example"}


def run_settings(
    folder: Path, environment: dict[str, str], shows: str = "''"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", f"from tracker import settings as s; print({shows})"],
        env=services.inherited() | {"DATA_DIR": str(folder)} | environment,
        cwd=services.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_a_missing_variable_stops_the_process_by_its_name(missing: str, tmp_path: Path) -> None:
    present = {name: value for name, value in COMPLETE.items() if name != missing}

    done = run_settings(tmp_path, present)

    assert done.returncode != 0
    assert f"Set the {missing} environment variable" in done.stderr


def test_with_https_in_front_cookies_and_redirects_are_secure(tmp_path: Path) -> None:
    shows = (
        "s.DEBUG, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,"
        " s.ALLOWED_HOSTS[0]"
    )

    done = run_settings(tmp_path, COMPLETE, shows)

    assert done.stdout.strip() == "False True True True taperline.example", done.stderr


def test_without_a_database_it_is_sqlite_that_waits_instead_of_failing(tmp_path: Path) -> None:
    done = run_settings(tmp_path, COMPLETE, "s.DATABASES['default']['OPTIONS']")

    assert "'transaction_mode': 'IMMEDIATE'" in done.stdout, done.stderr
    assert "journal_mode=WAL" in done.stdout


def test_the_lease_outlasts_one_mail() -> None:
    longest = settings.REMINDER_CONNECT_TIMEOUT + 5 * settings.REMINDER_COMMAND_TIMEOUT

    assert longest < settings.REMINDER_LEASE_SECONDS
