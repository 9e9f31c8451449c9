"""Analyses of tables that a review brings in: series, drivers, causes, comments, comparisons of two sides."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
