from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from tracker import health, metrics
from tracker.api.root import RootDoor

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("tracker.dashboard.urls")),
    path("", include("tapers.urls")),
    path("", include("notifications.urls")),
    path("api/v1", RootDoor.as_view(schema=None)),  # addresses of the API have no slash at the end
    path("api/v1/", include("tracker.api.urls")),
    path("p/", include("tracker.portal.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("tracker.demo.urls")))

# Below /api/ these answer in the API's own shape.
handler400 = "tracker.dashboard.errors.bad_request"
handler403 = "tracker.dashboard.errors.permission_denied"
handler404 = "tracker.dashboard.errors.page_not_found"
handler500 = "tracker.dashboard.errors.server_error"
