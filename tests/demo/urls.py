"""The project's pages with those of the demo, which an installation does not have."""

from django.urls import include, path

from tracker import urls
from tracker.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [*urls.urlpatterns, path("demo/", include("tracker.demo.urls"))]
