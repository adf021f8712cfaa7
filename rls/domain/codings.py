"""Content codings of bodies (RFC 3261 section 20.12), bounded: a few bytes may stand for gigabytes."""

import zlib
from collections.abc import Sequence

DECODED = ("deflate", "gzip", "identity")
"""What decode() understands, for Accept-Encoding."""
_DEFLATE, _RAW, _GZIP = zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16


class UnknownCoding(ValueError):
    """A coding that decode() does not understand."""


class TooLarge(ValueError):
    """The decoded body is larger than allowed."""


class Undecodable(ValueError):
    """The body is not what its coding says."""


def decode(codings: Sequence[str], body: bytes, limit: int) -> bytes:
    """Undo the codings, the last one first. `limit` in octets holds after each.

    Raises UnknownCoding, TooLarge, Undecodable.
    """
    for coding in reversed(codings):
        match coding.strip().lower():
            case "identity" | "":
                continue
            case "deflate":
                body = _inflate(body, _DEFLATE if _has_zlib_header(body) else _RAW, limit)
            case "gzip" | "x-gzip":
                body = _inflate(body, _GZIP, limit)
            case _:
                raise UnknownCoding(coding[:40])
    if len(body) > limit:
        raise TooLarge(f"more than {limit} bytes")
    return body


def _has_zlib_header(body: bytes) -> bool:
    """deflate has one (RFC 9110 section 8.4.1.2), which some clients leave out."""
    return len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(window)
    try:
        inflated = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise Undecodable(str(error)) from error
    if len(inflated) > limit:
        raise TooLarge(f"more than {limit} bytes")
    if not inflater.eof:
        raise Undecodable("the compressed body ends too early")
    return inflated
