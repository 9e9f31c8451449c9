"""A service: its name, its time zone, its currency."""

from zoneinfo import available_timezones

from msgspec import Struct

from workbench.errors import Invalid
from workbench.permissions import Place


class Service(Struct, frozen=True):
    """What the customer comes for; calendars are in its zone, money in minor units of its currency."""

    id: str
    name: str
    zone: str
    currency: str
    """ISO 4217, three letters."""

    def __post_init__(self) -> None:
        """Refuse a zone that the calendar does not know, and a currency that is not three letters."""
        if self.zone not in available_timezones():
            raise Invalid("no_zone", zone=self.zone)
        if not (len(self.currency) == 3 and self.currency.isascii() and self.currency.isupper()):
            raise Invalid("no_currency", currency=self.currency)

    @property
    def place(self) -> Place:
        """Return where permissions find it."""
        return Place(service=self.id)
