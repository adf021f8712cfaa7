"""Import and export of lists as pages."""

import json
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from xcap.admin.author import author
from xcap.admin.page import page
from xcap.exchange import formats
from xcap.exchange.exporting import documents, export_document
from xcap.exchange.importing import Options, Outcome, import_lists, number_of_lists
from xcap.exchange.record import Record
from xcap.models import Document


class ImportForm(forms.Form):
    """A file or pasted text; after a dry run the text is there to be imported."""

    file = forms.FileField(
        required=False, label="File", help_text="CSV or vCard, in UTF-8", widget=UnfoldAdminFileFieldWidget
    )
    text = forms.CharField(
        required=False,
        label="Or paste it here",
        strip=False,
        help_text="The first line of a table names the columns: user, list, uri, name.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8, "spellcheck": "false"}),
    )
    user = forms.CharField(
        required=False,
        label="User",
        help_text="Owner of the lists where the file names none, as name@domain",
        widget=UnfoldAdminTextInputWidget,
    )
    list_name = forms.CharField(
        required=False,
        label="List",
        help_text="The list where the file names none; sip:team@example.com can be subscribed to at once",
        widget=UnfoldAdminTextInputWidget,
    )
    replace = forms.BooleanField(
        required=False,
        label="Replace",
        help_text="Remove entries that the file lacks, and take its order",
        widget=UnfoldBooleanWidget,
    )
    records: list[Record]

    def clean(self) -> None:
        """Reads the records."""
        file = self.cleaned_data.get("file")
        data = file.read() if file else self.cleaned_data.get("text", "").encode()
        if not data.strip():
            raise forms.ValidationError("Choose a file, or paste something.")
        try:
            self.records = formats.read(data, self.cleaned_data["user"], self.cleaned_data["list_name"])
        except formats.UnreadableFile as error:
            raise forms.ValidationError(str(error)) from error
        # What was uploaded once need not be uploaded again to be imported.
        assert isinstance(self.data, QueryDict)
        sent = self.data.copy()
        sent["text"] = data.decode("utf-8-sig")
        self.data = sent


def import_page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponseBase:
    """GET shows the form. POST imports or tries to; to who accepts lines of JSON it shows its progress."""
    form = ImportForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    form.label_suffix = ""
    dry_run = "import" not in request.POST
    outcomes: Iterator[Outcome] = iter(())
    lists = 0
    if form.is_valid():
        options = Options(form.cleaned_data["replace"], dry_run, author(request, "admin, import"))
        outcomes = _logged(request, import_lists(form.records, options))
        lists = number_of_lists(form.records)
    context = {"form": form, "dry_run": dry_run}
    if "application/x-ndjson" in request.headers.get("Accept", ""):
        pieces = _progress(request, outcomes, lists, context)
        return StreamingHttpResponse(pieces, content_type="application/x-ndjson; charset=utf-8")
    context |= _told(list(outcomes))
    return page(model_admin, request, "xcap/import.html", "Import lists", **context)


def _logged(request: HttpRequest, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """By the name of the list: which document it is in follows from that."""
    assert request.user.pk is not None
    kind = ContentType.objects.get_for_model(Document)
    for outcome in outcomes:
        if outcome.stored:
            LogEntry.objects.create(
                user_id=request.user.pk,
                content_type=kind,
                object_repr=str(outcome)[:200],
                action_flag=CHANGE,
                change_message=f"Imported: {outcome.summary}",
            )
        yield outcome


def _progress(
    request: HttpRequest, outcomes: Iterator[Outcome], lists: int, context: dict[str, Any]
) -> Iterator[str]:
    """A line for each list that is done, and one with what the page shows at the end."""
    known = []
    for outcome in outcomes:
        known.append(outcome)
        yield f"{json.dumps({'done': len(known), 'of': lists})}\n"
    html = render_to_string("xcap/outcomes.html", context | _told(known), request)
    yield f"{json.dumps({'html': html})}\n"


def _told(outcomes: list[Outcome]) -> dict[str, Any]:
    return {"outcomes": outcomes, "failed": sum(outcome.failed for outcome in outcomes)}


def export_page(model_admin: ModelAdmin, request: HttpRequest) -> HttpResponseBase:
    kind = request.GET.get("format", "")
    user = request.GET.get("user", "").strip()
    if kind not in formats.FORMATS:
        return page(model_admin, request, "xcap/export.html", "Export lists")
    records = (record for each in documents(user).iterator(200) for record in export_document(each)[0])
    # Streamed, so that the lists of all users need no memory.
    response = StreamingHttpResponse(
        formats.write(records, kind), content_type=f"{formats.MEDIA_TYPES[kind]}; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="lists{formats.ENDINGS[kind]}"'
    return response
