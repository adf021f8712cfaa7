"""The settings module and the documents made from its table."""

from __future__ import annotations

import stat
from pathlib import Path

from django.conf import settings

from rlsproject import reference
from rlsproject import settings as module
from rlsproject.environment import SETTINGS
from rlsproject.secret import secret_key
from rlsproject.variables import Kind

TYPES = {
    Kind.TEXT: "str",
    Kind.WHOLE: "int",
    Kind.NUMBER: "float",
    Kind.FLAG: "bool",
    Kind.LIST: "list[str]",
}


def test_annotations_agree_with_the_table() -> None:
    kinds = {setting.name: TYPES[setting.kind] for setting in SETTINGS}
    annotations = {name: kind for name, kind in module.__annotations__.items() if name in kinds}
    assert annotations == {name: kinds[name] for name in annotations}


def test_every_setting_of_ours_has_an_annotation_or_a_shape_of_its_own() -> None:
    reshaped = {"RLS_VAR"}
    ours = {setting.name for setting in SETTINGS if setting.name.startswith("RLS_")}
    assert ours - reshaped <= set(module.__annotations__)


def test_settings_reference_is_current() -> None:
    text = (settings.BASE_DIR / "docs/reference/settings.md").read_text()
    assert text == reference.markdown(), "run manage.py settingsreference"


def test_env_example_is_current() -> None:
    text = (settings.BASE_DIR / ".env.example").read_text()
    assert text == reference.env_example(), "run manage.py settingsreference"


def test_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "var" / "secret-key"
    first = secret_key(file)
    assert len(first) >= 50
    assert secret_key(file) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret-key"]
