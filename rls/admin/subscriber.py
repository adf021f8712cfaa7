"""Subscribers: who may authenticate. Passwords go in and never come out, nor do the HA1 values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from rls.models import Subscriber

KEEPS_ITS_NAME = (
    "The name stays, because documents and lists are under it. For another one add a subscriber, and take "
    "the lists over: export, change the column of users, import."
)


class SubscriberForm(forms.ModelForm[Subscriber]):
    """A user keeps the name: documents, lists and HA1 are under it, and other documents point there."""

    password = forms.CharField(
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Empty: stays as it is.",
    )

    class Meta:
        model = Subscriber
        fields = ("username", "domain")
        widgets = dict.fromkeys(fields, UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["password"].required = True
            self.fields["password"].help_text = "Stored as HA1 for Digest (MD5 and SHA-256) only."
        else:
            for name in ("username", "domain"):
                self.fields[name].disabled = True
            self.fields["domain"].help_text = KEEPS_ITS_NAME

    def clean_username(self) -> str:
        return _token(self.cleaned_data["username"], "@:")

    def clean_domain(self) -> str:
        return _token(self.cleaned_data["domain"], "@").lower()

    def save(self, commit: bool = True) -> Subscriber:
        if password := self.cleaned_data["password"]:
            self.instance.set_password(password)
        return super().save(commit)


def _token(text: str, forbidden: str) -> str:
    if any(character in forbidden or character.isspace() for character in text):
        raise forms.ValidationError(f"No spaces and none of {' '.join(forbidden)} here.")
    return text


@admin.register(Subscriber)
class SubscriberAdmin(ModelAdmin):  # type: ignore[misc]
    form = SubscriberForm
    fields = ("username", "domain", "password")
    list_display = ("username", "domain")
    list_filter = ("domain",)
    list_fullwidth = True
    search_fields = ("username", "domain")
    search_help_text = "User name or domain"
    ordering = ("domain", "username")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Mostly one domain is served."""
        newest = Subscriber.objects.order_by("-pk").values_list("domain", flat=True).first()
        return {"domain": newest or "", **super().get_changeform_initial_data(request)}
