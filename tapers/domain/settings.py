"""What each setting of the protocol is called, what it decides, and what its standard rests on."""

from dataclasses import dataclass

from tapers.domain import sources
from tapers.domain.sources import Source


@dataclass(frozen=True)
class Setting:
    """`rules`: the codes of the rules that read it; empty where it moves dates or mail."""

    name: str
    label: str
    says: str
    source: Source
    rules: tuple[str, ...] = ()


SETTINGS = (
    Setting(
        "window_applies_to",
        "The 4 to 8 weeks count",
        "To the end of the taper, or to the first day at 10 mg. Holds for plans made from now on.",
        sources.BRIEF_WINDOW,
        ("PLAN_LONG", "PLAN_SHORT", "PLAN_NO_CONFORMING"),
    ),
    Setting(
        "target_mg",
        "Target dose",
        "Above 0: the highest prednisone dose a patient may stay at, with a recorded reason and a "
        "steroid-sparing drug, without being told as a steroid without a plan. At 0 that line is "
        "the brief's 10 mg. Plans end at 0 either way.",
        sources.BRIEF_TARGET,
        ("NO_PLAN",),
    ),
    Setting(
        "visit_due_days",
        "A visit falls due after",
        "Days from the last measurement of strength, function or CK; reminders follow at once.",
        sources.BRIEF_VISITS,
        ("ASSESS_DUE",),
    ),
    Setting(
        "visit_overdue_after_days",
        "A visit is overdue after",
        "The last day that is still in time; reminders follow at once.",
        sources.BRIEF_VISITS,
        ("ASSESS_OVERDUE",),
    ),
    Setting(
        "mmt_drop_percent_same_rater",
        "Fall of strength, same rater",
        "From this share of the scale on a fall is more than the test's own error. The exact "
        "number is derived from the source, a proposal of this software.",
        sources.RELIABILITY,
        ("MMT_DROP",),
    ),
    Setting(
        "mmt_drop_percent_other_rater",
        "Fall of strength, other rater",
        "The same where another person measured, or nobody knows who did. The exact number is a "
        "proposal of this software.",
        sources.RELIABILITY,
        ("MMT_DROP",),
    ),
    Setting(
        "ibmfrs_note_points",
        "Fall of the function score, note",
        "From so many points on a fall is noted.",
        sources.IBMFRS_VALIDITY,
        ("IBMFRS_DROP",),
    ),
    Setting(
        "ibmfrs_warning_points",
        "Fall of the function score, warning",
        "From so many points on it is a warning. The exact number is derived from the source, a "
        "proposal of this software.",
        sources.IBMFRS_VALIDITY,
        ("IBMFRS_DROP",),
    ),
    Setting(
        "ck_rise_percent",
        "Rise of CK",
        "From this rise on, above the laboratory's limit, it is noted. The exact number is a "
        "proposal of this software, just above what the source calls chance.",
        sources.CK_VARIATION,
        ("CK_RISE",),
    ),
    Setting(
        "lab_overdue_days",
        "A laboratory check is overdue after",
        "Days after its own day.",
        sources.PROPOSAL,
        ("LAB_OVERDUE",),
    ),
    Setting(
        "critical_escalates_after_hours",
        "A critical alert goes to the leads after",
        "Hours in which nobody took it on or gave a reason.",
        sources.PROPOSAL,
    ),
    Setting(
        "warning_escalates_after_days",
        "A warning goes to the leads after",
        "Days in which nobody took it on or gave a reason; on a working day, unless the clinic "
        "mails its team every day.",
        sources.PROPOSAL,
    ),
)


def settings_of_rule(code: str) -> tuple[Setting, ...]:
    """Return the settings that a rule reads."""
    return tuple(setting for setting in SETTINGS if code in setting.rules)
