"""Collects what patients read, brings the translators' catalogues up to date and compiles them.

    python scripts/translations.py            write tracker/locale/*/LC_MESSAGES/django.po and .mo
    python scripts/translations.py --check    write nothing; fail if a sentence has no translation

A new sentence is added without a translation, and the check names it; one no longer used goes.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LOCALE = ROOT / "tracker" / "locale"
LANGUAGES = ("de", "es", "fr")
TEMPLATES = (
    "tracker/templates/portal/*.html",
    "notifications/templates/notifications/verify.html",
    "notifications/templates/notifications/email/*.patient.*",
    "notifications/templates/notifications/email/*details.*",
)
PROGRAMS = (
    "patients/languages.py",
    "notifications/email/render.py",
    "tracker/portal/**/*.py",
)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "pgettext": ((1, "c"), 2),
}
SAME_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # a file changes only where its sentences do
Sentence = tuple[str, str | None]  # the English one, and its context


def sentences() -> Iterator[Sentence]:
    """Yield what is marked for translation, and the domain's words for patients, which are not."""
    for pattern in TEMPLATES:
        for path in sorted(ROOT.glob(pattern)):
            yield from _marked(templatize(path.read_text(encoding="utf-8"), origin=str(path)))
    for pattern in PROGRAMS:
        for path in sorted(ROOT.glob(pattern)):
            yield from _marked(path.read_text(encoding="utf-8"))
    from patients.languages import AFTER_AN_AMOUNT  # noqa: PLC0415 - ROOT is on the path by now

    yield from ((words, None) for words in _of_the_domain())
    yield from ((drug, AFTER_AN_AMOUNT) for drug in _drugs())


def _marked(program: str) -> Iterator[Sentence]:
    for _, message, _, context in extract("python", BytesIO(program.encode()), keywords=KEYWORDS):
        if isinstance(message, str) and message:
            yield message, context


def _of_the_domain() -> Iterator[str]:
    from tapers.domain.symptoms import Symptom  # noqa: PLC0415 - ROOT is on the path only by now

    yield from _drugs()
    yield from (symptom.patient_text for symptom in Symptom)


def _drugs() -> Iterator[str]:
    from tapers.domain.dose import Drug  # noqa: PLC0415
    from tapers.domain.sparing import Agent  # noqa: PLC0415

    yield from (drug.label.lower() for drug in Drug)
    yield from (agent.label.lower() for agent in Agent if agent is not Agent.IVIG)


def updated(language: str) -> Catalog:
    """Return the catalogue with every sentence in use, and with no other."""
    path = _folder(language) / "django.po"
    known = read_po(path.open("rb"), locale=language) if path.exists() else Catalog(language)
    catalog = Catalog(
        language,
        project="Taperline",
        version="1",
        header_comment="# What patients read, in the translators' words.",
        creation_date=SAME_DAY,
        revision_date=SAME_DAY,
        fuzzy=False,
    )
    for sentence, context in dict.fromkeys(sentences()):
        old = known.get(sentence, context)
        catalog.add(sentence, old.string if old else "", context=context, flags=_flags(sentence))
    return catalog


def _flags(sentence: str) -> list[str]:
    return ["python-format"] if "%(" in sentence else []


def _folder(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES"


def faults_of(catalog: Catalog) -> Iterator[str]:
    """Say of each sentence what keeps it from being shown."""
    for message in _messages(catalog):
        if not message.string:
            yield f"{catalog.locale}: no translation of {message.id!r}"
        yield from (f"{catalog.locale}: {error}" for error in message.check(catalog))


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def as_files(catalog: Catalog) -> dict[str, bytes]:
    source, compiled = BytesIO(), BytesIO()
    write_po(source, catalog, width=100, sort_output=False, omit_header=False)
    write_mo(compiled, catalog)
    return {"django.po": source.getvalue(), "django.mo": compiled.getvalue()}


def main() -> int:
    parser = argparse.ArgumentParser(description="Translations of what patients read")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if incomplete")
    check = parser.parse_args().check
    settings.configure(USE_I18N=True)
    django.setup()
    faults: list[str] = []
    for language in LANGUAGES:
        catalog = updated(language)
        faults += faults_of(catalog)
        for name, content in as_files(catalog).items():
            path = _folder(language) / name
            if path.exists() and path.read_bytes() == content:
                continue
            if check:
                faults.append(f"{path.relative_to(ROOT)} is out of date (sh scripts/dev docs)")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                print(f"wrote {path.relative_to(ROOT)}")
    for fault in faults:
        print(fault)
    return 1 if check and faults else 0


if __name__ == "__main__":
    sys.exit(main())
