"""Processes: how one service is delivered, as revisions of a step graph with its staffing."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
