"""The course of a patient, side by side, as of today or of an earlier day."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from patients.errors import BadInput
from tapers.selectors.side_by_side import side_by_side
from tapers.views.about import about_patient
from tracker.dashboard.forms import AsOfForm
from tracker.dashboard.presenters.course.page import course_page


class CoursePage(View):
    def get(self, request: HttpRequest, patient_id: UUID) -> HttpResponse:
        about = about_patient(request, patient_id)
        form = AsOfForm(request.GET or None, initial={"as_of": about.today})
        context = about.context | {"form": form, "today": about.today}
        try:
            as_of = form.day
            course = side_by_side(patient=about.patient, at=about.at, as_of=as_of)
        except BadInput as refusal:
            form.show(refusal)
            return render(request, "dashboard/course.html", context, status=400)
        about.saw("course")
        shows_all = request.GET.get("chart") == "all"
        page = course_page(course, today=about.today, shows_all=shows_all)
        return render(request, "dashboard/course.html", context | {"page": page})
