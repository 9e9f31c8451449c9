"""What customers notice, and how it shows.

:mod:`satisfaction` turns what happened to cases into an index from 0 to 100, by features and their weights.
"""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
