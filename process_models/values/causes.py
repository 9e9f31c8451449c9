"""Why a case waits: the five causes that logs, simulations and pages name alike.

The names are those of Lashkevich, Milani, Chapela-Campa, Suvorau and Dumas, *Why am I waiting? Data-driven analysis of
waiting times in business processes* (CAiSE 2023).
"""

from typing import Literal

Cause = Literal["batching", "contention", "priority", "unavailability", "extraneous"]
CAUSES: tuple[Cause, ...] = ("batching", "contention", "priority", "unavailability", "extraneous")
WORDS: dict[Cause, str] = {
    "batching": "saved up to be done together",
    "contention": "all busy with what came before",
    "priority": "busy with what came later but goes first",
    "unavailability": "nobody on shift",
    "extraneous": "outside (customer, supplier, timer)",
}
"""What a cause means, for people."""
