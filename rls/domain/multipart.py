"""multipart/related bodies (RFC 2046 section 5.1, RFC 2387)."""

import base64
import binascii
import quopri
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LINE_END = b"\r\n"
_DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64decode,
    "quoted-printable": quopri.decodestring,
}
_IDENTITY_ENCODINGS = frozenset({"", "7bit", "8bit", "binary"})
_PARAM = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s;"]*))\s*', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_HEAD_END = re.compile(rb"(?:\A|\r?\n)\r?\n")
_FOLDING = re.compile(r"\r?\n[ \t]+")


class MalformedMultipart(ValueError):
    """Not a multipart body, or one that ends too early."""


class PartStyle(NamedTuple):
    """How the headers of parts are spelt; `length`: with a Content-Length."""

    content_id: str = "Content-ID"
    brackets: bool = True
    length: bool = False


STYLE = PartStyle()


@dataclass(frozen=True, slots=True)
class Part:
    """One body part; `content_id` is without angle brackets."""

    content_type: str
    body: bytes
    content_id: str | None = None
    disposition: str = field(default="", compare=False)


def related(parts: Sequence[Part], boundary: str) -> tuple[str, bytes]:
    """Content-Type and body of a multipart/related whose root is the first part.

    `boundary` must be a token and occur in no part.
    """
    root = parts[0]
    pieces: list[bytes] = []
    for part in parts:
        pieces += (
            part_head(boundary, part.content_id or "", part.content_type, len(part.body)),
            part.body,
            LINE_END,
        )
    pieces.append(closing(boundary))
    return content_type(media_type(root.content_type)[0], root.content_id or "", boundary), b"".join(pieces)


def content_type(root_type: str, root_id: str, boundary: str, style: PartStyle = STYLE) -> str:
    """The boundary is never quoted: a quoted one makes Linphone 5.1 crash."""
    start = f"<{root_id}>" if style.brackets else root_id
    return f'multipart/related;type="{root_type}";start="{start}";boundary={boundary}'


def part_head(
    boundary: str, content_id: str, content_type: str, length: int, style: PartStyle = STYLE
) -> bytes:
    """Delimiter and headers of a part; `length` octets of body and LINE_END follow."""
    if style is not STYLE:
        return _styled_head(boundary, content_id, content_type, length, style)
    return (
        f"--{boundary}\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: <{content_id}>\r\nContent-Type: {content_type}\r\n\r\n"
    ).encode()


def _styled_head(boundary: str, content_id: str, content_type: str, length: int, style: PartStyle) -> bytes:
    identifier = f"<{content_id}>" if style.brackets else content_id
    length_row = f"Content-Length: {length}\r\n" if style.length else ""
    return (
        f"--{boundary}\r\nContent-Transfer-Encoding: binary\r\n"
        f"{style.content_id}: {identifier}\r\nContent-Type: {content_type}\r\n{length_row}\r\n"
    ).encode()


def closing(boundary: str) -> bytes:
    return f"--{boundary}--\r\n".encode()


def media_type(value: str) -> tuple[str, dict[str, str]]:
    """A Content-Type's type in lower case, and its parameters by lower-case name, unquoted."""
    name, _, _ = value.partition(";")
    params: dict[str, str] = {}
    position = len(name)
    while found := _PARAM.match(value, position):
        quoted = found[2]
        params.setdefault(found[1].lower(), found[3] if quoted is None else _QUOTED_PAIR.sub(r"\1", quoted))
        position = found.end()
    return name.strip().lower(), params


def parse(content_type: str, body: bytes, most: int = sys.maxsize) -> list[Part]:
    """The top-level parts, the root first; nested multiparts stay bodies.

    Raises MalformedMultipart, also for more than `most` parts.
    """
    kind, params = media_type(content_type)
    boundary = params.get("boundary", "").encode("utf-8", "surrogateescape")
    if not kind.startswith("multipart/") or not boundary:
        raise MalformedMultipart(f"no multipart with a boundary: {content_type[:80]!r}")
    parts: list[Part] = []
    for piece in _pieces(body, boundary):
        if len(parts) == most:
            raise MalformedMultipart("too many parts")
        parts.append(_part(piece))
    start = params.get("start", "").strip().removeprefix("<").removesuffix(">")
    if start:
        parts.sort(key=lambda part: part.content_id != start)
    return parts


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between delimiter lines, without preamble and epilogue."""
    piece_start: int | None = None
    for line_start, line_end, is_last in _delimiters(body, boundary):
        if piece_start is not None:
            yield body[piece_start : _without_line_end(body, piece_start, line_start)]
        if is_last:
            return
        piece_start = line_end
    raise MalformedMultipart("the closing delimiter is missing")


def _delimiters(body: bytes, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Start and end of each delimiter line, and whether it is the closing one."""
    dashed = b"--" + boundary
    start = body.find(dashed)
    while start >= 0:
        end = start + len(dashed)
        if start == 0 or body[start - 1 : start] == b"\n":
            newline = body.find(b"\n", end)
            line_end = len(body) if newline < 0 else newline + 1
            rest = body[end:line_end].rstrip()
            if rest in (b"", b"--"):
                yield start, line_end, rest == b"--"
                end = line_end
        start = body.find(dashed, end)


def _without_line_end(body: bytes, start: int, end: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1)."""
    if end > start and body[end - 1 : end] == b"\n":
        end -= 1
        if end > start and body[end - 1 : end] == b"\r":
            end -= 1
    return end


def _part(piece: bytes) -> Part:
    head_end = _HEAD_END.search(piece)
    if head_end is None:
        raise MalformedMultipart("a part without the empty line after its headers")
    headers = _headers(piece[: head_end.start()])
    return Part(
        content_type=headers.get("content-type", "text/plain"),
        body=_decoded(piece[head_end.end() :], headers.get("content-transfer-encoding", "").lower()),
        content_id=headers["content-id"].removeprefix("<").removesuffix(">")
        if "content-id" in headers
        else None,
        disposition=headers.get("content-disposition", ""),
    )


def _headers(head: bytes) -> dict[str, str]:
    rows = _FOLDING.sub(" ", head.decode("utf-8", "replace")).splitlines()
    pairs = (row.partition(":") for row in rows)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding in _IDENTITY_ENCODINGS:
        return body
    if encoding not in _DECODERS:
        raise MalformedMultipart(f"unknown transfer encoding {encoding[:40]!r}")
    try:
        return _DECODERS[encoding](body)
    except binascii.Error as error:
        raise MalformedMultipart(str(error)) from error
