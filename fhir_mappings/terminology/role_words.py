"""What the texts of a role say, and how they refine what its codes say.

Text refines a code and never contradicts it: where the two differ, the code wins. A function or a
specialisation that Dutch code lists lack (POH-GGZ, psychosomatic under UZI) is only in the text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.domain.contacts import Profession
from fhir_mappings.terminology.phrases import Words, folded
from fhir_mappings.terminology.role_maps import Professions, RoleMeaning
from fhir_mappings.terminology.tables import Terminology

_ABBREVIATIONS = frozenset({("poh",), ("pohs",), ("spv",), ("poh", "s"), ("poh", "o")})
"""Read in a displayed name only in capitals: Poh is a family name too."""

_FAMILY_NAMES = frozenset({("arts",), ("artsen",), ("coach",), ("pastor",), ("fysio",)})
"""Words that name nobody's profession in a displayed name: Arts is a family name."""

_LETTERS = re.compile(r"[^\W\d_]+")

_OTHER = frozenset({Profession.OTHER})
_SUPPORT_STAFF = RoleMeaning(_OTHER)
_PRACTICE_NURSE = frozenset({Profession.PRACTICE_NURSE_GGZ})
_MENTAL_HEALTH_NURSE = frozenset({Profession.MENTAL_HEALTH_NURSE})
_NURSE = frozenset({Profession.NURSE})
_PLAIN_PRACTICE_NURSE = frozenset({Profession.PRACTICE_NURSE})
_BOTH_PRACTICE_NURSES = _PRACTICE_NURSE | _OTHER

_PSYCHOSOMATIC: dict[Professions, Professions] = {
    frozenset({Profession.PHYSIOTHERAPIST}): frozenset({Profession.PSYCHOSOMATIC_PHYSIOTHERAPIST}),
    frozenset({Profession.EXERCISE_THERAPIST}): frozenset(
        {Profession.PSYCHOSOMATIC_EXERCISE_THERAPIST}
    ),
    # exists in practice, no register knows it: possible for option 2, never certain
    frozenset({Profession.OCCUPATIONAL_THERAPIST}): frozenset(
        {Profession.OCCUPATIONAL_THERAPIST, Profession.PSYCHOSOMATIC_OCCUPATIONAL_THERAPIST}
    ),
}

_PERHAPS_PSYCHOLOGIST = frozenset(
    {
        frozenset({Profession.PSYCHOLOGIST, Profession.OTHER}),
        frozenset({Profession.PSYCHOTHERAPIST}),
        frozenset({Profession.PSYCHIATRIST}),
        frozenset({Profession.REMEDIAL_EDUCATIONALIST}),
    }
)


@dataclass(frozen=True, slots=True)
class RoleTexts:
    """What texts of one role say together."""

    meanings: tuple[Professions, ...] = ()
    is_psychosomatic: bool = False
    is_mental_health: bool = False
    is_psychologist: bool = False  # one who works in first line, by name
    is_other_practice_nurse: bool = False  # POH-S and the like

    says_practice_nurse: bool = False  # POH-GGZ

    @property
    def names_practice_nurse(self) -> bool:
        """Whether a text names the function POH-GGZ, and no other POH beside it."""
        return self.says_practice_nurse and not self.is_other_practice_nurse

    def beside(self, other: "RoleTexts") -> "RoleTexts":
        """These texts, refined by others, which add no profession."""
        return RoleTexts(
            self.meanings,
            self.is_psychosomatic or other.is_psychosomatic,
            self.is_mental_health or other.is_mental_health,
            self.is_psychologist or other.is_psychologist,
            self.is_other_practice_nurse or other.is_other_practice_nurse,
            self.says_practice_nurse or other.says_practice_nurse,
        )


def role_texts(texts: Iterable[str], names: Iterable[str], terms: Terminology) -> RoleTexts:
    """The words of a role's texts, and of the displayed names of references to it."""
    told = tuple(texts)
    shown = tuple(names)
    found = [match for text in told for match in _in_text(text, terms)]
    found += [match for name in shown for match in _in_name(name, terms)]
    meanings = tuple(dict.fromkeys(meaning.professions for _, meaning in found))
    has_both = any(_is_both_practice_nurses(phrase, meaning) for phrase, meaning in found)
    return RoleTexts(
        meanings,
        _says(told + shown, "refine-psychosomatic", terms),
        _says(told + shown, "refine-mental-health", terms),
        _says(told + shown, "refine-psychologist", terms),
        has_both or any(_is_other_practice_nurse(phrase, meaning) for phrase, meaning in found),
        has_both or _PRACTICE_NURSE in meanings,
    )


def refined(alternatives: Professions, texts: RoleTexts, *, is_nurse: bool) -> Professions:
    """What a code means beside these texts."""
    if texts.names_practice_nurse:
        return _PRACTICE_NURSE  # a function, whoever fills it
    if texts.says_practice_nurse:
        return _BOTH_PRACTICE_NURSES  # POH-S and POH-GGZ: in which function is not said
    if is_nurse or _is_practice_nurse(alternatives):
        return _refined_nurse(alternatives, texts)
    if texts.is_psychosomatic:
        return _PSYCHOSOMATIC.get(alternatives, alternatives)
    if texts.is_psychologist and alternatives in _PERHAPS_PSYCHOLOGIST:
        return frozenset({Profession.PSYCHOLOGIST})
    return alternatives


def _refined_nurse(alternatives: Professions, texts: RoleTexts) -> Professions:
    is_plain = _is_practice_nurse(alternatives)
    if texts.is_other_practice_nurse and (is_plain or alternatives == _NURSE):
        return _OTHER
    if texts.is_mental_health:
        return _PRACTICE_NURSE if is_plain else _MENTAL_HEALTH_NURSE
    return alternatives


def _is_practice_nurse(alternatives: Professions) -> bool:
    """A plain POH, or one of whom another text says more."""
    return alternatives == _BOTH_PRACTICE_NURSES or alternatives - _OTHER == _PLAIN_PRACTICE_NURSE


def _says(texts: Iterable[str], value_set: str, terms: Terminology) -> bool:
    words = terms.sets[value_set].words
    return any(words.find(text) for text in texts)


def _is_other_practice_nurse(phrase: Words, meaning: RoleMeaning) -> bool:
    return meaning.professions == _OTHER and phrase[0].startswith(("poh", "praktijkondersteun"))


def _is_both_practice_nurses(phrase: Words, meaning: RoleMeaning) -> bool:
    """POH-S/GGZ: one person with two functions."""
    return meaning.professions == _BOTH_PRACTICE_NURSES and "ggz" in phrase


def _in_text(text: str, terms: Terminology) -> tuple[tuple[Words, RoleMeaning], ...]:
    """Whom a text of a role names; with a word of support staff nobody who gives care (2.4)."""
    found = terms.roles.words.matches(text)
    if found and terms.sets["support-staff-words"].words.find(text):
        return tuple((phrase, _SUPPORT_STAFF) for phrase, _ in found)
    return found


def _in_name(name: str, terms: Terminology) -> tuple[tuple[Words, RoleMeaning], ...]:
    return tuple(
        (phrase, meaning)
        for phrase, meaning in _in_text(name, terms)
        if phrase not in _FAMILY_NAMES and not _is_small_abbreviation(phrase, name)
    )


def _is_small_abbreviation(phrase: Words, name: str) -> bool:
    capitals = {folded(word) for word in _LETTERS.findall(name) if word.isupper()}
    return phrase in _ABBREVIATIONS and phrase[0] not in capitals
