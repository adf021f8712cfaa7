"""A document edited on a page of its own: opened, and saved under the entity tag that it was opened with."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from lxml import etree
from unfold.admin import ModelAdmin

from rls.domain import xmlinput
from xcap import store
from xcap.admin.author import author
from xcap.documents.labels import NoSuchList
from xcap.errors import Conflict
from xcap.models import Document
from xcap.preconditions import Preconditions


def opened(model_admin: ModelAdmin, request: HttpRequest, document: Document) -> etree._Element | None:
    """Its root element; None, which the request is told, if the document is not well-formed.

    Raises PermissionDenied if the request would change it and may not.
    """
    try:
        root = xmlinput.parse(bytes(document.doc))
    except xmlinput.MalformedXml as error:
        messages.error(request, f"The document has to be corrected as text first: {error}")
        return None
    if request.method == "POST" and not model_admin.has_change_permission(request, document):
        raise PermissionDenied
    return root


def save(
    model_admin: ModelAdmin,
    request: HttpRequest,
    document: Document,
    version: str,
    rewrite: Callable[[bytes], bytes],
    what: str,
) -> str:
    """Store what `rewrite` makes of the document, as a PUT would, and log `what` was done.

    Returns in words why not, "" if it is stored.
    """
    opened = Preconditions(if_match=f'"{version}"')
    try:
        with transaction.atomic():
            body = rewrite(bytes(document.doc))
            store.check(document.usage, document.selector, body, opened).apply(author(request))
            model_admin.log_change(request, document, what)
    except store.PreconditionFailed:
        return "Somebody else has changed this document meanwhile. Open it again; nothing was saved."
    except (Conflict, NoSuchList) as error:
        return f"Nothing was saved: {error}"
    except store.NotFound as error:
        return f"Nothing was saved: there is no subscriber {error}."
    return ""
