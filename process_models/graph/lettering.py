"""How much room words take, and how they are broken: estimates, because no font is at hand when a map is laid out.

They are a little generous, since the page's fonts differ from machine to machine.
"""

NARROW, WIDE = frozenset("iljtfrI.,:;'|!()[]/ "), frozenset("mwMW@%&→~")
EM_NARROW, EM_WIDE, EM_CAPITAL, EM = 0.34, 0.9, 0.67, 0.545


def width(text: str, size: float = 12, strong: bool = False) -> float:
    """Return the estimated width of a text, px.

    >>> round(width("27%")), round(width("Visit needed?", 13, strong=True))
    (24, 86)
    """
    ems = sum(map(_em, text))
    return ems * size * (1.04 if strong else 1.0)


def _em(letter: str) -> float:
    if letter in NARROW:
        return EM_NARROW
    if letter in WIDE:
        return EM_WIDE
    return EM_CAPITAL if letter.isupper() else 1.0 if ord(letter) > 0x2E80 else EM


def wrapped(name: str, room: float, size: float = 13) -> tuple[str, ...]:
    """Return a name in at most two lines that fit, cut with an ellipsis; a long word is broken with a hyphen.

    >>> wrapped("Book the surveyor with the customer", 108)
    ('Book the', 'surveyor with t…')
    """
    if _fits(name, room, size):
        return (name,)
    first, rest = "", name.split()
    while rest and _fits(f"{first} {rest[0]}".strip(), room, size):
        first = f"{first} {rest.pop(0)}".strip()
    if first:
        return first, cut(" ".join(rest), room, size)
    head = _longest(name, "-", room, size)
    return f"{head}-", cut(name[len(head) :], room, size)


def cut(text: str, room: float, size: float = 13, strong: bool = True) -> str:
    """Return a text that fits into so much room, with an ellipsis where it was cut."""
    return text if _fits(text, room, size, strong) else _longest(text, "…", room, size, strong).rstrip() + "…"


def _fits(text: str, room: float, size: float, strong: bool = True) -> bool:
    return width(text, size, strong) <= room


def _longest(text: str, tail: str, room: float, size: float, strong: bool = True) -> str:
    """Return the longest beginning of a text that fits with its tail; one letter at least."""
    n = len(text)
    while n > 1 and not _fits(text[:n] + tail, room, size, strong):
        n -= 1
    return text[:n]
