"""What is thrown away once a day: rows that nobody can use any more."""

from datetime import timedelta

from sqlalchemy import Engine

from workbench import store as forms
from workbench.accounts import store
from workbench.database import now, transaction

KEPT = timedelta(days=1)
"""Longer than a session can last and a sign-in page carries what was typed, so that nothing in use is swept."""


def sweep(engine: Engine) -> int:
    """Throw away what ended more than a day ago, and return how many rows that were.

    Sessions, wrong tries, links that were used or ran out, and the tokens of forms that were acted on.
    """
    before = now() - KEPT
    with transaction(engine) as db:
        return store.sweep(db, before) + forms.sweep(db, before)
