"""What a code means to the service, and why: the tables that hold it and what follows from them.

Nothing here decides anything: the same mapper and the same count are asked as for a record.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.domain.contacts import CareSetting, ProcedureMeaning
from cds_service.domain.criteria import ReferralCriteria
from cds_service.explain.code_lines import CodeLine, code_lines
from cds_service.explain.contact_worths import Effect, at_places, by_givers, contact, effects
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.artefacts import Artefact
from fhir_mappings.terminology.care_settings import (
    is_never_first_line,
    is_virtual,
    setting_of,
    setting_of_role,
)
from fhir_mappings.terminology.coding_keys import COD016, PLAIN_TEXT, UZI, Key
from fhir_mappings.terminology.contact_kinds import kind_of
from fhir_mappings.terminology.indications import parent_in_table, reason_class
from fhir_mappings.terminology.tables import OrderMeaning, ReasonClass, Terminology
from fhir_mappings.terminology.therapist_categories import (
    code_professions,
    is_session_code,
    professions,
)


@dataclass(frozen=True, slots=True)
class Section:
    """What contacts count for in which the code plays one part."""

    title: str
    effects: tuple[Effect, ...]


@dataclass(frozen=True, slots=True)
class CodeExplanation:
    """Everything that the service makes of one code of one code system."""

    system: str  # as our tables name it
    code: str
    display: str  # in our words; empty where no table has one
    repairs: tuple[str, ...]
    lines: tuple[CodeLine, ...]
    follows: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def is_known(self) -> bool:
        """Whether any table holds the code, or a parent of it."""
        return bool(self.lines)


def explain(
    asked: Coding,
    artefacts: tuple[Artefact, ...],
    terms: Terminology,
    criteria: ReferralCriteria,
) -> CodeExplanation:
    """The explanation of a code; `artefacts` are those that `terms` were made of."""
    key = terms.keys.key(asked)
    parent = parent_in_table(key, terms)
    lines = code_lines(parent or key, artefacts, terms.keys)
    reader = _Reader(Coding(*key), terms, criteria)
    return CodeExplanation(
        *key,
        next((line.display for line in lines if line.display), ""),
        tuple(_repairs(asked, key, parent, terms)),
        lines,
        tuple(reader.follows()) if lines else _NOTHING_FOLLOWS,
        tuple(reader.sections()) if lines else (reader.without_role(),),
    )


def _repairs(asked: Coding, key: Key, parent: Key | None, terms: Terminology) -> Iterator[str]:
    preferred = terms.keys.preferred.get(asked.system, asked.system)
    if preferred != asked.system:
        yield f"alias: {asked.system} is another address of {preferred}"
    if preferred != key[0]:
        yield f"wrong system: a code of this shape is of {key[0]}, and is read as such"
    if asked.code.strip() != key[1]:
        yield f"leading zero: {asked.code} is written {key[1]} in our tables"
    if parent is not None:
        yield f"parent: no line of its own, read as {parent[1]}, its parent by shape"


@dataclass(frozen=True, slots=True)
class _Reader:
    coding: Coding
    terms: Terminology
    criteria: ReferralCriteria

    @property
    def key(self) -> Key:
        return self.coding.system, self.coding.code

    @property
    def concept(self) -> Concept:
        """The code as it would be sent; words are sent as a text."""
        is_text = self.coding.system == PLAIN_TEXT
        return Concept(text=self.coding.code) if is_text else Concept((self.coding,))

    def follows(self) -> Iterator[str]:
        """What the tables say of it as a reason, and in an order; where a role list lacks it."""
        if self.coding.system in {COD016, UZI} and self.terms.roles.get(self.key) is None:
            yield _NO_USABLE_ROLE
        found = reason_class(self.coding, self.terms)
        if found is not None:
            yield _AS_REASON[found]
        order = self.terms.orders.get(self.key)
        if order is not None:
            yield _AS_ORDER[order]
        for name, sentence in _AS_PART_OF_AN_ORDER.items():
            if self.terms.sets[name].get(self.key):
                yield sentence

    def sections(self) -> Iterator[Section]:
        """What contacts count for, by the part that the code plays in them."""
        words = self.terms.roles.words
        is_word = self.coding.system == PLAIN_TEXT and words.exact(self.coding.code) is not None
        if is_word or self.terms.roles.get(self.key) is not None:
            yield self._as_role()
        if self.terms.settings.get(self.key) is not None:
            yield self._as_place()
        if self.terms.sessions.get(self.key) is not None:
            yield self._as_procedure()
        elif self.terms.kinds.get(self.key) is not None:
            yield self._as_kind()
        if is_never_first_line((self.coding,), self.terms) or any(
            self.terms.sets[name].get(self.key) for name in ("class-neutral", "class-virtual")
        ):
            yield self._as_class()

    def _as_role(self) -> Section:
        giver = contact(professions((self.concept,), terms=self.terms))
        own_place = setting_of_role((self.concept,), self.terms)
        situations = at_places(giver, own_place=own_place)
        return Section("A contact with somebody of this role", effects(situations, self.criteria))

    def _as_place(self) -> Section:
        place = setting_of((self.concept,), terms=self.terms)
        situations = by_givers(contact().but(setting=place))
        return Section("A contact at a place of this type", effects(situations, self.criteria))

    def _as_procedure(self) -> Section:
        is_session = is_session_code(self.concept, self.terms)
        treatment = contact(code_professions(self.concept, self.terms)).but(
            kind=kind_of((self.concept,), (), self.terms),
            procedure=ProcedureMeaning.SESSION if is_session else ProcedureMeaning.ANOTHER,
        )
        title = "A procedure with this code, of nobody with a usable role"
        return Section(title, effects(at_places(treatment), self.criteria))

    def _as_kind(self) -> Section:
        one = contact().but(
            kind=kind_of((self.concept,), (), self.terms),
            setting=CareSetting.PRIMARY_CARE,
        )
        title = "A contact of this kind, in first line"
        return Section(title, effects(by_givers(one), self.criteria))

    def _as_class(self) -> Section:
        one = contact().but(
            is_inpatient=is_never_first_line((self.coding,), self.terms),
            kind=kind_of((), (self.coding,), self.terms),
            setting=CareSetting.PRIMARY_CARE,
        )
        title = "An encounter of this class, in first line by its organisation"
        if is_virtual((self.coding,), self.terms):
            title += ", without a type"
        return Section(title, effects(by_givers(one), self.criteria))

    def without_role(self) -> Section:
        """What is left for a code that no table knows."""
        situations = at_places(contact())
        title = "An encounter with nobody but this role"
        return Section(title, effects(situations, self.criteria))


_AS_REASON = {
    ReasonClass.INCLUDE: "As a reason for referral: persistent pain, so the criteria apply.",
    ReasonClass.DURATION: (
        "As a reason for referral: pain of the locomotor system; how long it lasts is not tested, "
        "so the criteria apply."
    ),
    ReasonClass.REVIEW: (
        "As a reason for referral: may or may not be what the criteria mean; the indication is "
        "unknown unless another reason is pain."
    ),
    ReasonClass.EXCLUDE: (
        "As a reason for referral: another indication; the criteria do not apply unless another "
        "reason is pain or unknown."
    ),
}
_OURS = "As the code or the receiver of an order: rehabilitation medicine, so the order is checked."
_NOT_OURS = "As the code or the receiver of an order: something else, so nothing is checked."
_AS_ORDER = {
    OrderMeaning.REHABILITATION: _OURS,
    OrderMeaning.IMSR: _OURS,
    OrderMeaning.GENERIC: "As the code of an order: any referral; its receiver decides.",
    OrderMeaning.UNCLEAR: (
        "As the code of an order: not decisive; words for rehabilitation medicine or the receiver "
        "decide."
    ),
    OrderMeaning.OTHER_REHABILITATION: _NOT_OURS,
    OrderMeaning.OTHER: _NOT_OURS,
}
_AS_PART_OF_AN_ORDER = {
    "referral-consult": (
        "Beside rehabilitation medicine as receiver: a one-time consult, to which the criteria do "
        "not apply."
    ),
    "referral-text-section": "As a section of a referral letter: its words are read.",
}
_NO_USABLE_ROLE = "As a role: no usable role, as if none were given; words beside it may name one."
_NOTHING_FOLLOWS = (
    _NO_USABLE_ROLE,
    "As the type or the class of an encounter: says nothing, and weakens nothing.",
    (
        "As the code of a procedure without a usable role: not counted (other_procedure), but in a "
        "therapy practice possible (unmapped_role)."
    ),
    "As the type of an organisation: the place is not known.",
    "As a reason for referral: another indication, unless its words hold a pain word.",
    (
        "As the code of an order: no referral to rehabilitation medicine, unless its words or the "
        "type of performer say so."
    ),
)
