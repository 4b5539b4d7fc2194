"""Demo patients of whom something is not certain, and those to whom the criteria do not apply."""

from datetime import date
from typing import Final

from cds_service.demo.care_providers import CareGiver
from cds_service.demo.patients import (
    ENOUGH_PHYSIOTHERAPY,
    ENOUGH_POH_GGZ,
    Course,
    DemoPatient,
    Letter,
    Visits,
    physiotherapy,
    poh_ggz,
)

NOT_CERTAIN: Final = (
    DemoPatient(
        "twaalf-weken",
        "Chantal",
        "Dekkers",
        "female",
        "1991-05-02",
        "A twelve-week programme: twelve weekly sessions run 77 days from the first to the last, "
        "so whether 12 weeks are reached is uncertain.",
        (physiotherapy(12, 7), ENOUGH_POH_GGZ),
    ),
    DemoPatient(
        "psycholoog-83",
        "Ahmet",
        "Yildiz",
        "male",
        "1979-01-31",
        "Three contacts with a psychologist, 83 days from the first to the last: one day short of "
        "twelve weeks, so it is asked whether the first and the last date are right.",
        (
            ENOUGH_PHYSIOTHERAPY,
            Visits(CareGiver.PSYCHOLOGIST, date(2025, 9, 3), 41, 2),
            Visits(CareGiver.PSYCHOLOGIST, date(2025, 11, 25), 1, 1),
        ),
    ),
    DemoPatient(
        "onderbreking",
        "Marco",
        "Ferrari",
        "male",
        "1977-09-09",
        "Physiotherapy in two series of five weeks, with a pause of twenty-five weeks between "
        "them: whether that was one treatment only the referrer can tell.",
        (
            physiotherapy(6, 7, first=date(2025, 2, 3)),
            physiotherapy(6, 7),
            ENOUGH_POH_GGZ,
        ),
    ),
    DemoPatient(
        "spoor",
        "Truus",
        "Veenstra",
        "female",
        "1960-05-19",
        "Enough physiotherapy, and two POH-GGZ contacts: so few are perhaps the trace of more "
        "that is not in this record, so the card asks.",
        (ENOUGH_PHYSIOTHERAPY, poh_ggz(2, every=21, first=date(2026, 2, 3))),
    ),
    DemoPatient(
        "geen-fysio",
        "Pieter",
        "Kuipers",
        "male",
        "1974-08-25",
        "A psychologist, but no physiotherapy in this record: not found is not the same as not "
        "done, so the card asks.",
        (
            Visits(CareGiver.PSYCHOLOGIST, date(2025, 11, 4), 14, 8),
            Visits(CareGiver.GP, date(2025, 10, 1), 60, 3),
        ),
    ),
    DemoPatient(
        "brief",
        "Lars",
        "Nijhuis",
        "male",
        "1984-02-16",
        "A psychologist, and of physiotherapy a letter only: a letter is no session and never "
        "counts, but the card says where to look.",
        (Visits(CareGiver.PSYCHOLOGIST, date(2025, 11, 4), 14, 8),),
        letters=(Letter(CareGiver.PHYSIOTHERAPIST, date(2025, 6, 2), "Eindverslag fysiotherapie"),),
    ),
    DemoPatient(
        "geen-psycholoog",
        "Wietske",
        "Jansma",
        "female",
        "1968-10-03",
        "Enough physiotherapy, and GP visits: talks with the GP do not count, and a POH-GGZ who "
        "books under the name of the GP cannot be recognised, so the card asks.",
        (ENOUGH_PHYSIOTHERAPY, Visits(CareGiver.GP, date(2025, 9, 4), 21, 7)),
    ),
    DemoPatient(
        "niets-gevonden",
        "Yara",
        "Sewnarain",
        "female",
        "1988-12-05",
        "Only visits to the GP: nothing that counts was found, and the card asks for care "
        "elsewhere.",
        (Visits(CareGiver.GP, date(2025, 3, 12), 45, 6),),
    ),
    DemoPatient(
        "onduidelijk",
        "Hendrik",
        "Groeneveld",
        "male",
        "1957-04-18",
        "Enough physiotherapy, and eight GP practice contacts of somebody whose role is not "
        "recorded: these may be the POH-GGZ.",
        (ENOUGH_PHYSIOTHERAPY, Visits(CareGiver.WITHOUT_ROLE, date(2026, 1, 7), 10, 8)),
    ),
    DemoPatient(
        "status-onbekend",
        "Esther",
        "Polak",
        "female",
        "1982-06-16",
        "A system exports contacts with the status unknown, as some do: whether nine physiotherapy "
        "sessions took place must be confirmed.",
        (
            Visits(CareGiver.PHYSIOTHERAPIST, date(2025, 9, 1), 14, 9, status="unknown"),
            ENOUGH_POH_GGZ,
        ),
    ),
    DemoPatient(
        "traject",
        "Lotte",
        "Hofman",
        "female",
        "1995-02-27",
        "Physiotherapy recorded as one course without the number of sessions: the duration is "
        "known, the number is not.",
        (ENOUGH_POH_GGZ,),
        (Course(CareGiver.PHYSIOTHERAPIST, date(2025, 9, 8), date(2026, 1, 19)),),
    ),
    DemoPatient(
        "geen-reden",
        "Kees",
        "Wiersma",
        "male",
        "1980-10-11",
        "A referral without a reason, and three physiotherapy sessions: the criteria apply only "
        "if persistent pain is the reason.",
        (physiotherapy(3, 21), ENOUGH_POH_GGZ),
        reason="",
    ),
    DemoPatient(
        "soort-onduidelijk",
        "Bram",
        "Teunissen",
        "male",
        "1973-03-15",
        "A referral to rehabilitation medicine that says neither for what nor why: one line, "
        "without a table, says when the criteria would matter.",
        (physiotherapy(3, 21),),
        asks="Verwijzing revalidatiegeneeskunde",
        reason="",
    ),
    DemoPatient(
        "geboortejaar",
        "Sanne",
        "Mulder",
        "female",
        "2008",
        "Only the year of birth is known, so on the day of the referral she is 17 or 18: whether "
        "the criteria apply is not certain.",
        (physiotherapy(3, 21), ENOUGH_POH_GGZ),
    ),
)

SILENT: Final = (
    DemoPatient(
        "eenmalig",
        "Rosa",
        "Martina",
        "female",
        "1972-06-01",
        "A one-time consult: the criteria do not apply to it, and the service stays silent.",
        (physiotherapy(3, 21),),
        asks="Eenmalig consult revalidatiearts",
    ),
    DemoPatient(
        "minderjarig",
        "Finn",
        "de Ruiter",
        "male",
        "2009-02-14",
        "Seventeen years old: the criteria are for adults, and the service stays silent.",
        (physiotherapy(3, 21),),
    ),
    DemoPatient(
        "andere-diagnose",
        "Coby",
        "van der Wal",
        "female",
        "1951-11-09",
        "Rehabilitation after a stroke: the criteria are for persistent pain, and the service "
        "stays silent.",
        asks="Poliklinische revalidatie",
        reason="Restverschijnselen na CVA",
    ),
)
