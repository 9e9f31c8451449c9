"""Logs: files that people bring in, what their columns mean, and what was read out of them."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
