"""The method's content as data, and the engines that use it.

Read in this order: :mod:`library` (questions, triggers, heuristics and obligations as TOML, read once and checked),
:mod:`facts` (what triggers look at), :mod:`triggers` (what raises a question), :mod:`asking` (which questions, in which
order).
"""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
