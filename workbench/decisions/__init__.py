"""Recommendations and decisions: the pack that is decided on, who signed it, whether that stands, and the re-run.

Read in this order: :mod:`model` (what is recommended, and the pack), :mod:`packing` (the pack of the present content),
:mod:`differences` (what changed since somebody signed, in words), :mod:`operations` (write, submit, decide),
:mod:`again` (compute the figures again), :mod:`sheet` (the one page), :mod:`routes`.
"""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
