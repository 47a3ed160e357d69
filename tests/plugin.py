"""Loaded with `-p tests.plugin`: starts the servers before anything reads Django's settings.

A conftest.py would be too late: pytest-django has read the settings by then, and the tests would
quietly run on another database.

TAPERLINE_TEST_DATABASE=sqlite runs on a SQLite file what needs neither PostgreSQL nor a browser.
TEST_DATABASE_URL and TEST_REDIS_URL use servers that run already. With CI set, a skip is a failure.
"""

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connections
from django.test import override_settings

from tests import services

ON_SQLITE = os.environ.get("TAPERLINE_TEST_DATABASE", "postgres") == "sqlite"
ONLY_ASKS = {"-h", "--help", "-V", "--version", "--co", "--collect-only", "--fixtures", "--markers"}
NOT_ON_SQLITE = ("postgres", "browser")

_running: list[services.Postgres | services.Redis] = []
_folders: list[Path] = []


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    arguments = {str(argument) for argument in early_config.invocation_params.args}
    if "PYTEST_XDIST_WORKER" in os.environ:
        _use_own_folder()
        _use_own_redis_database()
    else:
        _use_own_folder()
        _set_environment(starts_servers=not ONLY_ASKS & arguments)
    return (yield)


@atexit.register  # not pytest_unconfigure: that is not called when Django cannot start
def _stop_everything() -> None:
    while _running:
        _running.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def pytest_report_header() -> str:
    kind = "a SQLite file" if ON_SQLITE else "PostgreSQL"
    return f"taperline: {kind}, Redis, SMTP on loopback ports of their own"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not ON_SQLITE:
        return
    left_out = [item for item in items if any(item.get_closest_marker(m) for m in NOT_ON_SQLITE)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("error: with CI set nothing may be skipped (-rs names them)", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _set_environment(*, starts_servers: bool) -> None:
    """What the settings read. Workers of xdist inherit it."""
    os.environ |= {
        "SECRET_KEY": "not a secret: for tests only, but long enough to please the checks 0123",
        "PUBLIC_URL": "http://taperline.test",
        "ALLOWED_HOSTS": "taperline.test,testserver",
        "DEFAULT_FROM_EMAIL": "Taperline <no-reply@taperline.test>",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": "1",  # nobody listens; a test that sends asks for the mailbox
        "TOKEN_RATE": "100000/min",
        "LOG_LEVEL": "WARNING",
        "LOG_JSON": "true",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop running
    }
    for name in ("DEBUG", "CACHE_URL", "STATIC_ROOT", "DEMO_CLOCK_FILE", "DATABASE_URL"):
        os.environ.pop(name, None)
    if not starts_servers:
        return
    if not ON_SQLITE:
        os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or _start(
            services.Postgres()
        )
    if not os.environ.get("TEST_REDIS_URL"):
        os.environ["TEST_REDIS_URL"] = _start(services.Redis())
    _use_own_redis_database()


def _start(server: services.Postgres | services.Redis) -> str:
    url = server.start()
    _running.append(server)
    return url


def _use_own_folder() -> None:
    _folders.append(Path(tempfile.mkdtemp(prefix="taperline-test-")))
    os.environ["DATA_DIR"] = str(_folders[-1])


def _use_own_redis_database() -> None:
    """Number 0 for a single process, 1, 2, … for the workers of xdist."""
    digits = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", ""))
    number = int(digits) + 1 if digits else 0
    os.environ["CELERY_BROKER_URL"] = f"{os.environ['TEST_REDIS_URL']}/{number}"


# Fixtures ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords(django_test_environment: None) -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def mailbox(settings: Any) -> Iterator[services.Mailbox]:
    """A real SMTP server to which all mail of this test goes."""
    box = services.Mailbox().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
    yield box
    box.stop()


@pytest.fixture
def broker_url() -> Iterator[str]:
    """An empty database of the real Redis."""
    url = os.environ["CELERY_BROKER_URL"]
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.fixture
def processes(
    transactional_db: None, broker_url: str, tmp_path: Path
) -> Iterator[services.Processes]:
    """Starts worker, beat, web or a command as processes of their own on this test's database."""
    ours = services.Processes(
        environment=services.inherited() | _environment_of_this_test(tmp_path), folder=tmp_path
    )
    yield ours
    ours.stop()


def _environment_of_this_test(folder: Path) -> dict[str, str]:
    passed_on = (
        "SECRET_KEY",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
        "DEFAULT_FROM_EMAIL",
        "CELERY_BROKER_URL",
        "LOG_JSON",
    )
    return {name: os.environ[name] for name in passed_on} | {
        "DATABASE_URL": database_url_of_the_test(),
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "INFO",
    }


def database_url_of_the_test() -> str:
    """The address of the database that the running test uses."""
    values = connections["default"].settings_dict
    if values["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{values['NAME']}"
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    who = f"{values['USER']}{password}@" if values["USER"] else ""
    return f"postgres://{who}{values['HOST']}:{values['PORT']}/{values['NAME']}"
