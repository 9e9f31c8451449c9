"""Why a log cannot be read: the place and the remedy, in a sentence its owner can act on."""

from pathlib import Path

from process_models.values.sentences import Sentence, register, say

register(Path(__file__).with_name("sentences.toml"))


class LogError(ValueError):
    """A log that cannot be used as it is; `places` lists where, the first ones by row."""

    def __init__(self, id: str, /, places: tuple[Sentence, ...] = (), **params: object) -> None:
        self.sentence = Sentence.of(id, **params)
        self.places = places
        super().__init__(" ".join([say(self.sentence), *map(say, places)]))
