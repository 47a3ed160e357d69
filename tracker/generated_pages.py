"""The pages of docs/ that are made from code, so that what a clinician signs is what runs."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from notifications import policy
from tapers.domain import states
from tapers.domain.rules import rulebook

FOLDER = Path(__file__).resolve().parent.parent / "docs"
NOTE = "<!-- Generated: sh scripts/dev docs. Change the code, not this page. -->"


def stale() -> tuple[Path, ...]:
    """Return the pages that differ from what the code would write."""
    return tuple(
        page
        for page, text in _rendered()
        if not page.exists() or page.read_text(encoding="utf-8") != text
    )


def write() -> tuple[Path, ...]:
    """Bring every page up to date; return those that changed."""
    changed = stale()
    for page, text in _rendered():
        if page in changed:
            page.write_text(text, encoding="utf-8")
    return changed


def _rendered() -> list[tuple[Path, str]]:
    return [(FOLDER / name, render()) for name, render in PAGES.items()]


def _clinical_rules() -> str:
    return f"{NOTE}\n\n{rulebook.markdown().strip()}\n"


def _taper_states() -> str:
    return _diagram(
        title="The states of a taper",
        says="The words are those of FHIR's CarePlan; every arrow is an action a member may take "
        "if the role allows it.",
        mermaid=states.mermaid(),
    )


def _reminder_states() -> str:
    return _diagram(
        title="The states of a reminder",
        says="Every move is one UPDATE that names the state before, so that of two workers one "
        "wins. Sent, cancelled and expired are final.",
        mermaid=policy.mermaid(),
    )


def _diagram(*, title: str, says: str, mermaid: str) -> str:
    return f"{NOTE}\n\n# {title}\n\n{says}\n\n```mermaid\n{mermaid.strip()}\n```\n"


def _openapi() -> str:
    document = StringIO()
    call_command("spectacular", stdout=document)
    return f"{document.getvalue().strip()}\n"


PAGES: dict[str, Callable[[], str]] = {
    "clinical-rules.md": _clinical_rules,
    "taper-states.md": _taper_states,
    "reminder-states.md": _reminder_states,
    "openapi.yml": _openapi,
}
