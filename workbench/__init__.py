"""Who decides what: the workbench of reviews, its people, its record and its pages.

Read in this order: :mod:`errors` (how it says no), :mod:`permissions` (who may what), :mod:`database` (one metadata,
one way to write), :mod:`documents` (values by their digest), :mod:`record` (what was done, in a chain), :mod:`jobs`
(what takes longer than a page), :mod:`accounts` (people, memberships, sessions), :mod:`services`, :mod:`forms`,
:mod:`web` (what every request passes through), :mod:`pages` (the pages that belong to no use case), :mod:`app`
(all of it put together), :mod:`cli` (the same by command).

A use case is a folder. What it takes from here:

- ``routes.py``: ``bp = Blueprint(...)``; a route carries ``@needs(Permission.X)`` or ``@open_to_all``; a signing route
  also ``@signing``, one that takes files ``@takes_files``. ``web.actor()`` says who asks, ``web.current()`` is a
  reading connection, ``web.engine()`` is what operations take. The blueprint's name stands in ``app.USE_CASES``.
- ``forms.py``: ``class StepForm(forms.Form)``; templates draw it with ``macros/form.html``. The form carries its
  token, so that the same form sent twice acts once.
- ``operations.py``: ``require(actor, Permission.X, place)`` inside ``with transaction(engine) as db:``, then ``store``,
  then ``record.enter(db, actor.person, "verb", subject, {...})``. Time comes from ``database.now()``.
- ``store.py``: ``Table("process", metadata, ...)`` on :data:`database.metadata`, times as :class:`database.Instant`;
  and one migration in ``migrations/versions``.
- Lists to add to at import: ``pages.WAITING``, ``pages.LIBRARY``, ``jobs.HANDLERS``, ``example.CHAPTERS``, and
  ``cli.main.add_command``. Sentences: ``sentences.register(Path(__file__).with_name("sentences.toml"))``.
"""
