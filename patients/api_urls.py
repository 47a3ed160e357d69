from django.urls import path

from patients.api.history import DiagnosesDoor
from patients.api.links import RevokeLinksDoor
from patients.api.measures import MeasuresDoor
from patients.api.members import MembersDoor
from patients.api.visit_sets import VisitSetsDoor

urlpatterns = [
    path("clinics/<uuid:clinic_id>/members", MembersDoor.as_view(), name="members"),
    path("measures", MeasuresDoor.as_view(), name="measures"),
    path("clinics/<uuid:clinic_id>/visit-sets", VisitSetsDoor.as_view(), name="visit-sets"),
    path("patients/<uuid:patient_id>/diagnoses", DiagnosesDoor.as_view(), name="diagnoses"),
    path("patients/<uuid:patient_id>/revoke-links", RevokeLinksDoor.as_view(), name="revoke-links"),
]
