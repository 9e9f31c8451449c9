"""Findings: what evidence shows, put to the teams it names, and held against the frozen criteria."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
