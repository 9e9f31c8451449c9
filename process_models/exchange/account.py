"""The account of an import: for each element of the file whether it was kept, simplified or dropped, and why."""

from msgspec import Struct

from process_models.values.sentences import Sentence, say

KEPT, SIMPLIFIED, DROPPED = "kept", "simplified", "dropped"


class Entry(Struct, frozen=True):
    """What became of one element."""

    id: str
    """Its id in the file; a facet of an element as ``id#facet``."""
    type: str
    name: str
    became: str
    """kept, simplified or dropped"""
    reasons: tuple[Sentence, ...] = ()
    steps: tuple[str, ...] = ()
    """Steps and flows in which it stands."""

    @property
    def reason(self) -> str:
        """The reasons in words."""
        return " ".join(say(reason) for reason in self.reasons)


class Account(Struct, frozen=True):
    """Every element of the file, and remarks on the file as a whole."""

    entries: tuple[Entry, ...]
    remarks: tuple[Sentence, ...] = ()

    def of(self, became: str) -> tuple[Entry, ...]:
        """Return the entries of one fate."""
        return tuple(entry for entry in self.entries if entry.became == became)

    @property
    def summary(self) -> Sentence:
        """How many were kept, simplified and dropped."""
        counts = {name: len(self.of(name)) for name in (KEPT, SIMPLIFIED, DROPPED)}
        return Sentence.of("account_summary", all=len(self.entries), **counts)


class Ledger:
    """Takes down remarks while a file is read; what nobody remarks on was kept."""

    def __init__(self) -> None:
        self.reasons: dict[str, list[Sentence]] = {}
        self.lost: set[str] = set()
        self.remarks: list[Sentence] = []

    def simplify(self, key: str, id: str, /, **params: object) -> None:
        """Say how an element was simplified; several reasons add up."""
        reason = Sentence.of(id, **params)
        if reason not in self.reasons.setdefault(key, []):
            self.reasons[key].append(reason)

    def drop(self, key: str, id: str, /, **params: object) -> None:
        """Say why an element was dropped."""
        self.simplify(key, id, **params)
        self.lost.add(key)

    def remark(self, id: str, /, **params: object) -> None:
        """Say something of the file as a whole."""
        self.remarks.append(Sentence.of(id, **params))

    def entry(self, key: str, type: str, name: str, steps: tuple[str, ...]) -> Entry:
        """Return what became of an element."""
        reasons = tuple(self.reasons.get(key, ()))
        became = DROPPED if key in self.lost else SIMPLIFIED if reasons else KEPT
        return Entry(key, type, name, became, reasons, steps)
