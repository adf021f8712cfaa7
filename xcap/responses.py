"""Answers of the XCAP server (RFC 4825 section 8)."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework import exceptions

from xcap import errors, store
from xcap.request import BodyTooLarge
from xcap.selectors import InvalidSelector, NoMatch

PLAIN_TEXT = "text/plain; charset=utf-8"


class Challenge(HttpResponse):
    """401 with one WWW-Authenticate line per algorithm: many clients read only one challenge of a line."""

    def __init__(self, challenges: Sequence[str], phrase: str) -> None:
        super().__init__(f"{phrase}\n", status=401, content_type=PLAIN_TEXT)
        self.challenges = challenges

    def items(self) -> Any:
        return [*super().items(), *(("WWW-Authenticate", challenge) for challenge in self.challenges)]


def unauthenticated(challenges: Sequence[str], phrase: str) -> HttpResponse:
    """401, or 403 where no answer of the client's could help: a 401 has to say what would."""
    return Challenge(challenges, phrase) if challenges else text(403, phrase)


def empty(status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    del response["Content-Type"]
    return response


def tagged(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = f'"{etag}"'
    return response


def of_exception(error: Exception) -> HttpResponseBase | None:
    """The answer that an error of our own or of REST framework stands for, None for a bug."""
    match error:
        case BodyTooLarge() | store.TooLarge():
            return text(413, "the document is larger than RLS_XCAP_MAX_DOCUMENT")
        case errors.Conflict():
            return HttpResponse(error.body(), status=409, content_type=errors.MEDIA_TYPE)
        case InvalidSelector():
            return text(error.status, str(error))
        case store.NotFound() | NoMatch():
            return text(404, f"not found: {error}")
        case store.PreconditionFailed():
            return text(412, "If-Match or If-None-Match does not hold")
        case exceptions.APIException():
            return text(error.status_code, str(error.detail))
    return None


def text(status: int, phrase: str) -> HttpResponse:
    return HttpResponse(f"{phrase}\n", status=status, content_type=PLAIN_TEXT)
