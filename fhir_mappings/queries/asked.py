"""What the self link of a search says that the server took it to ask for (policy 2.6).

A search that was narrower than asked is not whole: a later lower bound, an upper bound before the
referral, a filter that nobody asked for. Read from the self link of the first page; parameters that
do not filter do not matter, and a link that says nothing hides nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

from cds_service.domain.lookback import LookbackPeriod
from fhir_mappings.reading.calendar_days import day_range, dutch_day

_OF_THE_PATIENT = frozenset({"patient", "subject"})
_FILTERS = frozenset(
    {
        # of every resource
        *("_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_text", "_content"),
        *("_list", "_has", "_type", "_filter", "_query"),
        # of Encounter and Procedure, in any FHIR version
        *("account", "appointment", "based-on", "careteam", "category", "class", "code"),
        *("context", "date-start", "diagnosis", "diagnosis-code", "diagnosis-reference"),
        *("encounter", "end-date", "episode-of-care", "episodeofcare", "identifier"),
        *("incomingreferral", "indication", "instantiates-canonical", "instantiates-uri"),
        *("length", "location", "location-period", "part-of", "participant"),
        *("participant-type", "performer", "practitioner", "procedure", "reason", "reason-code"),
        *("reason-reference", "report", "service-provider", "special-arrangement", "status"),
        *("subject-status", "type"),
    }
)
_SUMMARIES = frozenset({"", "false"})


def parameters(url: str) -> list[tuple[str, str]]:
    """The parameters of a link; none of a text that is no URL."""
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []


def lower_bound(self_url: str) -> date | None:
    """The first day that a search asked for in full, or None where it does not say.

    An instant covers its day only in part, so the first full day is the next one.
    """
    return max((day for value in _dates(self_url) if (day := _first_day(value))), default=None)


def is_narrower(self_url: str, lookback: LookbackPeriod) -> bool:
    """Whether a search of contacts was cut at an end of the lookback, or filtered otherwise."""
    bound = lower_bound(self_url)
    if bound is not None and bound > lookback.first:
        return True
    if any(day < lookback.last for value in _dates(self_url) if (day := _last_day(value))):
        return True
    return any(_is_filter(name, value) for name, value in parameters(self_url))


def _is_filter(name: str, value: str) -> bool:
    plain = name.partition(":")[0].partition(".")[0]
    if plain in _OF_THE_PATIENT:
        return "." in name
    if plain == "date":
        return any(part.startswith(("ne", "ap")) for part in value.split(","))
    return plain in _FILTERS or (plain == "_summary" and value not in _SUMMARIES)


def _dates(self_url: str) -> Iterator[str]:
    for name, values in parameters(self_url):
        if name == "date":
            yield from values.split(",")


def _first_day(value: str) -> date | None:
    """The first full day of one bound."""
    prefix, text = value[:2], value[2:]
    if prefix not in {"ge", "gt", "sa"}:
        own = day_range(value.removeprefix("eq"))
        return own.first if own is not None else None
    day = dutch_day(text)
    if day is None:
        return None
    return day if prefix == "ge" and len(text) == len("2024-06-15") else day + timedelta(days=1)


def _last_day(value: str) -> date | None:
    """The last day of one bound; an instant covers its day as far as anybody asks."""
    prefix, text = value[:2], value[2:]
    if prefix not in {"le", "lt", "eb"}:
        own = day_range(value.removeprefix("eq"))
        return own.last if own is not None else None
    days = day_range(text)
    if days is None:
        return None
    is_instant = "T" in text
    return days.last if prefix == "le" or is_instant else days.first - timedelta(days=1)
