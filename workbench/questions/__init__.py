"""Questions on single steps: raised by triggers and by people, answered blind, settled by the lead."""

from pathlib import Path

from process_models.values.sentences import register

register(Path(__file__).with_name("sentences.toml"))
