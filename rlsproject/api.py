"""The REST API as one: its paths, its page, what happens where no view answers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views import defaults
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerView

from rls.api import problems
from rls.api.view import NoSuchPath

urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="api-openapi"),
    path("docs", SpectacularSwaggerView.as_view(url_name="api-openapi"), name="api-docs"),
    path("", include("xcap.api.urls")),
    path("", include("rls.api.urls")),
    re_path("", NoSuchPath.as_view()),
]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problems.plain(400, "The request cannot be understood.")
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problems.plain(500, "This is a fault of the server. Its log says more.")
    return defaults.server_error(request)
