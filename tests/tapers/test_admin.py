import pytest
from django.contrib import admin
from django.urls import reverse

from tapers import models

pytestmark = pytest.mark.django_db
MODELS = (
    models.Taper,
    models.PlanRevision,
    models.DoseStep,
    models.StepReport,
    models.Alert,
    models.SparingCourse,
    models.SparingRevision,
    models.Infusion,
)


@pytest.mark.parametrize("model", MODELS)
def test_the_admin_shows_and_changes_nothing(model, client_of, administrator, taper):
    client = client_of(administrator)
    name = f"admin:tapers_{model._meta.model_name}"

    assert client.get(reverse(f"{name}_changelist")).status_code == 200
    assert client.get(reverse(f"{name}_add")).status_code == 403
    row = model.objects.first()
    if row is not None:
        page = reverse(f"{name}_change", args=[row.pk])
        assert client.get(page).status_code == 200
        assert client.post(page, {"status": "REVOKED"}).status_code == 403
    assert not admin.site.get_model_admin(model).has_delete_permission(None)
