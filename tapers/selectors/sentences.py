"""One sentence for each event of a patient's timeline; a test asks for all of them."""

from collections.abc import Mapping
from typing import Any

from patients.facts import LABELS, Answer, Change, FactKind
from patients.vocabulary import Event
from tapers.domain.rules.titles import title_of
from tapers.domain.symptoms import Symptom

Details = Mapping[str, Any]

SENTENCES: dict[str, str] = {
    Event.PATIENT_REGISTERED: "Patient registered.",
    Event.PATIENT_CHANGED: "Details changed.",
    Event.PATIENT_STATUS_CHANGED: "Status changed.",
    Event.CONSENT_GIVEN: "Consent to e-mail recorded.",
    Event.CONSENT_WITHDRAWN: "Consent to e-mail withdrawn.",
    Event.ADDRESS_VERIFIED: "E-mail address confirmed.",
    Event.ADDRESS_FLAGGED: "E-mail address flagged: mail was refused.",
    Event.DIAGNOSIS_RECORDED: "Diagnosis recorded.",
    Event.EXPOSURE_RECORDED: "Earlier steroid treatment recorded.",
    Event.EXPOSURE_CORRECTED: "Steroid treatment: {what_changed}, version {version}.",
    Event.FACT_RECORDED: "{fact} recorded, of {from_on}.",
    Event.FACT_ENDED: "{fact} ended on {until_on}.",
    Event.FACT_CORRECTED: "{fact} corrected, version {version}.",
    Event.FACT_IN_ERROR: "{fact} marked as entered in error.",
    Event.ASSESSMENT_RECORDED: "Visit of {assessed_on} recorded.",
    Event.ASSESSMENT_CORRECTED: "Visit of {assessed_on} corrected, version {version}.",
    Event.TASK_OPENED: "Task opened.",
    Event.TASK_DONE: "Task done{settled}.",
    Event.TAPER_DRAFTED: "Taper drafted from {daily_mg} mg, {starts_on} to {first_zero_on}.",
    Event.TAPER_STARTED: "Taper activated, first day at 0 mg {first_zero_on}.",
    Event.PLAN_REVISED: "Plan revised to revision {revision}: first day at 0 mg now {after}.",
    Event.RULE_OVERRIDDEN: "{title} ({code}) accepted with a reason.",
    Event.TAPER_HELD: "Taper put on hold from {on}.",
    Event.TAPER_RESUMED: "Taper resumed on {on}, first day at 0 mg now {first_zero_on}.",
    Event.TAPER_STOPPED: "Taper stopped on {on}.",
    Event.TAPER_COMPLETED: "Taper completed on {on}.",
    Event.PAST_TAPER_RECORDED: "Finished taper from {daily_mg} mg, {starts_on} to "
    "{first_zero_on}, recorded.",
    Event.PAST_TAPER_IN_ERROR: "Finished taper from {daily_mg} mg, {starts_on} to "
    "{first_zero_on}, marked as entered in error.",
    Event.DRAFT_DISCARDED: "Draft discarded.",
    Event.STEP_REPORTED: "Step {step} reported: {outcome}{taken}.",
    Event.STEP_REPORT_TAKEN_BACK: "Taken back, with a reason: step {step} taken{taken}.",
    Event.SPARING_STARTED: "{drug} recorded: {mg} mg {how} from {starts_on}.",
    Event.SPARING_REVISED: "{drug} changed: revision {revision} from {from_on}.",
    Event.SPARING_ENDED: "{drug} ended on {on}.",
    Event.SPARING_DISCARDED: "{drug} marked as entered in error.",
    Event.INFUSION_RECORDED: "IVIG of {on} recorded: {g_per_kg} g a kg.",
    Event.INFUSION_DISCARDED: "IVIG of {on} marked as entered in error.",
    Event.SYMPTOMS_REPORTED: "Symptoms{of_a_day} reported{as_history}: {symptoms}.",
    Event.SYMPTOMS_IN_ERROR: "Symptoms{of_a_day} marked as entered in error: {symptoms}.{pause}",
    Event.RED_FLAG_LIFTED: "Red flag lifted with a reason; reminders of reductions go on.",
    Event.LINK_OPENED: "The patient opened the page behind the link of a mail.",
    Event.LINK_LOCKED: "Links locked: the birth date was wrong too often.",
    Event.LINKS_REVOKED: "All links sent so far were revoked.",
    Event.ALERT_RAISED: "{title} ({code}) raised; it waits for a reason.",
    Event.ALERT_ACKNOWLEDGED: "{title} ({code}) acknowledged with a reason.",
    Event.ALERT_ASSIGNED: "{title} ({code}) {assigned}.",
    Event.ALERT_CHECKED: "{title} ({code}) looked at again.",
    Event.PROTOCOL_CHANGED: "The clinic's protocol changed to version {version}.",
    Event.RULES_SIGNED: "The clinical rules {rulebook} were signed.",
    Event.REMINDERS_SCHEDULED: "Reminders scheduled: {added} new, {cancelled} cancelled.",
    Event.REMINDER_SENT: "Reminder sent.",
    Event.REMINDER_GAVE_UP: "Reminder could not be sent.",
    Event.REMINDER_CANCELLED: "Reminder cancelled.",
    Event.REMINDER_EXPIRED: "Reminder expired before it could be sent.",
    Event.DISPATCH_HELD: "Sending held: the database was restored from a backup.",
    Event.DISPATCH_CONFIRMED: "Sending goes on; what was due before the cut-off is assumed sent.",
    Event.SURGE_HELD: "Mail to patients held: {due} due at once, a usual busy hour has {usual}.",
    Event.SURGE_RELEASED: "Mail to patients goes on after a surge.",
    Event.REMINDER_RETRIED: "Reminder tried again.",
}
ASSIGNED = {"TAKEN": "taken on", "GIVEN": "handed over", "RELEASED": "released"}
CHANGES = {Change.IN_ERROR.value: "marked as entered in error"}
PAUSES = {
    "ENDED": " The pause of the red flag is over; reminders of reductions go on.",
    "STANDS": " Another red flag is open; reminders of reductions stay paused.",
    "BY_HAND": " The pause by hand, which the red flag had replaced, stands again.",
}
OUTCOMES = {"TAKEN": "taken", "NOT_YET": "not yet taken", "PROBLEM": "a problem"}


class _Known(dict[str, str]):
    """Details an event was written without read as three dots, instead of failing a page."""

    def __missing__(self, key: str) -> str:
        return "…"


def sentence_of(event: str, details: Details) -> str:
    """Return the sentence of an event with its details filled in."""
    return SENTENCES.get(event, Event(event).label + ".").format_map(_Known(_words(details)))


def _words(details: Details) -> dict[str, str]:
    words = {key: str(value) for key, value in details.items() if value is not None}
    ends = details.get("first_zero_on")
    if isinstance(ends, Mapping):
        words["after"] = str(ends.get("after", "…"))
    words["outcome"] = OUTCOMES.get(words.get("outcome", ""), words.get("outcome", "…"))
    words["taken"] = f" on {words['taken_on']}" if "taken_on" in words else ""
    words["title"] = title_of(words["code"]) if "code" in words else "…"
    words["assigned"] = ASSIGNED.get(words.get("change", ""), "handed over")
    words["fact"] = _fact(words)
    words["what_changed"] = CHANGES.get(words.get("change", ""), "corrected")
    words["settled"] = ": an answer made the call needless" if "settled_by" in words else ""
    words["pause"] = PAUSES.get(words.get("pause", ""), "")
    words |= _told_later(words)
    words["symptoms"] = _symptoms(details.get("symptoms"))
    return words


def _fact(words: Mapping[str, str]) -> str:
    """What was recorded, by the word of its code where it has one."""
    kind, code = words.get("kind", ""), words.get("code", "")
    if kind not in FactKind.values:
        return "…"
    label = LABELS.get(kind, {}).get(code, "")
    answer = words.get("answer", "") if kind == FactKind.CIRCUMSTANCE else ""
    said = f": {Answer(answer).label.lower()}" if answer in Answer.values else ""
    return f"{FactKind(kind).label}{f' ({label}{said})' if label else ''}"


def _told_later(words: Mapping[str, str]) -> dict[str, str]:
    """The day of symptoms that were told later."""
    day, told_on = words.get("happened_on"), words.get("reported_on")
    return {
        "of_a_day": f" of {day}" if day and day != told_on else "",
        "as_history": " as history" if words.get("is_history") == str(True) else "",
    }


def _symptoms(codes: object) -> str:
    labels = [Symptom(each).label.lower() for each in codes] if isinstance(codes, list) else []
    return ", ".join(labels) or "in the patient's own words"
