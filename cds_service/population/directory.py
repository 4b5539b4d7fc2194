"""The roles, people, places and organisations of an export, for every patient. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fhir_mappings.reading.bundles import read_answer
from fhir_mappings.reading.concepts import UnreadableError
from fhir_mappings.reading.record import PatientRecord, References, Resource, role_search_key
from fhir_mappings.reading.references import ReferenceReader, Target, key_of

_ROUNDS = 6  # contact, role, practitioner or organisation, and up to three `partOf`


@dataclass(frozen=True, slots=True)
class Directory:
    """What contacts refer to, by `Type/id`, and the roles of each practitioner.

    `has_every_role`: no role was lost, so whose roles are not among them has none here.
    """

    resources: Mapping[str, Resource] = field(default_factory=dict)
    roles_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    has_every_role: bool = True

    @classmethod
    def of(
        cls, resources: Iterable[Resource], *, base_url: str = "", has_every_role: bool = True
    ) -> "Directory":
        """Of several with one id the newest stands, and none where nothing tells which that is."""
        versions: dict[str, list[Resource]] = defaultdict(list)
        for one in resources:
            versions[key_of(one)].append(one)
        chosen = ((key, _newest(key, own)) for key, own in versions.items())
        by_key = {key: one for key, one in chosen if one is not None}
        reader = ReferenceReader(base_url)
        roles: dict[str, list[str]] = defaultdict(list)
        for key, one in by_key.items():
            if one.get("resourceType") == "PractitionerRole" and (who := _whose(one, reader)):
                roles[who].append(key)
        return cls(by_key, {who: tuple(own) for who, own in roles.items()}, has_every_role)

    def completed(self, record: PatientRecord) -> PatientRecord:
        """The record with all that it refers to; what the export does not hold is lost.

        Lost is not unknown (interface.md, Decisions on trust and limits): an export that leaves
        out a place says nothing of it.
        """
        record = replace(record, lost=frozenset())
        references = References.of(record)
        asked: frozenset[str] = frozenset()
        for _ in range(_ROUNDS):
            missing = references.missing(record)
            practitioners = references.practitioners(record) - asked
            if not missing and not practitioners:
                break
            keys = {*missing, *(key for who in practitioners for key in self.roles_of.get(who, ()))}
            found = {key: self.resources[key] for key in keys if key in self.resources}
            lost = {key for key in missing if key not in self.resources}
            if not self.has_every_role:
                lost |= {role_search_key(who) for who in practitioners}
            record = replace(
                record, referenced={**record.referenced, **found}, lost=record.lost | lost
            )
            asked |= practitioners
        return replace(record, lost=record.lost | references.missing(record))


def _newest(key: str, versions: Sequence[Resource]) -> Resource | None:
    """The one that a Bundle with all of them would hold."""
    if len(versions) == 1:
        return versions[0]
    entries = [{"resource": each} for each in versions]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return read_answer(bundle, "").included.get(key)


def _whose(role: Resource, reader: ReferenceReader) -> str:
    """`Practitioner/id` of a role; empty where it does not say."""
    try:
        reference = reader.read(role.get("practitioner"), "practitioner")
    except UnreadableError:
        return ""
    is_held = reference.target is Target.RECORD and reference.resource_type == "Practitioner"
    return reference.key if is_held else ""
