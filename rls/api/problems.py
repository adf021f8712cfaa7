"""Every error as a problem of RFC 9457 (`application/problem+json`)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

MEDIA_TYPE: Final = "application/problem+json"


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_detail = (
        "Send If-Match with the ETag that you have read, so that nobody's change gets lost, "
        "or If-Match: * to overwrite whatever is there."
    )


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_detail = "It has been changed since you read it. Read it again and decide anew."


class TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = "The request is too large."


class Conflicting(exceptions.APIException):
    """What is asked for clashes with what is there; `kind` and `more` tell programs how."""

    status_code = 409
    default_detail = "It clashes with what is there."

    def __init__(self, detail: str, kind: str = "", more: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.more = dict(more or {})


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None for a bug, which becomes a 500."""
    match error:
        case Http404():
            error = exceptions.NotFound()
        case PermissionDenied():
            error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    response = Response(_problem(error), status=error.status_code, headers=_headers(error))
    response.content_type = MEDIA_TYPE
    return response


def plain(status: int, detail: str) -> HttpResponse:
    """A problem where Django REST framework is not at hand."""
    return JsonResponse(_members(status, detail), status=status, content_type=MEDIA_TYPE)


def _problem(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        errors = list(_pointers(error.detail, "#"))
        return {**_members(error.status_code, "The request is not valid; see errors."), "errors": errors}
    problem = _members(error.status_code, str(error.detail))
    if isinstance(error, Conflicting):
        problem |= error.more
        if error.kind:
            problem["type"] = f"urn:rls:problem:{error.kind}"
    return problem


def _members(status: int, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def _pointers(detail: Any, where: str) -> Iterator[dict[str, str]]:
    """What is wrong where, as JSON pointers (RFC 9457 section 3's example)."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _pointers(inner, where if name == "non_field_errors" else f"{where}/{_escaped(name)}")
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _pointers(inner, f"{where}/{number}" if nested else where)
    else:
        yield {"pointer": where, "detail": str(detail)}


def _escaped(name: object) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    return headers
