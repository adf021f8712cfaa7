"""A list edited as a list: rows typed, moved, pasted, removed; all other bytes of the document stay."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import urlencode
from lxml import etree
from unfold.admin import ModelAdmin

from rls.domain import xmlinput
from xcap import store
from xcap.admin.author import author
from xcap.admin.page import page as admin_page
from xcap.documents import labels
from xcap.documents.entries import ListEntry, entries, with_entries
from xcap.documents.rls_services import canonical
from xcap.errors import Conflict
from xcap.exchange.pasted import pasted
from xcap.exchange.record import record
from xcap.models import Document
from xcap.preconditions import Preconditions


@dataclass(slots=True)
class Row:
    """A row of the editor and what is wrong with it."""

    uri: str = ""
    name: str = ""
    problem: str = ""


@dataclass(slots=True)
class Editor:
    """What the page shows: the lists of a document, and the rows of the one that is edited."""

    document: Document
    label: str
    version: str
    names: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def is_new(self) -> bool:
        return bool(self.label) and self.label not in self.names


def page(model_admin: ModelAdmin, request: HttpRequest, document: Document) -> HttpResponse:
    """GET shows a list (`?list=`), POST changes it; with the button `add` it only takes pasted lines up."""
    try:
        root = xmlinput.parse(bytes(document.doc))
    except xmlinput.MalformedXml as error:
        messages.error(request, f"The document has to be corrected as text first: {error}")
        return redirect("admin:xcap_document_change", document.pk)
    editor = _opened(document, root, request.GET.get("list", "").strip())
    if request.method == "POST":
        if not model_admin.has_change_permission(request, document):
            raise PermissionDenied
        _fill(editor, request.POST)
        if "add" not in request.POST and _save(editor, request):
            return redirect(f"{request.path}?{urlencode({'list': editor.label})}")
    return admin_page(
        model_admin, request, "xcap/list_editor.html", str(document), editor=editor, original=document
    )


def _opened(document: Document, root: etree._Element, label: str) -> Editor:
    known = dict(labels.labelled(root))
    editor = Editor(document, label or next(iter(known), ""), document.etag, list(known))
    element = known.get(editor.label)
    if element is not None:
        editor.rows = [Row(each.uri, each.display_name) for each in entries(element)]
        editor.others = [
            _in_words(child) for child in element.iterchildren("{*}entry-ref", "{*}external", "{*}list")
        ]
    return editor


def _in_words(child: etree._Element) -> str:
    kind = etree.QName(child).localname
    return f"{kind} {child.get('ref') or child.get('anchor') or child.get('name') or ''}".strip()


def _fill(editor: Editor, sent: QueryDict) -> None:
    """What the browser sent in the place of what is stored, and a verdict on each row."""
    present = {row.uri for row in editor.rows}
    texts = zip(sent.getlist("uri"), sent.getlist("name"), strict=False)
    rows = [Row(uri.strip(), name.strip()) for uri, name in texts]
    rows += [Row(uri, name) for uri, name in pasted(sent.get("paste", ""))]
    editor.rows = [row for row in rows if row.uri or row.name]
    editor.version = sent.get("version", "")
    seen: set[str] = set()
    for row in editor.rows:
        _judge(row, present, seen)


def _judge(row: Row, present: set[str], seen: set[str]) -> None:
    # What was there already may stay, whatever it is.
    if row.uri not in present or not row.uri:
        taken = record("-", "-", row.uri, row.name, 0)
        row.uri, row.problem = taken.uri, taken.problem
    key = canonical(row.uri) or row.uri
    if key in seen and not row.problem:
        row.problem = "This entry stands further up already; remove one of them."
    seen.add(key)


def _save(editor: Editor, request: HttpRequest) -> bool:
    if any(row.problem for row in editor.rows):
        editor.problem = "Nothing was saved: correct the marked rows."
        return False
    try:
        body = labels.with_list(bytes(editor.document.doc), editor.label)
        wanted = [ListEntry(row.uri, row.name) for row in editor.rows]
        body = with_entries(body, labels.locate(editor.label), wanted)
        opened = Preconditions(if_match=f'"{editor.version}"')
        document = editor.document
        with transaction.atomic():
            store.check(document.usage, document.selector, body, opened).apply(author(request))
    except store.PreconditionFailed:
        editor.problem = (
            "Somebody else has changed this document meanwhile. Open it again; nothing was saved."
        )
    except (Conflict, labels.NoSuchList) as error:
        editor.problem = f"Nothing was saved: {error}"
    except store.NotFound as error:
        editor.problem = f"Nothing was saved: there is no subscriber {error}."
    else:
        messages.success(request, f"The list {editor.label} is saved. Running subscriptions are told.")
        return True
    return False
