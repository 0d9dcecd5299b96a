"""Which offence a latent event is recorded as: recorded-crime codes of the Home Office, with a class and sub-class for each.

The mix inside violence follows the Metropolitan Police's figures of 2017/18 (data-standards section 4.1); the rest is set.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offence:
    """A recorded-crime code, the class and sub-class it stands for here, and its share of its kind of event."""

    prc: str
    ho_class: str
    share: float


OFFENCES: dict[str, tuple[Offence, ...]] = {
    "violence-with-injury": (
        Offence("8N", "008/06", 0.87),
        Offence("5D", "005/01", 0.08),
        Offence("8S", "008/01", 0.03),
        Offence("8P", "008/60", 0.02),
    ),
    "violence-without-injury": (
        Offence("105A", "105/01", 0.88),
        Offence("3B", "003/01", 0.06),
        Offence("104", "104/23", 0.05),
        Offence("36", "036/01", 0.01),
    ),
    "stalking-and-harassment": (
        Offence("8R", "195/94", 0.52),
        Offence("8L", "195/12", 0.30),
        Offence("8Q", "008/66", 0.18),
    ),
    "rape": (Offence("19C", "019/08", 0.83), Offence("19D", "019/07", 0.12), Offence("19E", "019/16", 0.05)),
    "other-sexual-offence": (
        Offence("20A", "020/03", 0.70),
        Offence("17A", "017/13", 0.14),
        Offence("22B", "022/18", 0.10),
        Offence("88E", "088/10", 0.06),
    ),
    "homicide": (Offence("1/4.1/4.10/4.2", "001/00", 1.0),),
    "robbery-personal": (Offence("34B", "034/01", 1.0),),
    "robbery-business": (Offence("34A", "034/01", 1.0),),
    "possession-of-weapons": (
        Offence("10D", "008/27", 0.58),
        Offence("10C", "008/11", 0.30),
        Offence("81", "081/03", 0.07),
        Offence("90", "090/00", 0.05),
    ),
    "public-order": (Offence("9A", "125/11", 0.74), Offence("66", "125/09", 0.18), Offence("9B", "066/91", 0.08)),
    "drugs": (Offence("92E", "092/60", 0.80), Offence("92A", "092/80", 0.20)),
    "criminal-damage-arson": (
        Offence("58C", "149/00", 0.45),
        Offence("58A", "149/00", 0.25),
        Offence("58D", "149/00", 0.25),
        Offence("56B", "056/02", 0.05),
    ),
    "shoplifting": (Offence("46", "046/00", 1.0),),
    "other-theft": (Offence("49", "049/10", 1.0),),
    "theft-from-the-person": (Offence("39", "039/00", 1.0),),
    "bicycle-theft": (Offence("44", "044/00", 1.0),),
    "burglary": (Offence("28E", "028/03", 0.72), Offence("30C", "030/02", 0.28)),
    "vehicle-crime": (Offence("45", "045/10", 0.60), Offence("48", "048/01", 0.40)),
    "other-crime": (Offence("79", "079/11", 1.0),),
}
"""Anti-social behaviour is no recorded crime and has none."""

KNIFE: dict[str, float] = {
    "8N": 0.035,
    "5D": 0.34,
    "3B": 0.11,
    "34B": 0.25,
    "34A": 0.15,
    "19C": 0.01,
    "20A": 0.005,
    "1/4.1/4.10/4.2": 0.45,
}
"""Share of an offence's crimes with a knife or sharp instrument where nobody saw the wound: with what ambulance and hospital
saw some 25 a month (measured, data-standards section 4.1)."""
FIREARM = 0.002
DOMESTIC: dict[str, float] = {
    "violence-with-injury": 0.32,
    "violence-without-injury": 0.36,
    "stalking-and-harassment": 0.40,
    "rape": 0.33,
    "other-sexual-offence": 0.10,
    "homicide": 0.20,
    "criminal-damage-arson": 0.12,
    "public-order": 0.03,
}
HATE: dict[str, float] = {"8P": 1.0, "9B": 1.0, "105A": 0.03, "8R": 0.03, "9A": 0.05, "66": 0.05}
ALCOHOL: dict[str, float] = {"violence-with-injury": 0.34, "violence-without-injury": 0.22, "public-order": 0.30}
