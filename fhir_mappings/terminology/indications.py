"""Reasons of an order -> whether it is for persistent pain (policy D5 to D7)."""

import re
from collections.abc import Iterable, Mapping

from cds_service.domain.referral import Indication
from fhir_mappings.reading.concepts import Coding, Concept
from fhir_mappings.terminology.coding_keys import Key
from fhir_mappings.terminology.phrases import words
from fhir_mappings.terminology.tables import ReasonClass, ReasonWord, Terminology

_SAYS_NOTHING = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
        "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    }
)
_WITH_SUBCODES = frozenset(
    {
        "http://hl7.org/fhir/sid/icpc-1-nl",
        "http://hl7.org/fhir/sid/icd-10-nl",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://id.who.int/icd/release/11/mms",
    }
)
_DISPLAYS_ARE_READ = frozenset(
    {
        "http://snomed.info/sct",
        "http://hl7.org/fhir/sid/icd-10-nl",
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://hl7.org/fhir/sid/icd-10",
    }
)
_SHORTEST_PARENT = len("L03")
_TAG = re.compile(r"\([^()]*\)\s*$")  # "(disorder)" behind a SNOMED CT name

_VERDICTS = {
    ReasonClass.INCLUDE: Indication.PAIN,
    ReasonClass.DURATION: Indication.PAIN,  # how long it lasts is not tested (policy D7)
    ReasonClass.REVIEW: Indication.UNKNOWN,
    ReasonClass.EXCLUDE: Indication.OTHER,
}


def names_pain(text: str, terms: Terminology) -> bool:
    """Whether a text holds a pain word, after pain elsewhere and denied pain are taken out."""
    return ReasonWord.PAIN in _said(text, terms)


def _said(text: str, terms: Terminology) -> set[ReasonWord]:
    """What the words of a text say; a word that is denied says nothing."""
    denials = terms.sets["denial-words"].words.whole
    places = terms.reason_words.words.places(text)
    return {match.value for match in places if (match.before,) not in denials}


def reason_class(coding: Coding, terms: Terminology) -> ReasonClass | None:
    """The class of a code: its own line, that of its parent, or a range; None: in no table."""
    key = terms.keys.key(coding)
    parent = parent_in_table(key, terms)
    named = terms.reasons.codes.get(key if parent is None else parent)
    return named or terms.reasons.in_range(key)


def is_other_reason(coding: Coding, terms: Terminology) -> bool:
    """Whether a code is certainly another reason than pain (policy A8, D7)."""
    return _is_in("contact-reason-other", coding, terms)


def is_somatic_reason(coding: Coding, terms: Terminology) -> bool:
    """Whether a code is of a somatic chapter (policy 2.4, a plain POH)."""
    return _is_in("contact-reason-somatic", coding, terms)


def _is_in(value_set: str, coding: Coding, terms: Terminology) -> bool:
    key = terms.keys.key(coding)
    members = terms.sets[value_set]
    return bool(members.get(key)) or _parent(key, members.codes) is not None


def reason(concept: Concept, notes: Iterable[str], terms: Terminology) -> Indication | None:
    """The verdict of one reason; None where it holds neither a code nor a text.

    Pain by its code or words goes first, then what may be pain (class review), then what is
    certainly something else; everything else is unknown (policy D7). A text that merely repeats
    the name of a known code adds nothing: 714252004 is chronic pain after mastectomy by its own
    name, and is not what the criteria mean.
    """
    codings = tuple(coding for coding in concept.codings if _says_something(coding, terms))
    classes = {coding: reason_class(coding, terms) for coding in codings}
    texts = [concept.text, *notes]
    texts += [coding.display for coding, found in classes.items() if _is_read(coding, found, terms)]
    known = [coding for coding, found in classes.items() if found is not None]
    added = [text for text in texts if text and not _repeats(text, known, terms)]
    verdicts = {_VERDICTS[found] for found in classes.values() if found is not None}
    said = {word for text in added for word in _said(text, terms)}
    if Indication.PAIN in verdicts or ReasonWord.PAIN in said:
        return Indication.PAIN
    if Indication.UNKNOWN in verdicts or any(map(terms.reasons.words.find, added)):
        return Indication.UNKNOWN
    is_other = any(is_other_reason(coding, terms) for coding in codings)
    if Indication.OTHER in verdicts or is_other or ReasonWord.OTHER in said:
        return Indication.OTHER
    return Indication.UNKNOWN if codings or added else None


def _is_read(coding: Coding, found: ReasonClass | None, terms: Terminology) -> bool:
    """Whether the display of a code is read for words (policy D7).

    Of SNOMED CT and ICD-10 codes that no table knows; and where there is no code beside it.
    """
    if found is not None:
        return False
    return not coding.code.strip() or terms.keys.key(coding)[0] in _DISPLAYS_ARE_READ


def indication_of(
    verdicts: Iterable[Indication | None], own_words: Iterable[str], terms: Terminology
) -> Indication:
    """All reasons of an order, and its own words, which can only add pain."""
    found = set(verdicts) - {None}
    if Indication.PAIN in found or any(names_pain(text, terms) for text in own_words):
        return Indication.PAIN
    return Indication.OTHER if found == {Indication.OTHER} else Indication.UNKNOWN


def _says_something(coding: Coding, terms: Terminology) -> bool:
    system, _ = terms.keys.key(coding)
    return bool(coding.code or coding.display) and system not in _SAYS_NOTHING


def parent_in_table(key: Key, terms: Terminology) -> Key | None:
    """The nearest parent in the table of a code that has no line of its own.

    By the shape of the code: L86.01 is a kind of L86.
    """
    return _parent(key, terms.reasons.codes)


def _parent(key: Key, codes: Mapping[Key, object]) -> Key | None:
    system, code = key
    if system not in _WITH_SUBCODES or key in codes:
        return None
    while len(code) > _SHORTEST_PARENT:
        code = code[:-1].rstrip(".")
        if (system, code) in codes:
            return system, code
    return None


def adds_to(text: str, codings: Iterable[Coding], terms: Terminology) -> bool:
    """Whether a text says more than the names of the codes beside it."""
    return bool(text) and not _repeats(text, codings, terms)


def _repeats(text: str, known: Iterable[Coding], terms: Terminology) -> bool:
    """Whether all words of a text are in the name of a known code, sent or our own."""
    said = set(words(_TAG.sub("", text)))
    names = (name for coding in known for name in (coding.display, _our_name(coding, terms)))
    return any(said <= set(words(name)) for name in names if name)


def _our_name(coding: Coding, terms: Terminology) -> str:
    return terms.reasons.names.get(terms.keys.key(coding), "")
