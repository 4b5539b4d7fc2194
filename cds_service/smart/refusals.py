"""Why a page is not opened: a closed list for log and metrics, and the page for each of it."""

from enum import StrEnum

from cds_service.page import FailureCause


class Refusal(StrEnum):
    """What was wrong. Nothing in it tells who launched, whose record it is, or what was sent."""

    LAUNCH_INCOMPLETE = "launch_incomplete"  # no single `iss` and `launch` of possible size
    UNKNOWN_SERVER = "unknown_server"  # no client with a launch has this FHIR server
    SERVER_UNREACHABLE = "server_unreachable"  # no smart-configuration, no token answer in time
    NO_CONFIGURATION = "no_configuration"  # `.well-known/smart-configuration` is not answered 200
    CONFIGURATION_BROKEN = "configuration_broken"  # no JSON object, or a member of a wrong type
    NO_LAUNCH = "no_launch"  # the server has no EHR launch
    NO_PKCE = "no_pkce"  # it does not take S256
    NO_COMMON_PROOF = "no_common_proof"  # it takes neither our key nor our secret
    UNSAFE_ENDPOINT = "unsafe_endpoint"  # plain http, or no address
    STATE_UNKNOWN = "state_unknown"  # never given, used, or too old
    OTHER_BROWSER = "other_browser"  # given to another browser
    ACCESS_DENIED = "access_denied"  # the EHR or its user said no
    AUTHORIZATION_FAILED = "authorization_failed"  # any other error of the authorization server
    OTHER_ISSUER = "other_issuer"  # the answer is of another authorization server (RFC 9207)
    NO_CODE = "no_code"
    CODE_REFUSED = "code_refused"  # used, expired, or not ours: `invalid_grant`
    CLIENT_REFUSED = "client_refused"  # the authorization server does not know us by this proof
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - any other refusal of the token endpoint
    TOKEN_BROKEN = "token_broken"  # noqa: S105 - the answer lacks what SMART demands of it
    NO_PATIENT = "no_patient"
    NO_IDENTITY = "no_identity"  # openid was granted, and there is no id_token
    IDENTITY_KEYS = "identity_keys"  # the keys of the issuer cannot be had
    IDENTITY_SIGNATURE = "identity_signature"
    IDENTITY_CLAIMS = "identity_claims"  # iss, aud, exp, iat, nonce
    NO_CLINICIAN = "no_clinician"  # the user is a patient or a relative
    NO_SCOPES = "no_scopes"  # nothing of the record may be read
    OTHER_PATIENT = "other_patient"
    REFERRAL_UNKNOWN = "referral_unknown"
    SESSION_UNKNOWN = "session_unknown"  # the browser never had it
    SESSION_EXPIRED = "session_expired"
    ACCESS_REVOKED = "access_revoked"  # 401 in the midst of a session
    FORM_UNPROVEN = "form_unproven"  # no CSRF token, another one, or of another origin
    FORM_MALFORMED = "form_malformed"
    STORE_UNAVAILABLE = "store_unavailable"
    BUSY = "busy"


_CAUSES = {
    Refusal.LAUNCH_INCOMPLETE: FailureCause.LAUNCH_INCOMPLETE,
    Refusal.UNKNOWN_SERVER: FailureCause.SERVER_NOT_TRUSTED,
    Refusal.SERVER_UNREACHABLE: FailureCause.SERVER_UNREACHABLE,
    Refusal.NO_CONFIGURATION: FailureCause.SERVER_UNSUITABLE,
    Refusal.CONFIGURATION_BROKEN: FailureCause.SERVER_UNSUITABLE,
    Refusal.NO_LAUNCH: FailureCause.SERVER_UNSUITABLE,
    Refusal.NO_PKCE: FailureCause.SERVER_UNSUITABLE,
    Refusal.NO_COMMON_PROOF: FailureCause.SERVER_UNSUITABLE,
    Refusal.UNSAFE_ENDPOINT: FailureCause.SERVER_UNSUITABLE,
    Refusal.STATE_UNKNOWN: FailureCause.STATE_UNKNOWN,
    Refusal.OTHER_BROWSER: FailureCause.STATE_UNKNOWN,
    Refusal.ACCESS_DENIED: FailureCause.AUTHORIZATION_REFUSED,
    Refusal.AUTHORIZATION_FAILED: FailureCause.AUTHORIZATION_REFUSED,
    Refusal.OTHER_ISSUER: FailureCause.STATE_UNKNOWN,
    Refusal.NO_CODE: FailureCause.CODE_REFUSED,
    Refusal.CODE_REFUSED: FailureCause.CODE_REFUSED,
    Refusal.CLIENT_REFUSED: FailureCause.AUTHORIZATION_REFUSED,
    Refusal.TOKEN_REFUSED: FailureCause.AUTHORIZATION_REFUSED,
    Refusal.TOKEN_BROKEN: FailureCause.TOKEN_UNUSABLE,
    Refusal.NO_PATIENT: FailureCause.PATIENT_MISSING,
    Refusal.NO_IDENTITY: FailureCause.IDENTITY_UNPROVEN,
    Refusal.IDENTITY_KEYS: FailureCause.IDENTITY_UNPROVEN,
    Refusal.IDENTITY_SIGNATURE: FailureCause.IDENTITY_UNPROVEN,
    Refusal.IDENTITY_CLAIMS: FailureCause.IDENTITY_UNPROVEN,
    Refusal.NO_CLINICIAN: FailureCause.AUTHORIZATION_REFUSED,
    Refusal.NO_SCOPES: FailureCause.SCOPES_MISSING,
    Refusal.OTHER_PATIENT: FailureCause.OTHER_PATIENT,
    Refusal.REFERRAL_UNKNOWN: FailureCause.REFERRAL_UNKNOWN,
    Refusal.SESSION_UNKNOWN: FailureCause.SESSION_UNKNOWN,
    Refusal.SESSION_EXPIRED: FailureCause.SESSION_EXPIRED,
    Refusal.ACCESS_REVOKED: FailureCause.ACCESS_REVOKED,
    Refusal.FORM_UNPROVEN: FailureCause.FORM_UNPROVEN,
    Refusal.FORM_MALFORMED: FailureCause.FORM_MALFORMED,
    Refusal.STORE_UNAVAILABLE: FailureCause.BUSY,
    Refusal.BUSY: FailureCause.BUSY,
}


class LaunchRefusedError(Exception):
    """The page is not opened, or not any more. The text is the word of the list and no more."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal

    @property
    def cause(self) -> FailureCause:
        """What the user reads of it."""
        return _CAUSES[self.refusal]
