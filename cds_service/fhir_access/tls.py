"""Certificates: which authorities are trusted, and which certificate of our own is shown.

TLS is always verified; nothing switches that off. Files are read once, at the start, so that a
wrong one stops the start and not the first call.
"""

import ssl
from dataclasses import dataclass

from urllib3.util.ssl_ import create_urllib3_context

from cds_service.errors import InvalidSettingsError

_NO_PASSWORD = ""  # without one, OpenSSL would ask for it on the terminal


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """PEM files. `key` None: it is in the file of the certificate and its chain."""

    certificate: str
    key: str | None = None


def tls_context(extra_ca: str | None, client: ClientCertificate | None) -> ssl.SSLContext | None:
    """None: as usual. Raises InvalidSettingsError for files that cannot be used."""
    if extra_ca is None and client is None:
        return None
    context = create_urllib3_context()
    faults: list[str] = []
    try:
        if extra_ca is not None:
            context.load_verify_locations(cafile=extra_ca)
    except OSError:  # also an SSLError
        faults.append("IMSR_CA_FILE must be a PEM file with certificates of authorities")
    try:
        if client is not None:
            context.load_cert_chain(client.certificate, client.key, password=_NO_PASSWORD)
    except OSError:
        faults.append(
            "IMSR_CLIENT_CERT must be a PEM file with a certificate, and its key must be there "
            "or in IMSR_CLIENT_KEY, without a password"
        )
    if faults:
        raise InvalidSettingsError(tuple(faults))
    return context
