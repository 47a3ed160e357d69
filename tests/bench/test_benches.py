"""Each bench runs, small, and prints what it measured against what; how fast is not asked here."""

import subprocess
import sys

import pytest

from tests import services

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


def small(name: str) -> str:
    """Run a bench as one does by hand and return what it printed."""
    ended = subprocess.run(
        [sys.executable, f"bench/{name}.py", "--small"],
        cwd=services.ROOT,
        env=services.inherited(),
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def line_of(printed: str, begins: str) -> str:
    """Return the one line that begins so."""
    (line,) = [line for line in printed.splitlines() if line.startswith(begins)]
    return line


def test_dispatch_compares_two_workers_with_a_naive_engine_and_a_bare_sender() -> None:
    printed = small("dispatch")

    for case in ("naive", "engine", "bare"):
        assert "of PostgreSQL a mail" in line_of(printed, f"{case}: ")
    for pair in ("engine / naive by rate", "engine / naive by CPU", "engine / bare SMTP"):
        line = line_of(printed, pair)
        assert all(word in line for word in ("baseline", "ratio", "target at least"))


def test_tick_uses_the_partial_index_whatever_the_table() -> None:
    printed = small("tick")

    assert line_of(printed, "plan of the claim").endswith("Index Scan using reminder_to_do")
    for measured in ("claim and recheck of 100", "claim of nothing among", "empty sweep"):
        line = line_of(printed, measured)
        assert all(word in line for word in ("baseline", "ratio", "target at most 1.2"))
    assert "without the index" in line_of(printed, "claim of 100 among")


def test_memory_compares_the_end_with_the_first_tenth() -> None:
    printed = small("memory")

    assert "baseline" in line_of(printed, "resident memory after 100 mails")
    assert "target at most 2" in line_of(printed, "growth in MB")


def test_plans_asked_for_again_change_nothing() -> None:
    printed = small("plans")

    for way in ("one plan after the other", "of a clinic at once"):
        assert line_of(printed, f"{way}: rows changed by a second run: 0 ").endswith("met")
        assert "save()" in line_of(printed, f"{way}: reminders of 10 plans")
        assert line_of(printed, f"{way}: statements")
    assert "target at least 40" in line_of(printed, "of a clinic at once: reminders")


def test_outage_compares_the_api_while_a_week_is_worked_off_with_the_api_at_rest() -> None:
    printed = small("outage")

    assert "200 mailed" in line_of(printed, "a week of 200 patients")
    for what in ("list of 50", "registration"):
        line = line_of(printed, f"{what}, p95 while it is worked off")
        assert all(word in line for word in ("baseline", "ratio", "target at most 2"))


def test_embedded_compares_people_beside_the_sender_with_people_alone() -> None:
    printed = small("embedded")

    assert line_of(printed, "mails sent beside the program").endswith("nothing locked")
    for what in ("list of 50", "registration"):
        line = line_of(printed, f"{what}, p99 beside the sender")
        assert all(word in line for word in ("baseline", "ratio"))
    assert "target at most 50" in line_of(printed, "the slower p99 in ms")


def test_lists_compares_a_page_with_the_same_page_of_a_tenth_of_the_rows() -> None:
    printed = small("lists")

    for name in ("patients, first page", "patients, last page", "patients by name", "reminders,"):
        for line in [each for each in printed.splitlines() if each.startswith(name)]:
            assert all(word in line for word in ("baseline", "ratio", "target at most 1.3"))
    assert len(printed.splitlines()) == 7
