"""Options: moves on the baseline of a process, drafted freely, submitted only when they break nothing."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
