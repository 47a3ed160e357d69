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
BRIEF_BENEFIT = _brief("S03", "reviews show no evidence that steroids slow IBM")
BRIEF_LOW_METHOTREXATE = _brief(
    "S09", "with inflammation, methotrexate 7.5-15 mg weekly and prednisone up to 10 mg a day"
)
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
BRIEF_ABOVE_10_STAY = _brief("S14", "nobody stays above 10 mg a day")
BRIEF_STEROID_MYOPATHY = _brief("S08", "watch for steroid myopathy")
BRIEF_CK = _brief("S21", "a normal CK does not predict improvement")
BRIEF_NATURAL_COURSE = _brief(
    "S22",
    "worsening during the taper is likely the natural course",
    BRIEF_NOTE + " Average loss of strength is far below 1 % in 8 weeks, so a drop beyond test "
    "error is not explained by it.",
)
BRIEF_METHOTREXATE = _brief("S24", "methotrexate 15 mg weekly, to 25 mg over 3 to 6 months")
BRIEF_AZATHIOPRINE = _brief(
    "S25",
    "azathioprine 25-50 mg weekly, to 2 mg/kg",
    BRIEF_NOTE + " The unit is ambiguous: mg a day, raised weekly, is the cautious reading.",
)
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
CROSSOVER_TRIAL = Source(
    code="F13",
    title="Leff and others, crossover trial of two treatments in 11 people with IBM, Medicine",
    year=1993,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://pubmed.ncbi.nlm.nih.gov/8393509/",
    note="Small and open. The abstract was read: looking back, prednisone had brought a modest "
    "benefit to 10 of 25. The Cochrane review calls its risk of bias high.",
)
COCHRANE = Source(
    code="F15",
    title="Cochrane review: treatment of inclusion body myositis, CD001555",
    year=2015,
    kind=SourceKind.REVIEW,
    mark=Mark.FOUND,
    link="https://pmc.ncbi.nlm.nih.gov/articles/PMC9645777/",
    note="10 trials, 249 people; no effective treatment found.",
)
METHOTREXATE_TRIAL = Source(
    code="F14",
    title="Badrising and others, methotrexate in IBM, randomised trial, 48 weeks, 44 people",
    year=2002,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://pubmed.ncbi.nlm.nih.gov/11891832/",
    note="CK fell, strength did not improve; 8 of 21 stopped it, 1 of 23 stopped placebo.",
)
RELIABILITY = Source(
    code="F26",
    title="Baschung Pfister and others, reliability of manual muscle testing and dynamometry in "
    "myositis, PLoS One",
    year=2018,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://pmc.ncbi.nlm.nih.gov/articles/PMC5875759/",
)
RELIABILITY_PILOT = Source(
    code="F27",
    title="Pilot of the same group: standard error of muscle testing, Ann Rheum Dis 75 suppl "
    "2:1281",
    year=2016,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://ard.bmj.com/content/75/Suppl_2/1281.1",
    note="The copy read breaks off; the smallest detectable change was derived from it.",
)
LONGITUDINAL = Source(
    code="F28",
    title="Longitudinal study of IBM, 181 patients: loss of strength and function a year",
    year=2021,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://myneuronews.com/2021/04/13",
)
LONGITUDINAL_2013 = Source(
    code="F29",
    title="Longitudinal study of IBM, 51 patients",
    year=2013,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://www.ndcn.ox.ac.uk/publications/396230",
)
COHORT = Source(
    code="F32",
    title="Cohort of IBM in the United States, abstract P.14.16: falls, walking, function",
    year=2013,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://acemap.info/paper/356344700",
)
IBMFRS_VALIDITY = Source(
    code="F35",
    title="IBM functional rating scale: validity and the change that matters, J Neurol "
    "Neurosurg Psychiatry",
    year=2024,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://jnnp.bmj.com/content/early/2024/07/10/jnnp-2024-333617",
)
SWALLOWING = Source(
    code="F40",
    title="Swallowing clinic series in IBM (Shrivastava), J Laryngol Otol",
    year=2022,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
)
STEROID_MYOPATHY = Source(
    code="F54",
    title="Corticosteroid myopathy, overview",
    year=None,
    kind=SourceKind.REVIEW,
    mark=Mark.FOUND,
    link="https://emedicine.medscape.com/article/313842",
)
STEROID_OR_MYOSITIS = Source(
    code="F55",
    title="Steroid or inflammatory myopathy, textbook text quoted by a rheumatology forum",
    year=None,
    kind=SourceKind.REVIEW,
    mark=Mark.FOUND,
)
BONE = Source(
    code="F50",
    title="American College of Rheumatology: glucocorticoid-induced osteoporosis",
    year=2022,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
    link="https://www.guidelinecentral.com/guideline/7043",
)
METHOTREXATE_3E = Source(
    code="F57",
    title="3E initiative: use of methotrexate in rheumatic disease",
    year=None,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
)
LAB_METHOTREXATE = Source(
    code="F58",
    title="Monitoring of methotrexate: blood count, liver, kidney",
    year=None,
    kind=SourceKind.REVIEW,
    mark=Mark.FOUND,
)
AZATHIOPRINE_LABEL = Source(
    code="F61",
    title="Azathioprine prescribing information: dose and pace in rheumatoid arthritis",
    year=None,
    kind=SourceKind.LABEL,
    mark=Mark.FOUND,
)
NUDT15 = Source(
    code="F62",
    title="Clinical Pharmacogenetics Implementation Consortium: thiopurines, NUDT15",
    year=None,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
    link="https://pmc.ncbi.nlm.nih.gov/articles/PMC6576267/",
)
TPMT = Source(
    code="F63",
    title="Clinical Pharmacogenetics Implementation Consortium: thiopurines, TPMT",
    year=None,
    kind=SourceKind.GUIDELINE,
    mark=Mark.FOUND,
    link="https://pmc.ncbi.nlm.nih.gov/articles/PMC3098761/",
)
EAT10 = Source(
    code="K13",
    title="Belafsky and others, Eating Assessment Tool EAT-10",
    year=2008,
    kind=SourceKind.TRIAL,
    mark=Mark.KNOWN,
)
CK_VARIATION = Source(
    code="K17",
    title="Biological variation of CK (EFLM, Westgard tables)",
    year=None,
    kind=SourceKind.REVIEW,
    mark=Mark.KNOWN,
    note="The reference change of 42 to 64 % was computed from it.",
)
STEROID_MONITORING = Source(
    code="K18",
    title="van der Goes and others, EULAR: monitoring of glucocorticoid therapy, Ann Rheum Dis "
    "69:1913",
    year=2010,
    kind=SourceKind.GUIDELINE,
    mark=Mark.KNOWN,
)
WEEKLY_METHOTREXATE = Source(
    code="K19",
    title="Institute for Safe Medication Practices: methotrexate is given weekly",
    year=None,
    kind=SourceKind.GUIDELINE,
    mark=Mark.KNOWN,
)
DMARD_MONITORING = Source(
    code="K20",
    title="American College of Rheumatology: monitoring of disease-modifying drugs (Saag 2008, "
    "Singh 2016)",
    year=2016,
    kind=SourceKind.GUIDELINE,
    mark=Mark.KNOWN,
)
AZATHIOPRINE_COUNTS = Source(
    code="K21",
    title="Azathioprine prescribing information: blood counts",
    year=None,
    kind=SourceKind.LABEL,
    mark=Mark.KNOWN,
)
BSR = Source(
    code="K22",
    title="Ledingham and others, BSR/BHPR: prescribing and monitoring of disease-modifying drugs",
    year=2017,
    kind=SourceKind.GUIDELINE,
    mark=Mark.KNOWN,
)
RHABDOMYOLYSIS = Source(
    code="K23",
    title="Common thresholds of rhabdomyolysis",
    year=None,
    kind=SourceKind.REVIEW,
    mark=Mark.KNOWN,
)
CKD_EPI = Source(
    code="F70",
    title="Inker and others, CKD-EPI 2021: eGFR from creatinine, age and sex without race, N "
    "Engl J Med 385:1737",
    year=2021,
    kind=SourceKind.TRIAL,
    mark=Mark.FOUND,
    link="https://kidney.org/ckd-epi-creatinine-equation-2021",
    note="The equation was read as the National Kidney Foundation gives it, not the paper. Muscle "
    "loss lowers creatinine, so in IBM it reads too high.",
)
METHOTREXATE_LABEL = Source(
    code="K29",
    title="Methotrexate tablets, prescribing information: in psoriasis 30 mg a week is not "
    "ordinarily exceeded",
    year=None,
    kind=SourceKind.LABEL,
    mark=Mark.KNOWN,
)
FALLS_GUIDELINE = Source(
    code="K24",
    title="American and British Geriatrics Societies: prevention of falls",
    year=None,
    kind=SourceKind.GUIDELINE,
    mark=Mark.KNOWN,
)
PROPOSAL = Source(
    code="P1",
    title="Taperline's own proposal",
    year=2026,
    kind=SourceKind.PROPOSAL,
    mark=Mark.PROPOSAL,
    note="No literature behind the exact number; the responsible physician decides.",
)
