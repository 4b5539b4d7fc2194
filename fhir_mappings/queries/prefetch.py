"""What a client prefetched, and how far each key can be used (interface.md, Data).

A key that is present needs nothing more. For every other one the caller fetches, if it has access;
what happens without access is said by the state of the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from cds_service.domain.lookback import LookbackPeriod
from fhir_mappings.queries.asked import is_narrower, lower_bound, parameters
from fhir_mappings.queries.queries import earliest_prefetched_day
from fhir_mappings.reading.bundles import AnswerShape, SearchAnswer, read_answer
from fhir_mappings.reading.record import names_only_others
from fhir_mappings.reading.references import ReferenceReader

_BROUGHT_ALONG = frozenset({"PractitionerRole", "Practitioner", "Location", "Organization"})
_POINTING = {"letters": "DocumentReference", "referrals": "ServiceRequest"}
_PATIENT_PARAMETERS = frozenset({"patient", "subject", "patient:Patient", "subject:Patient"})


class KeyState(StrEnum):
    """How far a prefetch key can be used."""

    PRESENT = "present"
    FOLLOW_NEXT = "follow-next"  # a first page; without access to the next one a gap
    GAP = "gap"  # the client tried and could not: fetched, without access a gap
    NOT_OFFERED = "not-offered"  # absent or of the wrong type: fetched, without access not offered


@dataclass(frozen=True, slots=True)
class PrefetchedPart:
    """One prefetch key. What it holds is used unless the whole is fetched."""

    state: KeyState
    answer: SearchAnswer = field(default_factory=lambda: SearchAnswer(AnswerShape.WRONG_TYPE))
    resource: Mapping[str, object] | None = None  # of the key `patient`

    @property
    def was_received(self) -> bool:
        """Whether anything usable came, be it an empty answer that does not reach far enough."""
        return self.resource is not None or self.answer.shape in {
            AnswerShape.BUNDLE,
            AnswerShape.NULL,
        }


@dataclass(frozen=True, slots=True)
class PrefetchReader:
    """Reads the prefetch of one call.

    `margin_days` are those of the templates that the service offers (policy B14).
    """

    prefetch: Mapping[str, object]
    patient_id: str
    today: date
    base_url: str = ""
    margin_days: int = 31

    def patient(self) -> PrefetchedPart:
        """The key `patient`: the Patient of this call, and no other."""
        value = self.prefetch.get("patient")
        resource_type = value.get("resourceType") if isinstance(value, Mapping) else None
        if resource_type == "OperationOutcome":
            return PrefetchedPart(KeyState.GAP)
        if (
            not isinstance(value, Mapping)
            or resource_type != "Patient"
            or value.get("id") != self.patient_id
        ):
            return PrefetchedPart(KeyState.NOT_OFFERED)
        return PrefetchedPart(KeyState.PRESENT, resource=value)

    def encounters(self, lookback: LookbackPeriod) -> PrefetchedPart:
        """The key `encounters`, for an order with this lookback."""
        return self._contacts("encounters", "Encounter", lookback)

    def procedures(self, lookback: LookbackPeriod) -> PrefetchedPart:
        """The key `procedures`, for an order with this lookback."""
        return self._contacts("procedures", "Procedure", lookback)

    def conditions(self) -> PrefetchedPart:
        """The key `conditions`; it knows no lookback."""
        return self._search("conditions", "Condition")

    def statements(self) -> PrefetchedPart:
        """The key `statements`; it knows no lookback. A statement about another patient stays.

        It serves only to say so: what is helpful and not needed is never a gap.
        """
        answer = read_answer(
            self.prefetch.get("statements"), "QuestionnaireResponse", self.base_url
        )
        is_absent = "statements" not in self.prefetch
        return PrefetchedPart(KeyState.NOT_OFFERED if is_absent else self._state_of(answer), answer)

    def pointing(self, key: str) -> tuple[object, ...] | None:
        """What a client gave for `letters` or `referrals`; None where it gave nothing usable.

        They only point, so nothing of them is ever a gap (policy 2.6).
        """
        if key not in self.prefetch:
            return None
        answer = read_answer(self.prefetch[key], _POINTING[key], self.base_url)
        if answer.shape not in {AnswerShape.BUNDLE, AnswerShape.NULL}:
            return None
        return (*answer.matches, *answer.included.values())

    def _contacts(self, key: str, resource_type: str, lookback: LookbackPeriod) -> PrefetchedPart:
        part = self._search(key, resource_type)
        usable = part.state in {KeyState.PRESENT, KeyState.FOLLOW_NEXT}
        if usable and not self._covers(part.answer, lookback):
            return PrefetchedPart(KeyState.GAP, part.answer)
        return part

    def _search(self, key: str, resource_type: str) -> PrefetchedPart:
        if key not in self.prefetch:
            return PrefetchedPart(KeyState.NOT_OFFERED)
        answer = read_answer(self.prefetch[key], resource_type, self.base_url)
        state = self._state_of(answer)
        if state is KeyState.NOT_OFFERED:
            return PrefetchedPart(state)
        if names_only_others(answer.matches, self.patient_id, self._references(answer)):
            return PrefetchedPart(KeyState.GAP)
        return PrefetchedPart(state, answer)

    def _state_of(self, answer: SearchAnswer) -> KeyState:
        match answer.shape:
            case AnswerShape.NULL:
                return KeyState.PRESENT  # the client looked and found nothing
            case AnswerShape.OUTCOME:
                return KeyState.GAP
            case AnswerShape.WRONG_TYPE:
                return KeyState.NOT_OFFERED
            case AnswerShape.BUNDLE:
                return self._state_of_bundle(answer)

    def _state_of_bundle(self, answer: SearchAnswer) -> KeyState:
        if not answer.matches and (
            _is_of_another_type(answer) or self._asked_for_another(answer.self_url)
        ):
            return KeyState.NOT_OFFERED
        if answer.has_error:
            return KeyState.GAP
        if answer.has_next:
            return KeyState.FOLLOW_NEXT if answer.next_url else KeyState.GAP
        return KeyState.GAP if answer.is_short else KeyState.PRESENT

    def _references(self, answer: SearchAnswer) -> ReferenceReader:
        return ReferenceReader(self.base_url or answer.base_url, answer.aliases)

    def _asked_for_another(self, self_url: str) -> bool:
        """Whether a search was for another patient, or its token was never filled in.

        Then an empty Bundle is no result (conformance 2.6).
        """
        if "{{" in self_url or "%7b%7b" in self_url.lower():
            return True
        named = [value for name, value in parameters(self_url) if name in _PATIENT_PARAMETERS]
        return any(value.rpartition("/")[2] != self.patient_id for value in named)

    def _covers(self, answer: SearchAnswer, lookback: LookbackPeriod) -> bool:
        """Whether an answer covers the lookback, and was filtered by nothing else (policy 2.6).

        The bounds in the self link decide; without a lower one that of our templates, which a
        client that caches them can only have had from an earlier day, with an earlier bound.
        """
        if is_narrower(answer.self_url, lookback):
            return False
        bound = lower_bound(answer.self_url)
        if bound is None:
            bound = earliest_prefetched_day(self.today, margin_days=self.margin_days)
        return bound <= lookback.first


def _is_of_another_type(answer: SearchAnswer) -> bool:
    """Whether a Bundle without matches holds what no search for contacts brings along."""
    types = {key.partition("/")[0] for key in answer.included}
    return not types <= _BROUGHT_ALONG
