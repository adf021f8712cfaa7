"""A SECRET_KEY for whoever does not set one: made once, kept where only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def secret_key(file: Path) -> str:
    """The key in `file`, which is made if need be."""
    if not file.exists():
        _create(file)
    return file.read_text().strip()


def _create(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Complete before it has its name: two processes may start at once.
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(get_random_secret_key() + "\n")
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
