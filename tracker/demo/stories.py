"""The patients of the demo, one story each. Days count from the day the demo is made: -28 is four
weeks ago. All people are made up; readings lie where published courses of IBM lie."""

from patients.instruments.mmt import Muscle, Side
from patients.models import Patient
from patients.vocabulary import Content
from tapers.domain.dose import Drug
from tracker.demo.beside import (
    gives_blood,
    is_told_what_to_do_when_ill,
    takes_methotrexate,
    was_looked_at_before_methotrexate,
)
from tracker.demo.cast import REFUSED_ADDRESS
from tracker.demo.visit import Visit
from tracker.demo.ward import Ward
from tracker.simulation.replay import Story

WEIGHT_AND_PRESSURE = "WEIGHT", "BP_SYSTOLIC", "BP_DIASTOLIC"


def step_due_today(ward: Ward) -> Story:
    """20 mg in eight weeks; today the dose goes from 7.5 to 5 mg."""
    at = yield ward.at(-64, "09:50")
    patient = ward.register(
        "RV-1041", "Margaret Ellis", "1954-03-08", "FEMALE", email="margaret.ellis@mail.example",
        at=at,
    )  # fmt: skip
    ward.diagnose(patient, confirmed_days=-420, at=at)
    ward.note_exposure(patient, "20", since_days=-300, at=at)
    ward.begin(ward.reachable(patient, days=-64, content=Content.DETAILS))
    ward.begin(
        ward.visits(
            patient,
            Visit(-64, 62, 29, 910, more=_vitals("71.4", "138", "82")),
            Visit(-30, 61, 29, 640, more=_vitals("71.9", "141", "84")),
            Visit(-3, 61, 28, 520, more=_vitals("71.0", "136", "80")),
        )
    )
    at = yield ward.at(-29, "14:05")
    taper = ward.draft(patient, "20", starts=-28, regimen=("10", 14, 14), at=at)
    at = yield ward.at(-29, "16:30")
    ward.sign(taper, at=at)
    yield from ward.takes_steps(taper, 1, 2)


def step_late(ward: Ward) -> Story:
    """The step of three days ago is not reported, and the visit has been due since five."""
    at = yield ward.at(-58, "13:20")
    patient = ward.register(
        "RV-1052", "Tomasz Wilk", "1959-11-23", "MALE", email="tomasz.wilk@mail.example", at=at
    )
    ward.diagnose(patient, confirmed_days=-210, at=at)
    ward.note_exposure(patient, "15", since_days=-170, at=at)
    ward.begin(ward.reachable(patient, days=-58))
    ward.begin(
        ward.visits(
            patient,
            Visit(-58, 70, 34, 1480),
            Visit(-33, 70, 33, 1210),
        )
    )
    at = yield ward.at(-32, "11:40")
    taper = ward.draft(patient, "15", starts=-31, regimen=("5", 7, 14), at=at)
    at = yield ward.at(-32, "15:10")
    ward.sign(taper, at=at)
    yield from ward.takes_steps(taper, 1, 2)


def longer_than_eight_weeks(ward: Ward) -> Story:
    """30 mg in fourteen weeks, signed with a reason."""
    at = yield ward.at(-71, "10:05")
    patient = ward.register(
        "RV-1038", "Aiko Tanaka", "1967-06-30", "FEMALE", email="aiko.tanaka@mail.example", at=at
    )
    ward.diagnose(patient, confirmed_days=-530, at=at)
    ward.note_exposure(patient, "30", since_days=-500, at=at)
    ward.begin(ward.reachable(patient, days=-71, content=Content.DETAILS))
    ward.begin(
        ward.visits(
            patient,
            Visit(-71, 66, 31, 760, more=(("WALK_6_MIN", "388", "m"),)),
            Visit(-40, 66, 31, 690, more=(("WALK_6_MIN", "380", "m"),)),
            Visit(-13, 65, 31, 610, more=(("WALK_6_MIN", "384", "m"),)),
        )
    )
    ward.begin(_methotrexate_beside(ward, patient))
    at = yield ward.at(-38, "09:30")
    taper = ward.draft(patient, "30", starts=-37, regimen=("5", 14, 14), by=ward.prescriber, at=at)
    at = yield ward.at(-38, "09:45")
    ward.sign(
        taper,
        reasons={"PLAN_LONG": "Withdrawal symptoms in an earlier, faster taper; agreed with her."},
        at=at,
    )
    yield from ward.takes_steps(taper, 1, 2, 3)


def _methotrexate_beside(ward: Ward, patient: Patient) -> Story:
    """Once a week for nine weeks, with its blood tests every two weeks."""
    at = yield ward.at(-64, "10:40")
    gives_blood(ward, patient, days=-64, at=at)
    was_looked_at_before_methotrexate(ward, patient, days=-64, at=at)
    at = yield ward.at(-63, "16:10")
    takes_methotrexate(ward, patient, starts=-63, at=at)
    is_told_what_to_do_when_ill(ward, patient, at=at)
    for days in (-49, -35, -21, -7):
        at = yield ward.at(days, "08:30")
        gives_blood(ward, patient, days=days, at=at)


def no_conforming_plan(ward: Ward) -> Story:
    """80 mg: none of the standard plans ends within eight weeks. The draft waits."""
    at = yield ward.at(-6, "10:30")
    patient = ward.register(
        "RV-1077", "Georg Baumann", "1962-01-17", "MALE", email="georg.baumann@mail.example", at=at
    )
    ward.diagnose(patient, confirmed_days=-36, at=at)
    ward.note_exposure(patient, "80", since_days=-49, at=at)
    ward.begin(ward.reachable(patient, days=-6))
    ward.begin(ward.visits(patient, Visit(-6, 68, 33, 2350, more=_vitals("93.5", "152", "91"))))
    at = yield ward.at(-5, "15:45")
    ward.draft(patient, "80", starts=2, regimen=("10", 7, 7), at=at)


def on_hold(ward: Ward) -> Story:
    """Paused at 15 mg six days ago, for pneumonia."""
    at = yield ward.at(-60, "11:00")
    patient = ward.register(
        "RV-1049", "Lucía Herrera", "1956-09-02", "FEMALE", email="lucia.herrera@mail.example",
        at=at,
    )  # fmt: skip
    ward.diagnose(patient, confirmed_days=-300, at=at)
    ward.note_exposure(patient, "25", since_days=-260, at=at)
    ward.begin(ward.reachable(patient, days=-60))
    ward.begin(
        ward.visits(
            patient, Visit(-60, 58, 26, 540), Visit(-35, 57, 26, 480), Visit(-12, 57, 25, 430)
        )
    )
    at = yield ward.at(-34, "10:15")
    taper = ward.draft(patient, "25", starts=-33, regimen=("5", 14, 7), at=at)
    at = yield ward.at(-34, "12:00")
    ward.sign(taper, at=at)
    ward.begin(ward.takes_steps(taper, 1, 2))
    at = yield ward.at(-6, "09:20")
    ward.hold(taper, "Pneumonia, on antibiotics; no reduction until recovered.", at=at)


def completed_with_follow_up(ward: Ward) -> Story:
    """At 0 mg since a month; the visits go on."""
    at = yield ward.at(-118, "14:30")
    patient = ward.register(
        "RV-1020", "Samuel Okoye", "1951-12-11", "MALE", email="samuel.okoye@mail.example", at=at
    )
    ward.diagnose(patient, confirmed_days=-700, at=at)
    ward.note_exposure(patient, "10", since_days=-400, at=at)
    ward.begin(ward.reachable(patient, days=-118))
    ward.begin(
        ward.visits(
            patient,
            Visit(-118, 55, 24, 380),
            Visit(-80, 55, 24, 350),
            Visit(-47, 54, 24, 300),
            Visit(-12, 54, 23, 310),
        )
    )
    at = yield ward.at(-77, "10:00")
    taper = ward.draft(patient, "10", starts=-75, regimen=("5", 14, 14), at=at)
    at = yield ward.at(-76, "08:50")
    ward.sign(taper, at=at)
    yield from ward.takes_steps(taper, 1, 2, 3, 4)


def visit_overdue(ward: Ward) -> Story:
    """Strength and function were last measured two months ago; CK alone is not a visit."""
    at = yield ward.at(-128, "09:15")
    patient = ward.register(
        "RV-1017", "Ingrid Solberg", "1948-04-26", "FEMALE", email="ingrid.solberg@mail.example",
        at=at,
    )  # fmt: skip
    ward.diagnose(patient, confirmed_days=-900, at=at)
    ward.note_exposure(patient, "20", since_days=-800, at=at)
    ward.begin(ward.reachable(patient, days=-128))
    ward.begin(
        ward.visits(
            patient,
            Visit(-128, 49, 21, 290),
            Visit(-94, 48, 21, 260),
            Visit(-61, 48, 20, 240, unable=("SIT_TO_STAND_30_S",)),
            Visit(-25, ck=210),
        )
    )
    at = yield ward.at(-56, "13:40")
    taper = ward.draft(patient, "20", starts=-55, regimen=("10", 14, 14), at=at)
    at = yield ward.at(-56, "17:00")
    ward.sign(taper, at=at)
    yield from ward.takes_steps(taper, 1, 2, 3, 4)


def mail_refused(ward: Ward) -> Story:
    """The mailbox was closed a week ago: yesterday's heads-up could not be delivered."""
    at = yield ward.at(-48, "15:00")
    patient = ward.register(
        "RV-1055", "Harold Whitcombe", "1957-02-14", "MALE", email=REFUSED_ADDRESS, at=at
    )
    ward.diagnose(patient, confirmed_days=-120, at=at)
    ward.note_exposure(patient, "40", since_days=-95, at=at)
    ward.begin(ward.reachable(patient, days=-48))
    ward.begin(ward.visits(patient, Visit(-48, 72, 35, 3120), Visit(-15, 72, 35, 2440)))
    at = yield ward.at(-14, "09:35")
    taper = ward.draft(patient, "40", starts=-13, regimen=("10", 14, 7), at=at)
    at = yield ward.at(-14, "10:20")
    ward.sign(taper, at=at)
    ward.begin(ward.takes_steps(taper, 1))
    yield ward.at(-7, "12:00")
    ward.close_mailbox(patient)


def waits_for_signature(ward: Ward) -> Story:
    """A nurse drafted the pre-selected plan for 40 mg; a prescriber has to sign it."""
    at = yield ward.at(-12, "10:10")
    patient = ward.register(
        "RV-1074", "Beatriz Nogueira", "1964-08-19", "FEMALE",
        email="beatriz.nogueira@mail.example", at=at,
    )  # fmt: skip
    ward.diagnose(patient, confirmed_days=-60, at=at)
    ward.note_exposure(patient, "40", since_days=-75, at=at)
    ward.begin(ward.reachable(patient, days=-12))
    ward.begin(ward.visits(patient, Visit(-12, 71, 34, 1890, more=_vitals("64.2", "128", "78"))))
    at = yield ward.at(-1, "16:20")
    ward.draft(patient, "40", starts=3, at=at)


def many_visits(ward: Ward) -> Story:
    """Two and a half years of visits; a step back and a late step gave the plan three revisions."""
    at = yield ward.at(-905, "09:00")
    patient = ward.register(
        "RV-0872", "William Abernathy", "1953-07-05", "MALE",
        email="william.abernathy@mail.example", at=at,
    )  # fmt: skip
    ward.diagnose(patient, confirmed_days=-930, at=at)
    ward.begin(ward.visits(patient, *_two_and_a_half_years()))
    ward.begin(ward.reachable(patient, days=-64, content=Content.DETAILS))
    at = yield ward.at(-580, "11:40")
    ward.note_exposure(patient, "16", since_days=-610, drug=Drug.METHYLPREDNISOLONE, at=at)
    at = yield ward.at(-57, "10:30")
    taper = ward.draft(
        patient, "16", starts=-56, regimen=("5", 7, 14), drug=Drug.METHYLPREDNISOLONE, at=at
    )
    at = yield ward.at(-57, "11:00")
    ward.sign(taper, at=at)
    ward.begin(ward.takes_steps(taper, 1, 2))
    at = yield ward.at(-35, "18:10")
    ward.not_yet(taper, 3, at=at)
    at = yield ward.at(-32, "08:40")
    ward.takes(taper, 3, on=ward.day(-32), at=at)
    at = yield ward.at(-20, "09:10")
    ward.step_back(
        taper,
        "8",
        starts=-20,
        regimen=("5", 14, 14),
        reason="Aching joints and low mood since the last reduction: back to 8 mg, then slower.",
        at=at,
    )
    for days in (-20, -6):
        at = yield ward.at(days, "20:05")
        ward.takes_next(taper, at=at)


def weaker_on_the_way(ward: Ward) -> Story:
    """Thighs and hips weaker while CK became normal: steroid muscle effect, or IBM."""
    at = yield ward.at(-98, "10:40")
    patient = ward.register(
        "RV-1063", "Dorothea Marchetti", "1955-06-17", "FEMALE",
        email="dorothea.marchetti@mail.example", at=at,
    )  # fmt: skip
    ward.diagnose(patient, confirmed_days=-130, at=at)
    ward.note_exposure(patient, "40", since_days=-190, at=at)
    ward.begin(ward.reachable(patient, days=-98))
    ward.begin(
        ward.visits(
            patient,
            Visit(-98, 63, 29, 560, kendall=_grades(6, 7, 4), more=_timed("14.2", "318")),
            Visit(-66, 62, 28, 510, kendall=_grades(6, 7, 4), more=_timed("14.6", "310")),
            Visit(-39, 62, 28, 480, kendall=_grades(6, 7, 4), more=_timed("15.1", "302")),
            Visit(-24, 58, 27, 290, kendall=_grades(5, 6, 4), more=_timed("17.9", "264")),
            Visit(
                -5, 55, 26, 170, kendall=_grades(4, 5, 4), unable=("TUG",),
                more=(("WALK_6_MIN", "221", "m"),),
            ),
        )
    )  # fmt: skip
    at = yield ward.at(-39, "15:20")
    taper = ward.draft(patient, "40", starts=-38, regimen=("10", 7, 7), at=at)
    at = yield ward.at(-39, "16:05")
    ward.sign(taper, at=at)
    yield from ward.takes_steps(taper, 1, 2, 3, 4, 5, 6)


def nothing_yet(ward: Ward) -> Story:
    """Registered yesterday by telephone; nothing else is known."""
    at = yield ward.at(-1, "11:30")
    ward.register("RV-1079", "Chidi Eze", "1970-10-21", "MALE", at=at)


def no_mail_wished(ward: Ward) -> Story:
    """A long name, no consent to mail, and a plan that starts in three days."""
    at = yield ward.at(-26, "10:00")
    patient = ward.register(
        "RV-1068", "Maria-Magdalena Konstantinopoulou-Featherstonehaugh", "1960-05-13", "FEMALE",
        email="maria-magdalena.konstantinopoulou-featherstonehaugh@mail.example", at=at,
    )  # fmt: skip
    ward.suspect(patient, at=at)
    ward.note_exposure(patient, "10", since_days=None, at=at)
    ward.begin(ward.visits(patient, Visit(-26, 74, 36, 1150), Visit(-4, 74, 36, 1090)))
    at = yield ward.at(-4, "15:00")
    taper = ward.draft(patient, "10", starts=3, regimen=("5", 14, 14), at=at)
    at = yield ward.at(-3, "09:05")
    ward.sign(taper, at=at)


def transferred(ward: Ward) -> Story:
    """Moved to another hospital: the taper was stopped here, no mail goes out any more."""
    at = yield ward.at(-82, "12:10")
    patient = ward.register(
        "RV-1031", "Robert Delacroix", "1955-01-29", "MALE", email="robert.delacroix@mail.example",
        at=at,
    )  # fmt: skip
    ward.diagnose(patient, confirmed_days=-330, at=at)
    ward.note_exposure(patient, "17.5", since_days=-290, at=at)
    ward.begin(ward.reachable(patient, days=-82))
    ward.begin(ward.visits(patient, Visit(-82, 60, 27, 720), Visit(-48, 60, 27, 650)))
    at = yield ward.at(-47, "10:00")
    taper = ward.draft(patient, "17.5", starts=-46, regimen=("10", 14, 14), at=at)
    at = yield ward.at(-47, "14:45")
    ward.sign(taper, at=at)
    ward.begin(ward.takes_steps(taper, 1, 2))
    at = yield ward.at(-24, "16:00")
    ward.stop(taper, "Care moves to the university hospital, with its own plan.", at=at)
    ward.transfer(patient, at=at)


def lives_elsewhere(ward: Ward) -> Story:
    """Stays with her daughter in another time zone: mail comes by her clock, not the clinic's."""
    at = yield ward.at(-45, "13:00")
    patient = ward.register(
        "RV-1060", "Eleni Papadaki", "1958-03-27", "FEMALE", email="eleni.papadaki@mail.example",
        time_zone=ward.elsewhere.key, at=at,
    )  # fmt: skip
    ward.diagnose(patient, confirmed_days=-150, at=at)
    ward.note_exposure(patient, "12.5", since_days=-140, at=at)
    ward.begin(ward.reachable(patient, days=-45))
    ward.begin(ward.visits(patient, Visit(-45, 67, 31, 830), Visit(-15, 67, 31, 700)))
    at = yield ward.at(-13, "09:00")
    taper = ward.draft(patient, "12.5", starts=-12, regimen=("5", 7, 14), at=at)
    at = yield ward.at(-13, "09:30")
    ward.sign(taper, at=at)
    yield from ward.takes_steps(taper, 1)


def hillside_running(ward: Ward) -> Story:
    """The other clinic's patient: nobody at Riverside sees her."""
    at = yield ward.at(-40, "10:00")
    patient = ward.register(
        "HM-0203", "Anna Keller", "1961-09-14", "FEMALE", email="anna.keller@mail.example", at=at
    )
    ward.diagnose(patient, confirmed_days=-250, at=at)
    ward.note_exposure(patient, "35", since_days=-230, at=at)
    ward.begin(ward.reachable(patient, days=-40))
    ward.begin(ward.visits(patient, Visit(-40, 64, 30, 1340), Visit(-11, 64, 30, 1120)))
    at = yield ward.at(-10, "11:00")
    taper = ward.draft(patient, "35", starts=-9, regimen=("5", 7, 7), at=at)
    at = yield ward.at(-10, "11:20")
    ward.sign(taper, at=at)
    yield from ward.takes_steps(taper, 1, 2)


def hillside_new(ward: Ward) -> Story:
    at = yield ward.at(-2, "14:00")
    patient = ward.register(
        "HM-0211", "Piotr Zając", "1966-12-03", "MALE", email="piotr.zajac@mail.example", at=at
    )
    ward.diagnose(patient, confirmed_days=-20, at=at)
    ward.note_exposure(patient, "55", since_days=-64, at=at)
    ward.begin(ward.reachable(patient, days=-2))
    yield from ward.visits(patient, Visit(-2, 73, 36, 4100))


RIVERSIDE = (
    many_visits,
    visit_overdue,
    completed_with_follow_up,
    transferred,
    longer_than_eight_weeks,
    step_due_today,
    on_hold,
    step_late,
    mail_refused,
    weaker_on_the_way,
    lives_elsewhere,
    no_mail_wished,
    waits_for_signature,
    no_conforming_plan,
    nothing_yet,
)
HILLSIDE = (hillside_running, hillside_new)


def _vitals(weight: str, systolic: str, diastolic: str) -> tuple[tuple[str, str, str], ...]:
    weight_code, systolic_code, diastolic_code = WEIGHT_AND_PRESSURE
    return (
        (weight_code, weight, "kg"),
        (systolic_code, systolic, "mm[Hg]"),
        (diastolic_code, diastolic, "mm[Hg]"),
    )


def _timed(timed_up_and_go: str, metres: str) -> tuple[tuple[str, str, str], ...]:
    return (("TUG", timed_up_and_go, "s"), ("WALK_6_MIN", metres, "m"))


def _grades(quadriceps: int, hips: int, fingers: int) -> tuple[tuple[Muscle, Side, int], ...]:
    """Both sides; the left one a grade weaker, as IBM is rarely even."""
    grades = (
        (Muscle.QUADRICEPS, quadriceps),
        (Muscle.ILIOPSOAS, hips),
        (Muscle.DEEP_FINGER_FLEXORS, fingers),
    )
    return tuple(
        (muscle, side, grade - (side is Side.LEFT))
        for muscle, grade in grades
        for side in (Side.RIGHT, Side.LEFT)
    )


def _two_and_a_half_years() -> tuple[Visit, ...]:
    """Day, MMT8, IBMFRS, CK: the slow loss of untreated IBM, with the scatter of real ratings."""
    rows = (
        (-905, 66, 32, 1260), (-873, 66, 32, 1410), (-842, 65, 32, 1180), (-808, 66, 31, 1350),
        (-775, 65, 31, 1290), (-744, 64, 31, 1520), (-711, 65, 31, 1230), (-680, 64, 30, 1140),
        (-646, 64, 30, 1310), (-612, 63, 30, 1270), (-580, 64, 30, 720), (-549, 63, 29, 610),
        (-515, 63, 30, 560), (-484, 62, 29, 590), (-450, 63, 29, 540), (-419, 62, 29, 570),
        (-386, 62, 28, 530), (-354, 61, 29, 500), (-321, 62, 28, 520), (-289, 61, 28, 480),
        (-257, 61, 28, 510), (-224, 60, 27, 470), (-192, 61, 27, 490), (-160, 60, 27, 450),
        (-127, 60, 27, 460), (-95, 59, 26, 440), (-64, 60, 26, 430), (-36, 59, 26, 470),
        (-20, 59, 26, 500), (-7, 59, 26, 520),
    )  # fmt: skip
    return tuple(
        Visit(days, mmt8, ibmfrs, ck, more=(("TUG", f"{12 + (905 + days) / 160:.1f}", "s"),))
        for days, mmt8, ibmfrs, ck in rows
    )
