"""Text from the network that a terminal may safely show."""

from __future__ import annotations


def printable(text: str) -> str:
    """Control characters, escape sequences among them, and stray bytes are spelled out."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in "\n\t" else _spelled(char) for char in text)


def _spelled(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def message_text(data: bytes) -> str:
    """A SIP message line by line; what is no text is spelled out too."""
    return printable(data.decode("utf-8", "backslashreplace").replace("\r\n", "\n"))
