"""Everything that may be done to a taper's plan, under one name."""

from tapers.proposal import Proposal
from tapers.services.changing import (
    complete_taper,
    hold_taper,
    resume_taper,
    revise_taper,
    stop_taper,
)
from tapers.services.drafting import activate_taper, discard_draft, draft_taper, start_taper
from tapers.services.past_tapers import mark_past_taper_in_error
from tapers.services.reporting import report_step
from tapers.services.taking_back import take_back_report

__all__ = [
    "Proposal",
    "activate_taper",
    "complete_taper",
    "discard_draft",
    "draft_taper",
    "hold_taper",
    "mark_past_taper_in_error",
    "report_step",
    "resume_taper",
    "revise_taper",
    "start_taper",
    "stop_taper",
    "take_back_report",
]
