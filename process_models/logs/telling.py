"""Numbers as sentences about logs say them."""


def percent(share: float) -> str:
    """Return a share in words, never rounded up to all or down to none.

    >>> percent(0.226), percent(0.9999), percent(1.0), percent(0.0004)
    ('22.6 %', '99.9 %', '100 %', '0.1 %')
    """
    shown = 100.0 if share == 1 else 0.0 if share == 0 else min(max(round(100 * share, 1), 0.1), 99.9)
    return f"{shown:.1f} %" if shown % 1 else f"{shown:.0f} %"
