"""The integrity report as a page."""

from itertools import islice
from typing import Final

from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from xcap.admin.page import page as admin_page
from xcap.integrity.report import checked
from xcap.models import Document

_SHOWN: Final = 500


def page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponse:
    """Findings of all documents, as far as a page can hold them."""
    found = (
        (document, finding) for document, findings in checked(Document.objects.all()) for finding in findings
    )
    shown = list(islice(found, _SHOWN))
    more = next(found, None) is not None
    return admin_page(
        model_admin, request, "xcap/integrity.html", "Check of the lists", found=shown, more=more
    )
