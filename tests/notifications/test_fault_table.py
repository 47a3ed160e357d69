"""Every fault that the reminder engine is to survive, and the tests that play it.

The table is read by people and held to the code: a fault without a test, a test that is gone and a
test of a fault that is not named here are failures.
"""

import importlib
from types import ModuleType

import pytest

FAULTS = "tests.notifications.test_faults"
SERVERS = "tests.notifications.test_faults_of_servers"
WEB = "tests.notifications.test_faults_of_web"
SMTP = "tests.notifications.test_faults_of_smtp"
CALLED_BACK = "tests.notifications.test_faults_called_back"
ENGINE = "tests.notifications.test_engine"
CLOCKS = "tests.notifications.test_clocks"
CELERY = "tests.infrastructure.test_celery"
CATCH_UP = "tests.notifications.test_catch_up"
LESSONS = "tests.notifications.test_lessons"
RESTORE = "tests.notifications.test_restore"
BROKER = "tests.infrastructure.test_folder_broker"
ORDER = "tests.notifications.test_lock_order"

TESTS_OF: dict[str, tuple[str, ...]] = {
    "a worker killed before, during or after the hand-over": (
        f"{FAULTS}:test_lesson_15_a_killed_sweeper_loses_nothing_and_repeats_at_most_one",
        f"{FAULTS}:test_however_often_a_worker_is_killed_the_trail_tells_of_each_mail_once",
        f"{ENGINE}:test_a_lapsed_claim_is_just_a_due_row",
        f"{ENGINE}:test_a_worker_that_vanished_while_handing_over_leaves_an_unknown_try",
    ),
    "several at once: two beats and three workers on 500 due rows": (
        f"{CELERY}:test_two_beats_and_three_workers_send_500_mails_once_each",
        f"{FAULTS}:test_lesson_11_three_at_once_send_each_mail_once",
        f"{FAULTS}:test_what_one_claims_the_other_skips_without_waiting",
    ),
    "the same task delivered six times at once": (
        f"{CELERY}:test_one_wake_up_delivered_six_times_sends_one_mail",
        f"{FAULTS}:test_lesson_10_a_wake_up_delivered_six_times_sends_each_mail_once",
    ),
    "Redis flushed": (
        f"{CELERY}:test_a_flushed_broker_and_a_killed_worker_lose_no_reminder",
    ),
    "Redis restarted": (
        f"{CELERY}:test_a_broker_that_restarts_empty_delays_and_loses_nothing",
    ),
    "Redis away: broker, and where tries of log-ins are counted": (
        f"{WEB}:test_while_redis_is_away_people_work_on_and_nobody_is_let_in_uncounted",
    ),
    "half a message in the broker of files": (
        f"{BROKER}:test_a_message_is_not_there_before_it_is_whole",
    ),
    "PostgreSQL restarted in the middle of a sweep": (
        f"{SERVERS}:test_postgresql_restarted_twice_loses_nothing_and_repeats_at_most_one_each_time",
    ),
    "PostgreSQL away while people and programs work": (
        f"{WEB}:test_while_postgresql_is_away_the_web_answers_503_and_then_goes_on_by_itself",
    ),
    "the disk full": (
        f"{SERVERS}:test_on_a_full_disk_no_mail_begins_and_all_go_out_once_there_is_room",
        f"{WEB}:test_while_the_disk_is_full_changes_are_refused_whole_and_taken_afterwards",
    ),
    "SQLite locked by another": (
        f"{WEB}:test_sqlite_locked_by_another_for_three_seconds_only_makes_wait",
        f"{WEB}:test_sqlite_locked_for_longer_answers_503_and_stores_nothing_in_part",
        f"{SERVERS}:test_sqlite_locked_by_another_for_three_seconds_only_delays",
    ),
    "SMTP refuses connections": (
        f"{FAULTS}:test_while_the_server_is_away_nothing_is_lost",
        f"{SMTP}:test_a_server_that_refuses_connections_delays_and_charges_nothing",
        f"{LESSONS}:test_lesson_15_nothing_is_final_before_the_server_has_accepted_it",
    ),
    "SMTP hangs": (
        f"{SERVERS}:test_a_server_that_hangs_or_closes_for_a_while_costs_time_only",
        f"{SMTP}:test_a_server_that_hangs_before_the_text_delays_and_repeats_nothing",
        f"{SMTP}:test_a_server_that_hangs_after_the_text_is_unknown_and_repeated_once",
        f"{ENGINE}:test_a_server_that_takes_nothing_is_as_good_as_away",
    ),
    "SMTP 421": (
        f"{SERVERS}:test_a_server_that_hangs_or_closes_for_a_while_costs_time_only",
        f"{SMTP}:test_a_server_that_says_421_gets_each_mail_once",
        f"{ENGINE}:test_a_line_that_broke_between_two_mails_is_opened_again",
    ),
    "SMTP 451": (
        f"{SMTP}:test_a_mail_put_off_with_451_comes_later_and_once",
        f"{ENGINE}:test_later_means_later_with_a_wait",
        f"{ENGINE}:test_put_off_for_ever_is_given_up_visibly",
    ),
    "SMTP 550": (
        f"{SMTP}:test_an_address_refused_with_550_is_tried_once_and_left_to_a_person",
        f"{ENGINE}:test_a_refused_address_is_flagged_and_the_others_are_not_concerned",
    ),
    "SMTP 554, to one mail": (
        f"{SMTP}:test_a_mail_refused_with_554_costs_that_mail_only",
    ),
    "SMTP: all of it, drawn for each mail": (
        f"{SERVERS}:test_whatever_the_mail_server_does_the_counts_add_up",
    ),
    "the line dropped after DATA and before the answer": (
        f"{FAULTS}:test_a_line_dropped_before_the_answer_is_repeated_once",
        f"{ENGINE}:test_twice_unknown_is_left_to_a_person",
    ),
    "revised, held, died or consent withdrawn between claim and send": (
        f"{CALLED_BACK}:test_after_a_change_is_stored_no_text_begins",
        f"{ENGINE}:test_what_changes_between_claim_and_hand_over_is_seen",
    ),
    "plans that change while their mails go out": (
        f"{ORDER}:test_plans_change_while_their_mails_go_out",
    ),
    "four clock changes in four zones, the repeated and the skipped hour": (
        f"{CLOCKS}:test_a_day_on_which_the_clock_changes_gets_one_mail",
        f"{LESSONS}:test_lesson_12_one_mail_a_day_at_the_same_local_time_over_a_clock_change",
    ),
    "the clock jumps": (
        f"{CLOCKS}:test_a_clock_that_jumps_back_sends_nothing_again",
        f"{CLOCKS}:test_a_clock_that_jumps_ahead_sends_what_is_not_too_late",
    ),
    "a broken template": (
        f"{ENGINE}:test_a_broken_template_costs_its_kind_only_and_is_given_up_visibly",
    ),
    "a poisoned row": (
        f"{ENGINE}:test_a_mail_that_cannot_be_written_costs_that_mail_only",
    ),
    "three days of downtime": (
        f"{ENGINE}:test_after_three_days_of_downtime_only_what_still_helps_is_sent",
        f"{CATCH_UP}:test_three_days_without_a_sweep_are_told_in_words",
    ),
    "a week of downtime": (
        f"{WEB}:test_after_a_week_without_a_sweep_each_patient_gets_the_newest_mail_only",
    ),
    "SIGTERM": (
        f"{FAULTS}:test_told_to_end_it_marks_the_mail_in_hand_and_repeats_none",
    ),
    "SIGSTOP past the lease, then SIGCONT": (
        f"{FAULTS}:test_a_sweeper_frozen_past_its_lease_sends_nothing_when_it_wakes",
    ),
    "a restore from a backup": (
        f"{RESTORE}:test_nothing_is_sent_from_a_restored_database",
    ),
}  # fmt: skip
NOT_A_FAULT = {"test_the_claim_uses_the_index_of_what_is_to_do"}


@pytest.mark.parametrize("fault", TESTS_OF)
def test_each_fault_has_its_tests(fault: str) -> None:
    assert TESTS_OF[fault]
    for name in TESTS_OF[fault]:
        module, _, test = name.partition(":")
        assert callable(getattr(importlib.import_module(module), test, None)), name


@pytest.mark.parametrize("module", [FAULTS, SERVERS, WEB, SMTP, CALLED_BACK])
def test_each_test_of_a_fault_stands_in_the_table(module: str) -> None:
    named = {name for names in TESTS_OF.values() for name in names}
    tests = {name for name in vars(_imported(module)) if name.startswith("test_")}

    assert {f"{module}:{test}" for test in tests - NOT_A_FAULT} <= named


def _imported(module: str) -> ModuleType:
    return importlib.import_module(module)
