"""Implementation: actions from what was decided, how the change goes live, what deviates, and quick fixes."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
