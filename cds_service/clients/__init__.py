"""Who may call: JSON Web Tokens as CDS Hooks uses them, and the file of trusted clients.

    clients = load_clients(path, usual=client_options, fetch=fetch_keys)
    check = TokenCheck(clients, ("ES384", "RS384"), TimeLimits(leeway=5, lifetime=300))
    Authentication(check, seen, client_options).admit(headers, audience)

Keys come from where the operator said, never from where a token says; a refusal has one reason
out of a closed list for the log, and none for the caller.
"""

from cds_service.clients.authentication import AcceptedToken, Authentication, TokenCheck
from cds_service.clients.from_settings import load_trusted_clients, token_check
from cds_service.clients.key_fetching import fetch_key_set
from cds_service.clients.key_sources import KeyFile
from cds_service.clients.keys import ALGORITHMS, UnusableKeysError
from cds_service.clients.launch_proofs import Launch, Secret, SigningKey, jwks
from cds_service.clients.new_entry import add_entry, entry_text
from cds_service.clients.refusals import Refusal, TokenRefusedError
from cds_service.clients.token_claims import TimeLimits
from cds_service.clients.tokens import bearer_token, read_token
from cds_service.clients.trusted_clients import TrustedClient, TrustedClients, load_clients

__all__ = [
    "ALGORITHMS",
    "AcceptedToken",
    "Authentication",
    "KeyFile",
    "Launch",
    "Refusal",
    "Secret",
    "SigningKey",
    "TimeLimits",
    "TokenCheck",
    "TokenRefusedError",
    "TrustedClient",
    "TrustedClients",
    "UnusableKeysError",
    "add_entry",
    "bearer_token",
    "entry_text",
    "fetch_key_set",
    "jwks",
    "load_clients",
    "load_trusted_clients",
    "read_token",
    "token_check",
]
