"""One bucket of patients, from lines to rows: grouped, judged, written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cds_service.errors import ReferralCheckError
from cds_service.population.counts import Counts
from cds_service.population.directory import Directory
from cds_service.population.heads import CARE, LONGEST_LINE, HeldLine, LossReason, LostLine
from cds_service.population.judging import KnownGaps, PatientResources, Rule, judge_patient
from cds_service.population.rows import Keys, Row, contact_rows, outcome_row
from cds_service.strict_json import BodyLimits, parse_object
from fhir_mappings.reading.record import Resource

_LIMITS: Final = BodyLimits(size=LONGEST_LINE, nesting=64, string=LONGEST_LINE, values=2_000_000)
"""Those of a hook call, but for the length: a report inside a resource may be long."""


@dataclass(slots=True)
class BucketRows:
    """What one bucket gives: rows by table, losses and counts."""

    outcomes: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    losses: list[LostLine] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def judge_bucket(  # noqa: PLR0913 - one name for each thing that is known of the run
    held: Iterable[HeldLine],
    directory: Directory,
    rule: Rule,
    keys: Keys,
    gaps: KnownGaps,
    *,
    with_contacts: bool,
) -> BucketRows:
    """Every referral of the patients of a bucket, in the order of the patients' keys."""
    found = BucketRows()
    by_patient: dict[str, list[HeldLine]] = defaultdict(list)
    for line in held:
        by_patient[line.patient].append(line)
    in_order = sorted((keys.of("patient", patient), patient) for patient in by_patient)
    for _, patient in in_order:
        own = by_patient.pop(patient)
        resources = _resources(patient, own, gaps, found.losses)
        _add(found, resources, directory, rule, keys, with_contacts=with_contacts)
    return found


def _add(  # noqa: PLR0913 - one name for each thing that is known of the run
    found: BucketRows,
    held: PatientResources,
    directory: Directory,
    rule: Rule,
    keys: Keys,
    *,
    with_contacts: bool,
) -> None:
    judged = judge_patient(held, directory, rule)
    counts = found.counts
    counts.patients += 1
    counts.patients_without_patient += not held.of("Patient")
    counts.patients_referred += bool(judged.referrals)
    found.losses.extend(LostLine("", 0, each, "ServiceRequest") for each in judged.losses)
    rows = [(outcome_row(each, keys), each) for each in judged.referrals]
    for row, each in sorted(rows, key=lambda pair: (pair[0]["date"], pair[0]["referral"])):
        found.outcomes.append(row)
        counts.add(row, each)
        if with_contacts:
            found.contacts.extend(contact_rows(each, keys))


def _resources(
    patient: str, held: Sequence[HeldLine], gaps: KnownGaps, losses: list[LostLine]
) -> PatientResources:
    """What the lines of a patient hold; a line that breaks a rule of JSON is a gap of theirs."""
    by_type: dict[str, list[Resource]] = defaultdict(list)
    partial = set(gaps.partial)
    for line in held:
        resource = parsed(line)
        if resource is not None:
            by_type[line.resource_type].append(resource)
            continue
        kind = line.resource_type
        losses.append(LostLine(line.file, line.offset, LossReason.UNREADABLE, kind))
        if kind in CARE:
            partial.add(kind)
    return PatientResources(patient, by_type, KnownGaps(gaps.missing, frozenset(partial)))


def parsed(line: HeldLine) -> Resource | None:
    """The resource in a line, read as strictly as a hook call; None where it cannot be."""
    try:
        return parse_object(line.line, _LIMITS)
    except (ReferralCheckError, RecursionError):
        return None


def known_gaps(
    missing: Iterable[str], losses: Iterable[LostLine], types_of_files: Mapping[str, str]
) -> KnownGaps:
    """What of everybody's care is not whole, because something was lost that can be anybody's.

    `types_of_files` tells of each file which type it holds, where that is known; what is lost of
    one that nobody knows can be of any type.
    """
    partial: set[str] = set()
    for loss in losses:
        kind = loss.resource_type or types_of_files.get(loss.file, "")
        partial |= CARE if not kind else {kind} & CARE
    return KnownGaps(frozenset(missing) & CARE, frozenset(partial))


def types_of_files(
    named: Mapping[str, str], read: Iterable[tuple[str, Mapping[str, int]]]
) -> dict[str, str]:
    """The type that each file holds: the one that all its lines have, else that of its name."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for file, types in read:
        seen[file].update(types)
    return dict(_types(named, seen))


def _types(
    named: Mapping[str, str], seen: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[str, str]]:
    for file, name in named.items():
        types = seen.get(file, {})
        if len(types) == 1:
            yield file, next(iter(types))
        else:
            yield file, name if not types or set(types) <= {name} else ""
