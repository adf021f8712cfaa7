import re

from django.core.exceptions import ValidationError
from django.db import models

from rls.domain.multipart import PartStyle
from rls.domain.profile import LONGEST_USER_AGENT, Profile

_PARAMETER_NAME = re.compile(r"[a-z0-9\-_.!~*'()]+").fullmatch


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _words(text: str) -> frozenset[str]:
    return frozenset(text.lower().replace(",", " ").split())


def user_agent_patterns(text: str) -> None:
    """Raises ValidationError unless each line could match a User-Agent."""
    patterns = _lines(text)
    if not patterns:
        raise ValidationError("At least one pattern, such as Linphone*")
    if too_long := [pattern for pattern in patterns if len(pattern) > LONGEST_USER_AGENT]:
        raise ValidationError(f"Longer than {LONGEST_USER_AGENT} characters: {too_long[0][:40]}…")


def parameter_names(text: str) -> None:
    if strange := [word for word in _words(text) if not _PARAMETER_NAME(word)]:
        raise ValidationError(f"No name of a URI parameter: {', '.join(sorted(strange))}")


class CompatibilityProfile(models.Model):
    """What a family of phones needs that the RFCs do not say. The first whose pattern matches counts."""

    class Spelling(models.TextChoices):
        RFC = "Content-ID", "Content-ID (RFC 2045)"
        LINPHONE = "Content-Id", "Content-Id"

    name = models.CharField(max_length=100, unique=True)
    position = models.PositiveIntegerField(default=100, help_text="lower ones are tried first")
    enabled = models.BooleanField(default=True)
    user_agents = models.TextField(
        validators=[user_agent_patterns],
        help_text="patterns of User-Agent, one a line; * and ? as in file names",
    )
    content_id = models.CharField(
        max_length=10, choices=Spelling, default=Spelling.RFC, help_text="how this header is spelt in parts"
    )
    brackets = models.BooleanField(default=True, help_text="Content-IDs stand in < and >")
    part_length = models.BooleanField(default=False, help_text="parts have a Content-Length")
    root_last = models.BooleanField(
        default=False, help_text="the list comes after the states, not before them"
    )
    named = models.BooleanField(default=True, help_text="display names are told")
    always_full = models.BooleanField(default=False, help_text="every NOTIFY tells the whole list")
    dialog_child = models.BooleanField(
        default=False, help_text="a dialog-info without a dialog gets one that is terminated"
    )
    one_dialog = models.BooleanField(
        default=False, help_text="of several dialogs only the one that matters most is told"
    )
    uri_from_to = models.BooleanField(
        default=False, help_text="To says which list is meant if the Request-URI has no user"
    )
    fold_event = models.BooleanField(default=False, help_text="Event: Presence is taken for presence")
    capital_event = models.BooleanField(default=False, help_text="NOTIFYs say Event: Presence")
    list_params = models.CharField(
        max_length=200,
        blank=True,
        validators=[parameter_names],
        help_text="URI parameters that tell lists apart, such as pres-list",
    )
    any_accept = models.BooleanField(
        default=False, db_default=False, help_text="lists are told whatever Accept says"
    )
    note = models.TextField(blank=True, help_text="why; for people")

    class Meta:
        db_table = "rls_profiles"
        verbose_name = "phone profile"
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name

    def profile(self) -> Profile:
        return Profile(
            name=self.name,
            user_agents=_lines(self.user_agents),
            parts=PartStyle(self.content_id, self.brackets, self.part_length),
            root_last=self.root_last,
            named=self.named,
            always_full=self.always_full,
            dialog_child=self.dialog_child,
            one_dialog=self.one_dialog,
            uri_from_to=self.uri_from_to,
            fold_event=self.fold_event,
            capital_event=self.capital_event,
            list_params=_words(self.list_params),
            any_accept=self.any_accept,
        )
