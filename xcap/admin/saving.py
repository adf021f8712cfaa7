"""Saving a document that was edited on a page of its own, under the entity tag that it was opened with."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest

from xcap import store
from xcap.admin.author import author
from xcap.documents.labels import NoSuchList
from xcap.errors import Conflict
from xcap.models import Document
from xcap.preconditions import Preconditions


def save(document: Document, version: str, rewrite: Callable[[bytes], bytes], request: HttpRequest) -> str:
    """Store what `rewrite` makes of the document, as a PUT would; in words why not, "" if it is stored."""
    opened = Preconditions(if_match=f'"{version}"')
    try:
        with transaction.atomic():
            body = rewrite(bytes(document.doc))
            store.check(document.usage, document.selector, body, opened).apply(author(request))
    except store.PreconditionFailed:
        return "Somebody else has changed this document meanwhile. Open it again; nothing was saved."
    except (Conflict, NoSuchList) as error:
        return f"Nothing was saved: {error}"
    except store.NotFound as error:
        return f"Nothing was saved: there is no subscriber {error}."
    return ""
