"""A mail's wording with gaps for what differs from reader to reader, made once for many mails.

Templates, styles and translation are done when the form is made. Filling it in only escapes what
is personal and puts it into its gaps.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import css_inline
from django.template import Context, engines
from django.utils.html import escape

GAP = re.compile("\N{REPLACEMENT CHARACTER}([a-z_]+)\N{REPLACEMENT CHARACTER}")
BLANK_LINES = re.compile(r"\n{3,}")

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)
Pieces = tuple[str, ...]  # text, gap's name, text, gap's name, … text


@dataclass(frozen=True)
class Form:
    """Subject, text and HTML of a kind of mail."""

    subject: Pieces
    text: Pieces
    html: Pieces

    def filled(self, personal: Mapping[str, str]) -> tuple[str, str, str]:
        """Return subject, text and HTML with the gaps filled in."""
        escaped = {name: escape(value) for name, value in personal.items()}
        return (
            " ".join(_join(self.subject, personal).split()),
            _join(self.text, personal),
            _join(self.html, escaped),
        )


def form_of(name: str, *, values: Mapping[str, Any], gaps: tuple[str, ...]) -> Form:
    """Render the three templates of *name*; *gaps* are the values left open.

    A template may ask whether one of them is there, and write it out; no more.
    """
    given = {**values, **{gap: f"\N{REPLACEMENT CHARACTER}{gap}\N{REPLACEMENT CHARACTER}"
                          for gap in gaps}}  # fmt: skip
    text = BLANK_LINES.sub("\n\n", _render(f"{name}.txt", given).strip()) + "\n"
    html = _inliner.inline(_render(f"{name}.html", given | _kept_on_one_line(values)))
    return Form(
        subject=_split(_render(f"{name}.subject.txt", given)),
        text=_split(text),
        html=_split(html),
    )


def _render(name: str, values: Mapping[str, Any]) -> str:
    template = engines["django"].engine.get_template(name)  # type: ignore[attr-defined]
    return str(template.render(Context(dict(values), autoescape=name.endswith(".html"))))


def _kept_on_one_line(values: Mapping[str, Any]) -> dict[str, Any]:
    """In HTML a telephone number must not break; in text, spaces stay spaces for copying."""
    return {"phone": str(values["phone"]).replace(" ", "\N{NO-BREAK SPACE}")}


def _split(rendered: str) -> Pieces:
    return tuple(GAP.split(rendered))


def _join(pieces: Pieces, personal: Mapping[str, str]) -> str:
    return "".join(personal[each] if n % 2 else each for n, each in enumerate(pieces))
