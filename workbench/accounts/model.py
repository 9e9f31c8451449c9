"""Who is who: people, memberships, sessions."""

from datetime import datetime, timedelta

from msgspec import Struct

from workbench.permissions import Held, Responsibility

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_AGAIN = timedelta(minutes=1)
"""A session's last use is written at most this often."""


class Person(Struct, frozen=True):
    """Somebody with an account."""

    id: str
    login: str
    name: str
    theme: str = "system"
    disabled: bool = False


class Membership(Struct, frozen=True):
    """What a person is to a service or a review, or with neither to the whole installation.

    ``process_roles`` are the roles whose steps the person does; ``reports_to`` is another person's id.
    """

    id: int
    person: str
    responsibilities: frozenset[Responsibility]
    service: str | None = None
    review: str | None = None
    process_roles: tuple[str, ...] = ()
    reports_to: str | None = None

    @property
    def held(self) -> Held:
        """Return what permissions look at."""
        return Held(self.responsibilities, self.service, self.review)


class Session(Struct, frozen=True):
    """A browser in which a person signed in."""

    id: str
    """The hash of the cookie's token; the token itself is never stored."""
    person: str
    created_at: datetime
    last_seen: datetime
    address: str
    agent: str
    ended_at: datetime | None = None

    @property
    def browser(self) -> str:
        """Return which browser it is, in words."""
        return browser_name(self.agent)

    def good(self, at: datetime) -> bool:
        """Say whether it still holds: not ended, used within half an hour, begun within twelve."""
        return self.ended_at is None and at - self.last_seen < IDLE and at - self.created_at < LONGEST


def pause_after(failures: int) -> timedelta:
    """Return how long sign-in waits after wrong tries: five are free, then 2, 4, 8 … seconds, at most 15 minutes."""
    return timedelta(seconds=0 if failures < 5 else min(2 ** (failures - 4), 900))


BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """Return what a browser says of itself, in words.

    >>> browser_name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36")
    'Chrome on Linux'
    >>> browser_name("")
    'A browser on an unknown system'
    """
    name = next((word for mark, word in BROWSERS if mark in agent), "A browser")
    return f"{name} on {next((word for mark, word in SYSTEMS if mark in agent), 'an unknown system')}"
