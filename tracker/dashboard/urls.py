from django.urls import path

from tracker.dashboard.views import (
    contact,
    course,
    frame,
    links,
    patient,
    patients,
    policy,
    records,
    red_flag,
    reminders,
    worklist,
)

urlpatterns = [
    path("", worklist.Worklist.as_view(), name="worklist"),
    path("worklist/count", worklist.WorklistCount.as_view(), name="worklist-count"),
    path("clinic", frame.ChooseClinic.as_view(), name="clinic"),
    path("clinic/reminders", policy.ReminderSettings.as_view(), name="clinic-reminders"),
    path("clinic/pauses/new", policy.PauseSending.as_view(), name="pause-new"),
    path("clinic/pauses/<uuid:pause_id>/lift", policy.LiftPause.as_view(), name="pause-lift"),
    path("appearance", frame.ChooseTheme.as_view(), name="appearance"),
    path("tasks/<uuid:task_id>/done", worklist.FinishTask.as_view(), name="task-done"),
    path("patients", patients.PatientList.as_view(), name="patients"),
    path("patients/new", patients.NewPatient.as_view(), name="patient-new"),
    path("patients/<uuid:patient_id>", patient.PatientPage.as_view(), name="patient"),
    path("patients/<uuid:patient_id>/course", course.CoursePage.as_view(), name="course"),
    path("patients/<uuid:patient_id>/edit", patients.EditPatient.as_view(), name="patient-edit"),
    path("patients/<uuid:patient_id>/consent", contact.Consent.as_view(), name="consent"),
    path(
        "patients/<uuid:patient_id>/consent/withdraw",
        contact.WithdrawConsent.as_view(),
        name="consent-withdraw",
    ),
    path(
        "patients/<uuid:patient_id>/verification",
        contact.SendVerification.as_view(),
        name="verification",
    ),
    path("patients/<uuid:patient_id>/pause", contact.PauseReminders.as_view(), name="pause"),
    path("patients/<uuid:patient_id>/links", links.RevokeLinks.as_view(), name="links-revoke"),
    path("patients/<uuid:patient_id>/red-flag", red_flag.LiftRedFlag.as_view(), name="red-flag"),
    path("patients/<uuid:patient_id>/diagnosis", records.NewDiagnosis.as_view(), name="diagnosis"),
    path("patients/<uuid:patient_id>/exposure", records.NewExposure.as_view(), name="exposure"),
    path("reminders/", reminders.ReminderLog.as_view(), name="reminders"),
    path("reminders/<uuid:reminder_id>", reminders.ReminderTrace.as_view(), name="reminder"),
]
