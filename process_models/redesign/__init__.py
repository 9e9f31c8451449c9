"""Changing a design, and what a change may not break.

Read in this order: :mod:`moves` (one edit of a design each), :mod:`options` (moves on a baseline), :mod:`obligations`
(what is covered, in which order, with which record), :mod:`envelope` (boundary, locks and what a draft breaks),
:mod:`suggestions` (moves that heuristics propose).
"""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
