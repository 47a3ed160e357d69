"""Where the sources contradict each other, and what is done until a clinician decides.

Shown on the page that is signed; no rule reads it.
"""

from dataclasses import dataclass

from tapers.domain import sources
from tapers.domain.sources import Source


@dataclass(frozen=True)
class Contradiction:
    """Two sentences that cannot both hold, and the default here."""

    title: str
    says: str
    default: str
    sources: tuple[Source, ...]


CONTRADICTIONS = (
    Contradiction(
        "The whole and its steps",
        "The brief tapers in 4 to 8 weeks, but its steps take longer from above 60 mg, and from "
        "above 40 mg with all but one of the eight standard combinations.",
        "The steps are kept, the total is pointed out, and options that fit are offered. Above "
        "60 mg it is said plainly that there is none.",
        (sources.BRIEF_WINDOW, sources.BRIEF_ABOVE_10, sources.BRIEF_FROM_10),
    ),
    Contradiction(
        "Stop, or stay at 10 mg",
        "The brief stops steroids, and elsewhere names methotrexate with 10 mg or less.",
        "The target is 0; staying lower wants a recorded reason and a steroid-sparing drug.",
        (sources.BRIEF_TARGET, sources.BRIEF_LOW_METHOTREXATE),
    ),
    Contradiction(
        "Two doses of methotrexate",
        "7.5-15 mg a week in one place, 15 to 25 mg in another.",
        "Two protocols that are never merged; the clinician picks.",
        (sources.BRIEF_LOW_METHOTREXATE, sources.BRIEF_METHOTREXATE),
    ),
    Contradiction(
        "CK without meaning, and as a trigger",
        "A normal CK does not predict improvement, yet a raised one is a reason to treat.",
        "CK never changes a plan by itself.",
        (sources.BRIEF_CK, sources.METHOTREXATE_TRIAL),
    ),
    Contradiction(
        "No benefit, or a little",
        "The brief says steroids do not help in IBM; in the crossover trial it leans on, "
        "prednisone had helped 10 of 25 modestly before.",
        "It is called no controlled evidence of benefit, never proof that there is none.",
        (sources.BRIEF_BENEFIT, sources.CROSSOVER_TRIAL, sources.COCHRANE),
    ),
    Contradiction(
        "Watching for what cannot be told apart",
        "Steroid myopathy is to be watched for, and cannot be told from IBM.",
        "The pattern is shown as a prompt, with that sentence beside it.",
        (sources.BRIEF_STEROID_MYOPATHY, sources.STEROID_MYOPATHY),
    ),
    Contradiction(
        "Decline in the taper",
        "The brief calls it likely the natural course. Average IBM loses less than 1 % of "
        "strength in 8 weeks, and adrenal insufficiency weakens, too.",
        "Adrenal alerts come before that note; the note names what to check first, and the "
        "average loss stands beside it.",
        (sources.BRIEF_NATURAL_COURSE, sources.LONGITUDINAL, sources.ADRENAL_GUIDELINE),
    ),
    Contradiction(
        "Azathioprine a week",
        "The brief's \"25-50 mg weekly\" is mg a week, or mg a day raised weekly; the drug's label "
        "raises far slower.",
        "No schedule until somebody confirmed mg a day; the label's pace is the default.",
        (sources.BRIEF_AZATHIOPRINE, sources.AZATHIOPRINE_LABEL),
    ),
    Contradiction(
        "The last weeks",
        "The brief passes 5 and 2.5 mg in 2 to 4 weeks; the adrenal guideline spends months "
        "there, or tests morning cortisol.",
        "Both are shown on the step to 5 mg. A pause or slower steps for the adrenal axis are "
        "accepted with that reason.",
        (sources.BRIEF_FROM_10, sources.ADRENAL_TAPER),
    ),
    Contradiction(
        "Where the brief's numbers come from",
        "Its steps and visits cite secondary pages, one of them about another disease; its 4 to 8 "
        "weeks are the wording of a guideline for polymyalgia.",
        "They are shown as the protocol of one clinic, never as a guideline for IBM.",
        (sources.BRIEF,),
    ),
)
