"""A process as an annotated step graph.

Read in this order: :mod:`steps` (the nouns), :mod:`graph` (how they join), :mod:`design` (a graph with its staffing),
:mod:`checks` (what can be wrong), :mod:`measures` (how often, how long, how dear), :mod:`edits` (changes by hand),
:mod:`compare` (two versions), :mod:`narration` (a graph in sentences), :mod:`documents` (graphs as files),
:mod:`drawing` (graphs as pictures).
"""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
