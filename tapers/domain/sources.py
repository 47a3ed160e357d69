"""Every source a rule or a table rests on, with how it was read and who reviewed it.

Marks: SEED is the taper brief this product was ordered with. FOUND was read in a stored copy,
usually an abstract or the first pages. KNOWN is cited from memory and was not read again.
PROPOSAL is a decision of this product without literature behind the exact number.
No source has been reviewed by a clinician yet; until then each is shown as unreviewed.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SourceKind(StrEnum):
    GUIDELINE = "GUIDELINE"
    TRIAL = "TRIAL"
    REVIEW = "REVIEW"
    LABEL = "LABEL"
    BRIEF = "BRIEF"
    PROPOSAL = "PROPOSAL"


class Mark(StrEnum):
    SEED = "SEED"
    FOUND = "FOUND"
    KNOWN = "KNOWN"
    PROPOSAL = "PROPOSAL"


@dataclass(frozen=True)
class Source:
    code: str
    title: str
    year: int | None
    kind: SourceKind
    mark: Mark
    link: str | None = None
    note: str = ""
    reviewed_by: str | None = None
    reviewed_on: date | None = None

    @property
    def is_reviewed(self) -> bool:
        return self.reviewed_by is not None and self.reviewed_on is not None

    @property
    def citation(self) -> str:
        year = f" ({self.year})" if self.year else ""
        return f"{self.title}{year} [{self.code}]"


BRIEF_NOTE = (
    "Educational text of a medical-AI question site, marked there as pending human review, last "
    "changed 17 December 2025. Its numbers for steps and visits rest on secondary pages, not on "
    "evidence in IBM."
)


def _brief(code: str, what: str, note: str = BRIEF_NOTE) -> Source:
    return Source(
        code=code,
        title=f"Taper brief: {what}",
        year=2025,
        kind=SourceKind.BRIEF,
        mark=Mark.SEED,
        note=note,
    )


BRIEF_TARGET = _brief("S01", "steroids are tapered fast and stopped")
BRIEF_WINDOW = _brief("S05", "the whole taper takes 4 to 8 weeks")
BRIEF_ABOVE_10 = _brief("S06", "above 10 mg lower by 5 to 10 mg every 1 to 2 weeks")
BRIEF_FROM_10 = _brief("S07", "from 10 mg lower by 2.5 mg every 1 to 2 weeks")
BRIEF_BIOPSY = _brief(
    "S18",
    "confirm the diagnosis by biopsy",
    BRIEF_NOTE + " Present criteria also accept IBM that is clinically defined.",
)
BRIEF_AT_ONCE = _brief("S19", "the taper starts at once when IBM is confirmed")
BRIEF_VISITS = _brief("S20", "strength, function and CK every 4 to 8 weeks")
BRIEF = _brief("S27", "the text as a whole")

ADRENAL_GUIDELINE = Source(
    code="F1",
    title="Glucocorticoid-induced adrenal insufficiency, European Society of Endocrinology and "
    "Endocrine Society, essential points",
    year=2024,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
    link="https://www.endocrine.org/clinical-practice-guidelines/"
    "glucocorticoid-induced-adrenal-insufficiency",
)
ADRENAL_TAPER = Source(
    code="F2",
    title="The same guideline, recommendations 2.4 to 2.7: long-acting drugs, physiologic dose, "
    "morning cortisol",
    year=2024,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
    link="https://eguideline.guidelinecentral.com/i/1522404/3",
)
ADRENAL_SHORT_COURSE = Source(
    code="F3",
    title="The same guideline, recommendations 1.1 to 2.4: short courses, withdrawal, step back",
    year=2024,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
    link="https://www.guidelinecentral.com/guideline/3718254",
)
WITHDRAWAL_SIGNS = Source(
    code="F5",
    title="Cleveland Clinic Journal of Medicine: adrenal insufficiency and steroid withdrawal, "
    "table of symptoms",
    year=None,
    kind=SourceKind.REVIEW,
    mark=Mark.FOUND,
    link="https://www.ccjm.org/highwire/markup/12221",
)
CRISIS_SIGNS = Source(
    code="F22",
    title="Northern Care Alliance leaflet: adrenal crisis in rheumatology",
    year=None,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
    link="https://www.northerncarealliance.nhs.uk",
    note="A leaflet of one trust for patients.",
)
STEROID_CARD = Source(
    code="F6",
    title="NHS Steroid Emergency Card bulletin",
    year=None,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
    link="https://docslib.org/doc/7648006",
)
PREDNISONE_LABEL = Source(
    code="F9",
    title="Prednisone tablets, prescribing information: strengths 1 to 50 mg",
    year=None,
    kind=SourceKind.LABEL,
    mark=Mark.FOUND,
    link="https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm"
    "?setid=2e62cf2e-dcbf-c15e-e063-6294a90a8168",
)
PHARMACOLOGY_TABLE = Source(
    code="F11",
    title="Glucocorticoid pharmacology, table of equivalents",
    year=None,
    kind=SourceKind.REVIEW,
    mark=Mark.FOUND,
    link="https://pmc.ncbi.nlm.nih.gov/articles/PMC4369706/",
)
EQUIVALENCE = Source(
    code="F12",
    title="Steroid equivalence pages, based on labels",
    year=None,
    kind=SourceKind.LABEL,
    mark=Mark.FOUND,
    link="https://droracle.ai/articles/818815",
    note="Anti-inflammatory ratios; tables differ for betamethasone (0.6 to 0.75 mg).",
)
CRITERIA = Source(
    code="K3",
    title="188th ENMC workshop: inclusion body myositis (Rose), Neuromuscul Disord 23:1044",
    year=2013,
    kind=SourceKind.REVIEW,
    mark=Mark.KNOWN,
)
PREDNISOLONE_TABLETS = Source(
    code="K5",
    title="British National Formulary, prednisolone: strengths",
    year=None,
    kind=SourceKind.LABEL,
    mark=Mark.KNOWN,
)
DEFLAZACORT = Source(
    code="K6",
    title="Deflazacort product information: 6 mg for 5 mg of prednisone",
    year=None,
    kind=SourceKind.LABEL,
    mark=Mark.KNOWN,
    note="Sources range from 6 to 7.5 mg.",
)
ADRENAL_PAPER = Source(
    code="K7",
    title="Beuschlein and others, the guideline's full paper, J Clin Endocrinol Metab 109:1657",
    year=2024,
    kind=SourceKind.GUIDELINE,
    mark=Mark.KNOWN,
    link="https://pmc.ncbi.nlm.nih.gov/articles/PMC11180513/",
)
PROPOSAL = Source(
    code="P1",
    title="Taperline's own proposal",
    year=2026,
    kind=SourceKind.PROPOSAL,
    mark=Mark.PROPOSAL,
    note="No literature behind the exact number; the responsible physician decides.",
)
