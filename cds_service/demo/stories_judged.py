"""Demo patients of whom the record shows enough, or certainly too little."""

from datetime import date
from typing import Final

from cds_service.demo.care_providers import CareGiver, Practice
from cds_service.demo.patients import (
    ENOUGH_PHYSIOTHERAPY,
    ENOUGH_POH_GGZ,
    MEMO,
    DemoPatient,
    Statement,
    Visits,
    physiotherapy,
    poh_ggz,
)

SHOWN: Final = (
    DemoPatient(
        "optie-1",
        "Anneke",
        "Brouwer",
        "female",
        "1978-03-09",
        "Fourteen weekly physiotherapy sessions and seven contacts with the POH-GGZ: number and "
        "duration of option 1 are shown.",
        (physiotherapy(14, 7), ENOUGH_POH_GGZ),
    ),
    DemoPatient(
        "optie-2",
        "Willem",
        "van Leeuwen",
        "male",
        "1969-11-21",
        "Eight sessions with a psychosomatic physiotherapist in fourteen weeks: option 2 is shown "
        "without a psychologist.",
        (Visits(CareGiver.PSYCHOSOMATIC_THERAPIST, date(2025, 10, 6), 14, 8),),
    ),
    DemoPatient(
        "beide-opties",
        "Noor",
        "Hendriks",
        "female",
        "1983-09-17",
        "Physiotherapy and a psychologist, and later a psychosomatic therapist: both options are "
        "shown.",
        (
            physiotherapy(9, 14, first=date(2024, 9, 2)),
            Visits(CareGiver.PSYCHOLOGIST, date(2024, 10, 1), 14, 8),
            Visits(CareGiver.PSYCHOSOMATIC_THERAPIST, date(2025, 10, 6), 14, 8),
        ),
    ),
    DemoPatient(
        "psycholoog-84",
        "Gerard",
        "Schipper",
        "male",
        "1966-02-08",
        "Two contacts with a psychologist, 84 days apart: part 2 of option 1 asks for six sessions "
        "or twelve weeks, so the duration alone is enough.",
        (ENOUGH_PHYSIOTHERAPY, Visits(CareGiver.PSYCHOLOGIST, date(2025, 9, 3), 84, 2)),
    ),
    DemoPatient(
        "opgegeven",
        "Ingrid",
        "Vos",
        "female",
        "1976-07-04",
        "The physiotherapy was paid privately and is in no record; the referrer states it in "
        "a form, and it counts as stated.",
        (ENOUGH_POH_GGZ,),
        statements=(
            Statement(
                "physiotherapist",
                "Fysiotherapeut",
                date(2025, 1, 6),
                date(2025, 5, 12),
                9,
                "Oefentherapie met opbouw van belasting",
                "Onvoldoende: de pijn en de beperkingen bleven",
            ),
        ),
    ),
    DemoPatient(
        "middernacht",
        "Tjeerd",
        "Bakker",
        "male",
        "1971-05-30",
        "A system writes Dutch midnight as UTC: the first of six sessions reads 14 June 2024, "
        "22:00, but was on 15 June, the first day that counts.",
        (
            Visits(CareGiver.PHYSIOTHERAPIST, date(2024, 6, 15), 28, 6, is_midnight_in_utc=True),
            ENOUGH_POH_GGZ,
        ),
    ),
)

SHORT: Final = (
    DemoPatient(
        "ziekenhuis",
        "Fatima",
        "el Idrissi",
        "female",
        "1985-07-30",
        "Four first-line and five hospital physiotherapy sessions: the hospital ones do not "
        "count, so two sessions are missing.",
        (
            physiotherapy(4, 28),
            Visits(CareGiver.HOSPITAL_PHYSIOTHERAPIST, date(2025, 6, 2), 7, 5),
            ENOUGH_POH_GGZ,
        ),
    ),
    DemoPatient(
        "locatie",
        "Rob",
        "Verhagen",
        "male",
        "1959-12-19",
        "Eight sessions with a physiotherapist of a first-line practice, but each at a location of "
        "the hospital: only the place of the contact tells that they do not count.",
        (
            Visits(CareGiver.PHYSIOTHERAPIST, date(2025, 9, 1), 14, 8, place=Practice.HOSPITAL),
            ENOUGH_POH_GGZ,
        ),
    ),
    DemoPatient(
        "weinig-ggz",
        "Jan",
        "Postma",
        "male",
        "1962-01-14",
        "Enough physiotherapy, but only two POH-GGZ contacts in three weeks: part 2 of option 1 "
        "falls short.",
        (physiotherapy(10, 14), poh_ggz(2, every=21, first=date(2026, 2, 3))),
    ),
    DemoPatient(
        "memos",
        "Samira",
        "Haddad",
        "female",
        "1990-03-23",
        "Seven entries of the POH-GGZ, but three of them are memos: four contacts in three weeks "
        "are left, and part 2 of option 1 falls short.",
        (
            ENOUGH_PHYSIOTHERAPY,
            poh_ggz(4, every=7),
            Visits(CareGiver.POH_GGZ, date(2025, 9, 30), 7, 3, kind=MEMO),
        ),
    ),
    DemoPatient(
        "beide-te-kort",
        "Daan",
        "Kramer",
        "male",
        "1987-08-12",
        "Three physiotherapy sessions and two contacts with the POH-GGZ: both parts of option 1 "
        "fall short.",
        (physiotherapy(3, 21), poh_ggz(2, every=21)),
    ),
    DemoPatient(
        "psychosomatisch-kort",
        "Marijke",
        "Dijkstra",
        "female",
        "1964-04-27",
        "Five sessions with a psychosomatic physiotherapist in twenty weeks: long enough, but one "
        "session short of option 2.",
        (Visits(CareGiver.PSYCHOSOMATIC_THERAPIST, date(2025, 9, 1), 35, 5),),
    ),
)
