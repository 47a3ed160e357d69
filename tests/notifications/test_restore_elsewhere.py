"""A backup restored on a new machine: the file beside the database is not there."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifications import engine, selectors
from notifications.models import SweepState
from tests.notifications.conftest import Ask
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
TICK = timedelta(seconds=30)
A_DAY_AGO = timedelta(days=1)


@pytest.fixture
def swept_a_day_ago(settings: Any, tmp_path: Path, due: datetime) -> Path:
    """A database that was last swept a day ago, as a backup of the night is, and no marker."""
    settings.DISPATCH_MARKER = str(tmp_path / "marker")
    for n in range(5):
        engine.sweep(at=due - A_DAY_AGO + n * TICK)
    marker = tmp_path / "marker"
    marker.unlink()
    return marker


def test_a_backup_restored_where_no_marker_is_waits_for_an_operator(
    ask: Ask, mailbox: Mailbox, swept_a_day_ago: Path, due: datetime
) -> None:
    ask()

    assert engine.sweep(at=due).claimed == 0
    assert selectors.dispatch_hold() is not None
    assert not mailbox.received


def test_another_worker_without_a_marker_beside_a_database_in_use_is_no_restore(
    ask: Ask, mailbox: Mailbox, swept_a_day_ago: Path, due: datetime
) -> None:
    SweepState.objects.update(last_sweep_at=due - TICK)
    ask()

    assert engine.sweep(at=due).sent == 1
    assert selectors.dispatch_hold() is None
