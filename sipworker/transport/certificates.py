"""Our certificates: read from PEM files, chosen by the name that a client asks for (SNI), read anew."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

log = logging.getLogger("rls.tls")

CLIENTS = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
"""Whether clients have to show a certificate."""


class InvalidCertificate(ValueError):
    """A file that cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of PEM files. `keys` belong to `certificates`, which hold their keys if there are none;
    `authorities` is empty for those of the system. `clients` is one of CLIENTS.
    """

    certificates: Sequence[str] = ()
    keys: Sequence[str] = ()
    authorities: str = ""
    clients: str = "none"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Certificate and key. Raises InvalidCertificate if they do not pair up."""
        keys = self.keys or self.certificates
        if len(keys) != len(self.certificates):
            raise InvalidCertificate(f"{len(self.certificates)} certificates, but {len(keys)} keys")
        return list(zip(self.certificates, keys, strict=True))


class Tls:
    """The contexts of all connections; `TlsFiles()` makes one that can only connect.

    Raises InvalidCertificate.
    """

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self.server = _context(ssl.PROTOCOL_TLS_SERVER)
        self.server.verify_mode = CLIENTS[files.clients]
        self.server.sni_callback = self._choose  # OpenSSL calls it also for clients that name nobody
        self.load()

    def load(self) -> None:
        """Read the files again: new connections use them, others go on. Raises InvalidCertificate."""
        by_name: dict[str, ssl.SSLContext] = {}
        contexts = []
        for certificate, key in self._files.pairs:
            context = self._server_context(certificate, key)
            contexts.append(context)
            for name in names_of(certificate):
                by_name.setdefault(name, context)
        self.client = self._client_context()
        self._default, self._by_name = contexts[0] if contexts else None, by_name

    def _server_context(self, certificate: str, key: str) -> ssl.SSLContext:
        context = _context(ssl.PROTOCOL_TLS_SERVER)
        _load_pair(context, certificate, key)
        if self._files.clients != "none":
            context.verify_mode = self.server.verify_mode  # else Python hides what clients proved
            _trust(context, self._files.authorities, ssl.Purpose.CLIENT_AUTH)
        return context

    def _client_context(self) -> ssl.SSLContext:
        """We show our first certificate to whoever asks for one (RFC 5922 section 7.3)."""
        context = _context(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # `identity` looks at more than host names
        _trust(context, self._files.authorities, ssl.Purpose.SERVER_AUTH)
        for pair in self._files.pairs[:1]:
            _load_pair(context, *pair)
        return context

    def _choose(self, handshake: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        wanted = (name or "").lower()
        wildcard = f"*.{wanted.partition('.')[2]}"
        found = self._by_name.get(wanted) or self._by_name.get(wildcard) or self._default
        if found is not None:
            handshake.context = found


def _context(protocol: int) -> ssl.SSLContext:
    """TLS 1.2 with forward secrecy and AEAD ciphers, and 1.3."""
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    context.options |= ssl.OP_NO_RENEGOTIATION
    return context


def _load_pair(context: ssl.SSLContext, certificate: str, key: str) -> None:
    for path in (certificate, key):
        _read(path)

    def no_password() -> str:
        raise InvalidCertificate(f"{key}: the key is encrypted; take the password off it")

    try:
        context.load_cert_chain(certificate, key, no_password)
    except ssl.SSLError as error:
        wanted = "A PEM certificate, its chain and its own key are needed"
        raise InvalidCertificate(f"{certificate} with {key}: {_reason(error)}. {wanted}") from error


def _trust(context: ssl.SSLContext, authorities: str, purpose: ssl.Purpose) -> None:
    if not authorities:
        context.load_default_certs(purpose)
        return
    _read(authorities)
    try:
        context.load_verify_locations(authorities)
    except ssl.SSLError as error:
        raise InvalidCertificate(f"{authorities}: {_reason(error)}") from error


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidCertificate(f"{path} cannot be read: {error.strerror}") from error


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or str(error)).replace("_", " ").lower()


def names_of(certificate: str) -> list[str]:
    """The DNS names of the first certificate in a PEM file, which says so if its time is over.

    Raises InvalidCertificate.
    """
    try:
        first = x509.load_pem_x509_certificate(_read(certificate))
        extension = first.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except ValueError as error:
        raise InvalidCertificate(f"{certificate}: {error}") from error
    except x509.ExtensionNotFound:
        log.warning("a certificate names nobody (subjectAltName)", extra={"file": certificate})
        return []
    if first.not_valid_after_utc < datetime.now(UTC):
        log.warning("a certificate has expired", extra={"file": certificate, "on": first.not_valid_after_utc})
    return [name.lower() for name in extension.value.get_values_for_type(x509.DNSName)]
