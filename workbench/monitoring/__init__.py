"""Monitoring: what was promised held against what happened since the change went live, until the review is closed."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
