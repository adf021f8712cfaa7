from __future__ import annotations


class Advice(Exception):
    """Set-up cannot go on; the text is for people and says what to do."""
