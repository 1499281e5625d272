"""Countries that parcels come from and go to, with posts, offices of entry and money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from streams.simulator.draws import Popularity


@dataclass(frozen=True, slots=True)
class Origin:
    """A country of posting. `cities` are (city, postcode); `weight` is its share of sellers."""

    country: str
    weight: float
    cities: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """A country of consignees.

    `per_eur` is a fixed rate (units of `currency` for one EUR): the simulator needs plausible
    amounts, not the day's. `decimals` are those of the currency. Office codes have the real
    shape, but not every one exists.
    """

    country: str
    weight: float
    currency: str
    per_eur: float
    decimals: int
    eu: bool
    cities: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    offices: tuple[str, ...]


def _cities(text: str) -> tuple[tuple[str, str], ...]:
    pairs = (entry.strip().rsplit(" ", 1) for entry in text.split(","))
    return tuple((city.replace("_", " "), code.replace("_", " ")) for city, code in pairs)


def _origin(country: str, weight: float, cities: str) -> Origin:
    return Origin(country, weight, _cities(cities))


ORIGINS: Final = (
    _origin("CN", 58, "Shenzhen 518000, Guangzhou 510000, Yiwu 322000, Hangzhou 310000"),
    _origin("HK", 8, "Kowloon 999077, Tsuen_Wan 999077"),
    _origin("US", 6, "Edison 08817, Los_Angeles 90001"),
    _origin("TR", 5, "Istanbul 34110, Bursa 16000"),
    _origin("IN", 5, "New_Delhi 110001, Mumbai 400001"),
    _origin("GB", 4, "London E14_5AB, Leeds LS1_4DY"),
    _origin("VN", 3, "Hanoi 100000, Ho_Chi_Minh_City 700000"),
    _origin("KR", 3, "Seoul 04524, Incheon 22382"),
    _origin("JP", 3, "Tokyo 1000001, Osaka 5300001"),
    _origin("TH", 2, "Bangkok 10110, Chiang_Mai 50000"),
    _origin("AE", 2, "Dubai 00000, Sharjah 00000"),
    _origin("PK", 1, "Karachi 74000, Sialkot 51310"),
)


def _eu(country: str, weight: float, cities: str, streets: str, offices: str) -> Destination:
    """Return a member state. The euro everywhere: platforms declare in it for the whole EU."""
    return Destination(
        country, weight, "EUR", 1.0, 2, True, _cities(cities), tuple(streets.split(",")),
        tuple(offices.split()),
    )  # fmt: skip


def _other(
    country: str, weight: float, money: tuple[str, float, int], cities: str, streets: str
) -> Destination:
    return Destination(
        country, weight, *money, False, _cities(cities), tuple(streets.split(",")),
        (f"{country}000101", f"{country}000102"),
    )  # fmt: skip


DESTINATIONS: Final = (
    _eu("DE", 15, "Berlin 10115, Hamburg 20095, Leipzig 04109, Essen 45127",
        "Hauptstr.,Gartenweg,Bahnhofstr.,Lindenallee", "DE003302 DE005851 DE004851"),
    _eu("FR", 11, "Paris 75011, Lyon 69003, Lille 59000",
        "rue Victor Hugo,rue de la Gare,avenue Foch", "FR000740 FR002300"),
    _eu("ES", 8, "Madrid 28013, Sevilla 41001, Valencia 46001",
        "Calle Mayor,Calle Real,Avenida del Mar", "ES002801 ES000801"),
    _eu("IT", 8, "Milano 20121, Roma 00184, Bari 70121",
        "Via Roma,Via Garibaldi,Corso Italia", "IT279100 IT137100"),
    _eu("PL", 7, "Warszawa 00-001, Gdansk 80-001", "ul. Polna,ul. Lesna", "PL445010 PL322010"),
    _eu("NL", 6, "Rotterdam 3011AA, Utrecht 3511AB", "Dorpsstraat,Kerkweg", "NL000510 NL000432"),
    _eu("BE", 4, "Gent 9000, Liege 4000", "Kerkstraat,rue Neuve", "BE343000 BE432000"),
    _eu("SE", 3, "Stockholm 11122, Malmo 21119", "Storgatan,Skolgatan", "SE003070 SE004611"),
    _eu("RO", 3, "Bucuresti 010011, Cluj 400001", "Str. Libertatii,Str. Unirii", "ROBU1030"),
    _eu("AT", 3, "Wien 1010, Graz 8010", "Ringstrasse,Feldgasse", "AT320000 AT100000"),
    _eu("HU", 2, "Budapest 1051, Pecs 7621", "Fo utca,Petofi utca", "HU142000 HU711000"),
    _eu("IE", 2, "Dublin D01F5P2, Cork T12AB1C", "Main Street,Church Road", "IEDUB100"),
    _eu("FI", 1.5, "Helsinki 00100, Turku 20100", "Koulukatu,Rantatie", "FI005300"),
    _eu("CZ", 1.5, "Praha 11000, Brno 60200", "Nadrazni,Zahradni", "CZ510000 CZ580000"),
    _other("US", 12, ("USD", 1.1, 2), "Chicago 60601, Dallas 75201, Miami 33101",
           "Oak St,Maple Ave,Elm St,2nd Ave"),
    _other("GB", 6, ("GBP", 0.86, 2), "London N1_9GU, Leeds LS2_7HY, Cardiff CF10_1EP",
           "High Street,Mill Lane,Station Road"),
    _other("CA", 2, ("CAD", 1.5, 2), "Toronto M5H2N2, Calgary T2P1J9", "King St,Lake Ave"),
    _other("AU", 2, ("AUD", 1.65, 2), "Sydney 2000, Perth 6000", "George St,Beach Rd"),
    _other("CH", 1.5, ("CHF", 0.95, 2), "Zurich 8001, Bern 3011", "Seestrasse,Dorfstrasse"),
    _other("JP", 1.5, ("JPY", 162.0, 0), "Tokyo 1500001, Osaka 5300001", "Sakura-dori,Chuo"),
)  # fmt: skip

BY_COUNTRY: Final = {place.country: place for place in DESTINATIONS}
EU_DESTINATIONS: Final = tuple(place for place in DESTINATIONS if place.eu)

DESTINATION_CHOICE: Final = Popularity(DESTINATIONS, [place.weight for place in DESTINATIONS])
EU_CHOICE: Final = Popularity(EU_DESTINATIONS, [place.weight for place in EU_DESTINATIONS])
ORIGIN_CHOICE: Final = Popularity(ORIGINS, [place.weight for place in ORIGINS])

EU_HUB_OFFICES: Final = ("BE432000", "NL000510", "HU142000")
"""Air hubs where parcels for other member states enter as well."""
