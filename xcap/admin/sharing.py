"""Who may subscribe to the lists of a user: one form for all services of a document."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from lxml import etree
from unfold.admin import ModelAdmin

from rls.domain.uri import with_scheme
from xcap.admin.editing import opened, save
from xcap.admin.page import page as admin_page
from xcap.documents import services
from xcap.documents.rls_services import canonical
from xcap.documents.services import ListService
from xcap.documents.sharing import Sharing
from xcap.documents.splice import Splices
from xcap.exchange.pasted import pasted
from xcap.models import Document

_WORDS: Final = {
    "owner": "The owner alone",
    "users": "The owner and these users",
    "domain": "Everybody of the owner's domain",
    "anyone": "Anyone",
}


@dataclass(slots=True)
class Shared:
    """A service on the page; `access` "" leaves it to RLS_LIST_ACCESS, `users` has one URI to a line."""

    uri: str
    access: str
    users: str
    problem: str = ""

    @property
    def sharing(self) -> Sharing | None:
        return Sharing(self.access, self._uris()) if self.access else None

    def check(self) -> None:
        strange = [uri for uri in self._uris() if canonical(uri) is None]
        if strange:
            self.problem = f"{strange[0]!r} is not a SIP URI; write it as sip:name@domain"

    def _uris(self) -> tuple[str, ...]:
        if self.access != "users":
            return ()
        return tuple(dict.fromkeys(with_scheme(uri) for uri, _ in pasted(self.users)))


def page(model_admin: ModelAdmin, request: HttpRequest, document: Document) -> HttpResponse:
    """GET shows who may subscribe to what, POST changes it."""
    root = opened(model_admin, request, document)
    if root is None:
        return redirect("admin:xcap_document_change", document.pk)
    shared, version, problem = list(map(_shown, services.services(root))), document.etag, ""
    if request.method == "POST":
        shared, version = list(_received(request.POST)), request.POST.get("version", "")
        problem = _save(model_admin, request, document, version, shared)
        if not problem:
            messages.success(request, "It is saved. Subscriptions that are not covered any more end now.")
            return redirect(request.path)
    choices = {"": f"By default: {_WORDS[settings.RLS_LIST_ACCESS].lower()}", **_WORDS}
    context = {"shared": shared, "version": version, "problem": problem, "choices": choices}
    title = f"Who may subscribe to the lists of {document.username}@{document.domain}"
    return admin_page(model_admin, request, "xcap/sharing.html", title, original=document, **context)


def _shown(element: etree._Element) -> Shared:
    service = services.read(element)
    if service.sharing is None:
        return Shared(service.uri, "", "")
    return Shared(service.uri, service.sharing.access, "\n".join(service.sharing.users))


def _received(sent: QueryDict) -> Iterator[Shared]:
    for uri, access, users in zip(*map(sent.getlist, ("uri", "access", "users")), strict=False):
        yield Shared(uri, access if access in _WORDS else "", users)


def _save(
    model_admin: ModelAdmin, request: HttpRequest, document: Document, version: str, shared: list[Shared]
) -> str:
    for each in shared:
        each.check()
    if any(each.problem for each in shared):
        return "Nothing was saved: correct what is marked."
    wanted = {each.uri: each.sharing for each in shared}

    def rewrite(body: bytes) -> bytes:
        edit = Splices(body)
        for element in services.services(edit.root):
            known: ListService = services.read(element)
            if known.uri in wanted:
                services.change(edit, element, replace(known, sharing=wanted[known.uri]))
        return edit.result()

    return save(model_admin, request, document, version, rewrite, "Said who may subscribe.")
