"""All settings that can be changed, in one form: checked as the server checks them when it starts."""

from __future__ import annotations

import re
import zlib
from typing import Any, NamedTuple

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from rls import live
from rls.models import ChangedSetting
from rlsproject.checks.subject import proposing
from rlsproject.environment import SETTINGS
from rlsproject.variables import Setting, Value, text_of

LIVE = tuple(setting for setting in SETTINGS if setting.live)
LONGEST = 4000


class Change(NamedTuple):
    """`new` None: as the environment says again."""

    name: str
    old: str
    new: str | None


class SettingsForm(forms.Form):
    """Each field has what is in force; what the environment says too is left to it.

    `seen` is the state that the form was filled with: nobody undoes what they have not seen.
    """

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        self._rows = dict(ChangedSetting.objects.values_list("name", "value"))
        self._given = {name: text_of(value) for name, value in live.given().items()}
        now = {setting.name: self._rows.get(setting.name, self._given[setting.name]) for setting in LIVE}
        super().__init__(data, initial={**now, "seen": self._state()})
        self._now = now
        for setting in LIVE:
            self.fields[setting.name] = self._field(setting)

    def _field(self, setting: Setting) -> forms.Field:
        words = [setting.help, f"Unit: {setting.unit}." if setting.unit else ""]
        if setting.name in self._rows:
            words.append(f"Changed here; the environment says {self._given[setting.name] or 'nothing'}.")
        return forms.CharField(
            label=setting.name,
            help_text=" ".join(filter(None, words)),
            required=False,
            max_length=LONGEST,
            widget=UnfoldAdminTextInputWidget(attrs={"spellcheck": "false", "autocomplete": "off"}),
        )

    def _state(self) -> str:
        return str(zlib.crc32(repr(sorted(self._rows.items())).encode()))

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or {}
        if sent.get("seen") != self._state():
            raise forms.ValidationError("Somebody else has changed settings meanwhile. Look at them again.")
        values = {setting.name: self._read(setting, sent.get(setting.name, "")) for setting in LIVE}
        if not self.errors:
            self._check(values)
        return sent

    def _read(self, setting: Setting, text: str) -> Value | None:
        try:
            return setting.read(text)
        except ValueError as error:
            self.add_error(setting.name, str(error))
            return None

    def _check(self, values: dict[str, Value | None]) -> None:
        """What the checks reject that they do not reject already stands at the setting that it names."""
        known = live.errors()
        with proposing(values):
            found = [problem for problem in live.errors() if problem not in known]
        for problem in found:
            text = f"{problem.msg} {problem.hint or ''}"
            named = {*re.findall(r"[A-Z_]+", text)}
            self.add_error(next((name for name in self.changed_data if name in named), None), text)

    def changes(self) -> list[Change]:
        """What is different from what was in force; after is_valid()."""
        changes: list[Change] = []
        for setting in LIVE:
            text = text_of(setting.read(self.cleaned_data[setting.name]))
            if text != text_of(setting.read(self._now[setting.name])):
                same = text == self._given[setting.name]
                changes.append(Change(setting.name, self._now[setting.name], None if same else text))
        return changes
