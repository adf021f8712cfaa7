"""Whom a certificate speaks for: the SIP domains in it (RFC 5922 section 7)."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from rls.domain.uri import InvalidUri, SipUri


def identities(certificate: Mapping[str, Any] | None) -> frozenset[str]:
    """The domains and addresses, in lower case, of what `SSLObject.getpeercert()` gave.

    SIP URIs without a user; DNS names only if there are none. Never the common name (section 7.1).
    """
    names: list[tuple[str, str]] = list((certificate or {}).get("subjectAltName", ()))
    domains = {domain for kind, value in names if kind == "URI" and (domain := _domain_of(value))}
    if not domains:
        domains = {value.lower() for kind, value in names if kind == "DNS"}
    return frozenset(domains | {_address(value) for kind, value in names if kind == "IP Address"})


def _domain_of(uri: str) -> str:
    try:
        parsed = SipUri.parse(uri)
    except InvalidUri:
        return ""
    return parsed.host.lower() if parsed.scheme.lower() == "sip" and parsed.user is None else ""


def _address(text: str) -> str:
    """OpenSSL writes IPv6 addresses in a way of its own."""
    return str(ipaddress.ip_address(text.strip().lower()))


def proves(name: str, proven: frozenset[str]) -> bool:
    """Whether `name` is among them: no wildcards and no suffixes (section 7.2)."""
    return name.lower() in proven
