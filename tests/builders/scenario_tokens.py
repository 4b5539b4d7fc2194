"""The grammar of the `sessions` column of `tests/data/scenarios.csv`: tokens and flags.

A token is `WHO@WHEN[STATUS,PLACE-KIND|KEY=VALUE|...]xN`, a flag `!name` or `!name=value`; both are
separated by semicolons. Nothing here knows FHIR or the domain.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class RoleJoin(StrEnum):
    """How several roles of one token belong together."""

    SINGLE = ""
    ONE_PRACTITIONER = "+"  # several PractitionerRoles; the contact names only the practitioner
    ONE_ROLE = "&"  # one PractitionerRole with several entries of `specialty`


class WhenShape(StrEnum):
    """In what form the record tells the time."""

    DAY = "day"
    MONTH = "month"
    INSTANT = "instant"
    UNKNOWN = "unknown"  # no date at all
    PERIOD = "period"  # `START..END`
    START_ONLY = "start-only"  # `START..`


@dataclass(frozen=True, slots=True)
class When:
    """When a contact was, as written. `end` is set for a period only."""

    shape: WhenShape
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class SessionToken:
    """One contact, or one course, of a scenario.

    `place` is the place of the contact; `role_place` the place that the organisation of the role
    has, empty where the row leaves the way to the place open. `code` is the discipline that the
    code of a Procedure names. `kind` is empty for an ordinary contact.

    `reasons` are the reasons of the contact: ICPC codes, `sct:CODE`, or a text. `type_text` is the
    text of its kind, of a Procedure that of its code. `older` is the status of the version before
    this one, `referrer` the role of a second participant who only referred, `is_modified` says
    that it has a modifierExtension that nobody knows.
    """

    roles: tuple[str, ...]
    join: RoleJoin
    code: str
    when: When
    status: str
    place: str
    role_place: str
    kind: str
    number: int | None
    reasons: tuple[str, ...] = ()
    type_text: str = ""
    older: str = ""
    referrer: str = ""
    is_modified: bool = False

    @property
    def is_procedure(self) -> bool:
        """Whether the contact is recorded as a Procedure."""
        return self.kind == "proc"

    @property
    def is_stated(self) -> bool:
        """Whether the referrer states the care, instead of the record showing it."""
        return self.status == "attested"


@dataclass(frozen=True, slots=True)
class ForeignContacts:
    """`number` contacts of another patient, the first on `start`, each `step` days later."""

    role: str
    start: str
    step: int
    number: int


@dataclass(frozen=True, slots=True)
class AlsoRole:
    """The practitioners of `role` hold `other` in this period, and `role` only outside it.

    An empty `start` or `end` is an open side. An inactive role has no period.
    """

    role: str
    other: str
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A letter by, or an own referral to, somebody of this role on this day."""

    role: str
    day: str


@dataclass(frozen=True, slots=True)
class Flags:
    """What holds for a whole scenario."""

    partial: str = ""  # `procedures`, `page`, `both` or `patient`: what cannot be had
    is_unreachable: bool = False
    deceased: str = ""  # a day
    today: str = ""  # a day
    authored: str = ""  # authoredOn as written
    has_no_authored: bool = False
    letter: str = ""
    foreign: tuple[ForeignContacts, ...] = ()
    also_roles: tuple[AlsoRole, ...] = ()
    inactive_roles: tuple[AlsoRole, ...] = ()
    decoy: str = ""  # the referral kind of another order
    is_doubled: bool = False  # every contact twice in its Bundle
    is_joint: bool = False  # contacts of one day and place are one contact
    is_linked: bool = False  # each Procedure belongs to the token before it
    page_size: int | None = None
    is_cut: bool = False  # `Bundle.total` of Encounters above what came
    self_link: str = ""  # of Encounters: `upper` a bound, `filter` another filter
    remark: str = ""  # an OperationOutcome among Encounters: an issue code, or a number of Epic's
    letters: tuple[Pointer, ...] = ()
    own_referrals: tuple[Pointer, ...] = ()
    named: str = ""  # words of the referral


class InvalidTokenError(ValueError):
    """The column holds something that the grammar does not know."""


_TOKEN: Final = re.compile(
    r"(?P<who>[a-z_+&]+)(?:/(?P<code>[a-z_]+))?@(?P<when>[^\[]+)"
    r"\[(?P<status>[a-z-]+),(?P<place>[a-z]+)(?::(?P<role_place>[a-z]+))?(?:-(?P<kind>[a-z]+))?"
    r"(?P<keys>(?:\|[^|\]]+)*)\](?:x(?P<number>\d+))?",
)
_KEYS: Final = {"type": "type_text", "older": "older", "ref": "referrer"}
_POINTER: Final = re.compile(r"([a-z_]+)@(\d{4}-\d\d-\d\d)")
_FOREIGN: Final = re.compile(r"([a-z_]+)@(\d{4}-\d\d-\d\d)\+(\d+)x(\d+)")
_ALSO_ROLE: Final = re.compile(r"([a-z_]+):([a-z_]+)(?:@([0-9-]*)\.\.([0-9-]*))?")
_PARTIAL: Final = {"": "procedures", "page": "page", "both": "both", "patient": "patient"}


def parse_sessions(column: str) -> tuple[tuple[SessionToken, ...], Flags]:
    """Read a whole column: its tokens in their order, and its flags."""
    parts = tuple(part.strip() for part in column.split(";") if part.strip())
    tokens = tuple(parse_token(part) for part in parts if not part.startswith("!"))
    return tokens, parse_flags(part[1:] for part in parts if part.startswith("!"))


def parse_token(text: str) -> SessionToken:
    """Read one `WHO@WHEN[STATUS,PLACE-KIND]xN`."""
    match = _TOKEN.fullmatch(text)
    if match is None:
        raise InvalidTokenError(f"no token: {text}")
    roles, join = _roles(match["who"])
    return SessionToken(
        roles=roles,
        join=join,
        code=match["code"] or "",
        when=parse_when(match["when"]),
        status=match["status"],
        place=match["place"],
        role_place=match["role_place"] or "",
        kind=match["kind"] or "",
        number=int(match["number"]) if match["number"] else None,
        **_keys(match["keys"]),
    )


def _keys(text: str) -> dict[str, Any]:
    """Read `|reason=K92+L03|type=Intake|modext`."""
    members: dict[str, Any] = {}
    for part in text.split("|")[1:]:
        key, _, value = part.partition("=")
        if key == "reason" and value:
            members["reasons"] = tuple(value.split("+"))
        elif key == "modext" and not value:
            members["is_modified"] = True
        elif key in _KEYS and value:
            members[_KEYS[key]] = value
        else:
            raise InvalidTokenError(f"no key of a token: {part}")
    return members


def _roles(who: str) -> tuple[tuple[str, ...], RoleJoin]:
    for join in (RoleJoin.ONE_PRACTITIONER, RoleJoin.ONE_ROLE):
        if join.value in who:
            return tuple(who.split(join.value)), join
    return (who,), RoleJoin.SINGLE


def parse_when(text: str) -> When:
    """Read a day, a month, an instant, a period, or `unknown`."""
    if text == "unknown":
        return When(WhenShape.UNKNOWN)
    start, dots, end = text.partition("..")
    if end:
        return When(WhenShape.PERIOD, start, end)
    if dots:
        return When(WhenShape.START_ONLY, start)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return When(WhenShape.DAY, text)
    if re.fullmatch(r"\d{4}(-\d\d)?", text):
        return When(WhenShape.MONTH, text)  # or a year
    if "T" in text:
        return When(WhenShape.INSTANT, text)
    raise InvalidTokenError(f"no time: {text}")


def parse_flags(texts: Iterable[str]) -> Flags:
    """Read flags without their exclamation mark; each name at most once, but for other roles."""
    members: dict[str, object] = {}
    for text in texts:
        name, _, value = text.partition("=")
        member, parsed = _flag(name, value)
        if isinstance(parsed, tuple):
            known = members.get(member, ())
            parsed = (*known, *parsed) if isinstance(known, tuple) else parsed
        members[member] = parsed
    return Flags(**members)  # type: ignore[arg-type]


_SWITCHES: Final = {
    "unreachable": "is_unreachable",
    "noauthored": "has_no_authored",
    "dup": "is_doubled",
    "joint": "is_joint",
    "linked": "is_linked",
    "total": "is_cut",
}
_TEXTS: Final = {"deceased", "today", "authored", "letter", "decoy", "remark", "named"}


def _flag(name: str, value: str) -> tuple[str, object]:
    if name in _SWITCHES and not value:
        return _SWITCHES[name], True
    if name in _TEXTS and value:
        return name, value
    if name == "partial" and value in _PARTIAL:
        return name, _PARTIAL[value]
    if name == "self" and value in {"upper", "filter"}:
        return "self_link", value
    if name in _LISTED:
        member, read = _LISTED[name]
        return member, (read(value),)
    if name == "pages" and value.isdigit():
        return "page_size", int(value)
    raise InvalidTokenError(f"no flag: !{name}={value}")


def _foreign(value: str) -> ForeignContacts:
    match = _FOREIGN.fullmatch(value)
    if match is None:
        raise InvalidTokenError(f"no contacts of another patient: {value}")
    return ForeignContacts(match[1], match[2], int(match[3]), int(match[4]))


def _pointer(value: str) -> Pointer:
    match = _POINTER.fullmatch(value)
    if match is None:
        raise InvalidTokenError(f"no letter or own referral: {value}")
    return Pointer(match[1], match[2])


def _also_role(value: str) -> AlsoRole:
    match = _ALSO_ROLE.fullmatch(value)
    if match is None:
        raise InvalidTokenError(f"no other role: {value}")
    return AlsoRole(match[1], match[2], match[3] or "", match[4] or "")


_LISTED: Final[dict[str, tuple[str, Callable[[str], object]]]] = {
    "foreign": ("foreign", _foreign),
    "alsorole": ("also_roles", _also_role),
    "inactive": ("inactive_roles", _also_role),
    "brief": ("letters", _pointer),
    "referred": ("own_referrals", _pointer),
}
"""Flags that can stand several times."""
