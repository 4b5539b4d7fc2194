"""The access to FHIR servers that the settings of a site describe."""

from cds_service.fhir_access import ClientCertificate, FetchLimits, FhirAccess
from cds_service.settings.settings import Settings


def fhir_access(settings: Settings) -> FhirAccess:
    """It lasts until it is closed. Raises InvalidSettingsError for certificates without use."""
    limits = FetchLimits(
        call_bytes=settings.max_fetched_bytes,
        call_values=settings.max_fetched_values,
        pages=settings.max_pages,
        directory_seconds=settings.role_cache_seconds,
        directory_entries=settings.role_cache_size,
        directory_bytes=settings.role_cache_bytes,
        circuit_failures=settings.circuit_failures,
        circuit_pause_seconds=settings.circuit_pause_seconds,
    )
    return FhirAccess(
        limits,
        extra_ca=None if settings.ca_file is None else str(settings.ca_file),
        client=_client_certificate(settings),
        networks=settings.fhir_networks,
    )


def _client_certificate(settings: Settings) -> ClientCertificate | None:
    if settings.client_cert is None:
        return None
    key = settings.client_key
    return ClientCertificate(str(settings.client_cert), None if key is None else str(key))
