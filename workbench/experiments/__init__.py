"""Experiments: baseline and options played under scenarios, as a job that can be watched, cancelled and resumed."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
