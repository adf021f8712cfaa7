"""Whether the certificates can be used, before a worker tries to."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, register

from rls.domain.listener import ENCRYPTED
from rlsproject.checks.problem import TAG, problem
from rlsproject.checks.subject import settings
from sipworker.engine.options import tls_files
from sipworker.transport.certificates import CLIENTS, InvalidCertificate, Tls


@register(TAG)
def certificates(**kwargs: Any) -> list[CheckMessage]:
    encrypted = [text for text in settings.RLS_SIP_LISTEN if text.partition(":")[0] in ENCRYPTED]
    if encrypted and not settings.RLS_TLS_CERTIFICATES:
        hint = "Set RLS_TLS_CERTIFICATES (and RLS_TLS_KEYS), or leave out the address."
        return [problem(25, f"RLS_SIP_LISTEN: {encrypted[0]} takes a certificate.", hint)]
    if settings.RLS_TLS_CLIENTS not in CLIENTS:
        return []  # another check says so
    try:
        Tls(tls_files())
    except InvalidCertificate as error:
        hint = "See RLS_TLS_CERTIFICATES, RLS_TLS_KEYS and RLS_TLS_CA in docs/reference/settings.md."
        return [problem(26, f"TLS: {error}.", hint)]
    return []
