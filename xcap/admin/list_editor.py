"""A list edited as a list: rows typed, moved, pasted, removed; all other bytes of the document stay."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from lxml import etree
from unfold.admin import ModelAdmin

from xcap.admin.editing import opened, save
from xcap.admin.list_rows import Row, received, shown, wanted
from xcap.admin.page import page as admin_page
from xcap.documents import labels
from xcap.documents.entries import ListEntry, all_entries, with_entries
from xcap.models import Document


@dataclass(slots=True)
class Editor:
    """What the page shows: the lists of a document, and the rows of the one that is edited."""

    document: Document
    label: str
    version: str
    names: list[str] = field(default_factory=list)
    stored: list[ListEntry] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def is_new(self) -> bool:
        return bool(self.label) and self.label not in self.names

    def rewrite(self, document: bytes) -> bytes:
        """The document with the rows in the list, which is made if there is none. Raises NoSuchList."""
        with_list = labels.with_list(document, self.label)
        entries = list(wanted(self.rows, self.stored))
        return with_entries(with_list, labels.locate(self.label), entries, keep_nameless=False)


def page(model_admin: ModelAdmin, request: HttpRequest, document: Document) -> HttpResponse:
    """GET shows a list (`?list=`), POST changes it; with the button `add` it only takes pasted lines up."""
    root = opened(model_admin, request, document)
    if root is None:
        return redirect("admin:xcap_document_change", document.pk)
    editor = _opened(document, root, request.GET.get("list", "").strip())
    if request.method == "POST":
        editor.rows = received(request.POST, editor.stored)
        editor.version = request.POST.get("version", "")
        if "add" not in request.POST and _save(model_admin, editor, request):
            return redirect(f"{request.path}?{urlencode({'list': editor.label})}")
    return admin_page(
        model_admin, request, "xcap/list_editor.html", str(document), editor=editor, original=document
    )


def _opened(document: Document, root: etree._Element, label: str) -> Editor:
    known = dict(labels.labelled(root))
    editor = Editor(document, label or next(iter(known), ""), document.etag, list(known))
    element = known.get(editor.label)
    if element is not None:
        editor.stored = all_entries(element)
        editor.rows = shown(editor.stored)
        editor.others = [
            _in_words(child) for child in element.iterchildren("{*}entry-ref", "{*}external", "{*}list")
        ]
    return editor


def _in_words(child: etree._Element) -> str:
    kind = etree.QName(child).localname
    return f"{kind} {child.get('ref') or child.get('anchor') or child.get('name') or ''}".strip()


def _save(model_admin: ModelAdmin, editor: Editor, request: HttpRequest) -> bool:
    if any(row.problem for row in editor.rows):
        editor.problem = "Nothing was saved: correct the marked rows."
        return False
    what = f"Edited the list {editor.label}."
    editor.problem = save(model_admin, request, editor.document, editor.version, editor.rewrite, what)
    if not editor.problem:
        messages.success(request, f"The list {editor.label} is saved. Running subscriptions are told.")
    return not editor.problem
