"""A document as text, for what the editor of lists cannot do."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from xcap import store
from xcap.errors import Conflict
from xcap.models import Document
from xcap.preconditions import Preconditions

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Document]
else:
    ModelForm = forms.ModelForm  # not generic at run time

_OWNER: Final = {
    "username": "of the subscriber whose document it is",
    "domain": "both empty: a global document, which every subscriber may read",
}
SELECTOR_FIELDS: Final = ("username", "domain", "doc_type", "doc_uri")


class DocumentForm(ModelForm):
    """The document as text, and the entity tag under which it was opened."""

    body = forms.CharField(
        label="Document",
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 28, "spellcheck": "false", "class": "font-mono"}),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    change: store.Change

    class Meta:
        model = Document
        fields = SELECTOR_FIELDS
        widgets = dict.fromkeys(("username", "domain", "doc_uri"), UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _OWNER.keys() & self.fields.keys():
            self.fields[name].required = False
            self.fields[name].help_text = _OWNER[name]
        if self.instance.pk:
            self.initial["body"] = bytes(self.instance.doc).decode(errors="replace")
            self.initial["version"] = self.instance.etag

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            self._check_place()
        if not self.errors:
            self._check()

    def _check_place(self) -> None:
        usage, selector = self.instance.usage, self.instance.selector
        if not usage.stores(selector):
            self.add_error("doc_type", f"{usage.auid} has no global documents that can be written.")
        # In a directory that is not there a PUT gets a conflict report.
        elif not usage.names(selector) and not selector.directory:
            self.add_error("doc_uri", f"{usage.auid} has no document of that name.")

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
            changed = "Somebody else has changed this document meanwhile. Open it again."
            self.add_error(None, changed if version else "There is such a document already. Open it.")
