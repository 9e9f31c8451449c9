"""Reviews: one examination of one process, its plan, its scope, and where it stands."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
