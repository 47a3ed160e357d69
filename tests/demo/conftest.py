"""The demo's clinics, made once for all tests of this folder, on the cast's Monday morning."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.conftest import MONDAY_AT_TEN
from tests.services import free_port
from tracker.demo.mailbox import Mailbox
from tracker.demo.seed import Seeded, seed


@pytest.fixture(scope="module")  # as `seeded`: a second clinic must not find the first one's mail
def demo_mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    box = Mailbox(
        folder=Path(tmp_path_factory.mktemp("demo")) / "mailbox",
        host="127.0.0.1",
        port=free_port(),
        clock=lambda: MONDAY_AT_TEN,
    )
    box.start()
    yield box
    box.stop()


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None, django_db_blocker: Any, demo_mailbox: Mailbox
) -> Iterator[Seeded]:
    """One transaction for the whole module, rolled back at its end."""
    server = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": demo_mailbox.port}
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with (
        django_db_blocker.unblock(),
        override_settings(EMAIL_BACKEND=smtp, **server),
        transaction.atomic(),
    ):
        yield seed(box=demo_mailbox, at=MONDAY_AT_TEN)
        transaction.set_rollback(True)
