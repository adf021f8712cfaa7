"""What the store and the documents refuse, as problems."""

from __future__ import annotations

from rest_framework.exceptions import APIException, NotFound

from rls.api import problems
from rls.domain.xmlinput import MalformedXml
from xcap import errors, store
from xcap.documents.list_path import NoSuchList
from xcap.documents.services import NoSuchService


def translate(error: Exception) -> Exception:
    """The problem that an error of ours stands for; any other error as it is."""
    match error:
        case errors.Conflict():
            return _conflict(error)
        case store.PreconditionFailed():
            return problems.PreconditionFailed()
        case NoSuchList():
            return NotFound("There is no such list.")
        case NoSuchService():
            return NotFound("There is no such service, or its list is not inside it.")
        case store.NotFound():
            return NotFound(f"There is no {error}.")
        case MalformedXml():
            return problems.Conflicting(
                f"The stored document is malformed ({error}). Repair it over XCAP or in the admin.",
                "malformed-document",
            )
    return error


def _conflict(error: errors.Conflict) -> APIException:
    alternatives = [free for exists in error.exists for free in exists.alternatives]
    more = {"alternatives": alternatives} if alternatives else None
    return problems.Conflicting(str(error), error.element, more)
