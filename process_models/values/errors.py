"""Why a value cannot be: one error, carrying the sentence a user can act on."""

from typing import Any

from process_models.values.sentences import Sentence, say


class ModelError(ValueError):
    """A value that would be wrong, refused when it is made."""

    def __init__(self, id: str, /, **params: object) -> None:
        self.sentence = Sentence.of(id, **params)
        super().__init__(say(self.sentence))

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a process hand it to another."""
        return _again, (type(self), self.sentence)


def _again(error: type[ModelError], sentence: Sentence) -> ModelError:
    return error(sentence.id, **dict(sentence.params))
