"""Stored documents in the admin: shown, written and refused exactly as over XCAP."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from xcap import store
from xcap.errors import Conflict
from xcap.models import Document, ServiceUri
from xcap.preconditions import Preconditions
from xcap.usages import RLS_SERVICES

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Document]
else:
    ModelForm = forms.ModelForm  # not generic at run time

_SELECTOR_FIELDS = ("username", "domain", "doc_type", "doc_uri")


class DocumentForm(ModelForm):
    """The document as text, and the entity tag under which it was opened."""

    body = forms.CharField(
        label="Document",
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 28, "spellcheck": "false"}),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    change: store.Change

    class Meta:
        model = Document
        fields = _SELECTOR_FIELDS
        widgets = dict.fromkeys(("username", "domain", "doc_uri"), UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["body"] = bytes(self.instance.doc).decode(errors="replace")
            self.initial["version"] = self.instance.etag

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self._check()

    def _check(self) -> None:
        version = self.cleaned_data["version"]
        opened = Preconditions(if_match=f'"{version}"') if version else Preconditions(if_none_match="*")
        # Browsers send CRLF, whatever the text area was filled with.
        body = self.cleaned_data["body"].replace("\r\n", "\n").encode()
        try:
            self.change = store.check(self.instance.usage, self.instance.selector, body, opened)
        except Conflict as error:
            self.add_error("body", str(error))
        except store.NotFound as error:
            self.add_error(None, f"There is no subscriber {error}.")
        except store.PreconditionFailed:
            self.add_error(None, "Somebody else has changed this document meanwhile. Open it again.")


class ServiceUriInline(TabularInline):  # type: ignore[misc]
    model = ServiceUri
    fields = readonly_fields = ("uri",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Document | None = None) -> bool:
        return False


@admin.register(Document)
class DocumentAdmin(ModelAdmin):  # type: ignore[misc]
    """All changes go through the store, which tells the running subscriptions."""

    form = DocumentForm
    inlines = (ServiceUriInline,)
    list_display = ("user", "doc_type", "doc_uri", "services", "size", "etag")
    list_display_links = ("user", "doc_uri")
    list_filter = ("doc_type", "domain")
    search_fields = ("username", "domain", "doc_uri", "service_uris__uri")
    ordering = ("domain", "username", "doc_type", "doc_uri")
    fields = (("username", "domain"), ("doc_type", "doc_uri"), "body", "version")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        rows: QuerySet[Document] = super().get_queryset(request)
        return rows.annotate(bytes=Length("doc"), count=Count("service_uris", distinct=True))

    def get_readonly_fields(self, request: HttpRequest, obj: Document | None = None) -> tuple[str, ...]:
        return _SELECTOR_FIELDS if obj else ()

    @admin.display(ordering="username")
    def user(self, document: Document) -> str:
        return f"{document.username}@{document.domain}"

    @admin.display(description="list services", ordering="count")
    def services(self, document: Document) -> str:
        return str(getattr(document, "count", "")) if document.doc_type == RLS_SERVICES.doc_type else ""

    @admin.display(description="bytes", ordering="bytes")
    def size(self, document: Document) -> int:
        return getattr(document, "bytes", 0)

    def save_model(self, request: HttpRequest, obj: Document, form: DocumentForm, change: bool) -> None:
        form.change.apply()
        obj.pk = form.change.document.pk

    def delete_model(self, request: HttpRequest, obj: Document) -> None:
        store.delete(obj.usage, obj.selector)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        for document in queryset:
            self.delete_model(request, document)


@admin.register(ServiceUri)
class ServiceUriAdmin(ModelAdmin):  # type: ignore[misc]
    """Which document defines which list; follows from the documents."""

    list_display = ("uri", "document")
    list_select_related = ("document",)
    list_filter = ("document__domain",)
    search_fields = ("uri", "document__username", "document__domain")
    ordering = ("uri",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ServiceUri | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ServiceUri | None = None) -> bool:
        return False
