"""How the workbench says no: one class a reason, each with the sentence the user reads and its HTTP status."""

from pathlib import Path

from process_models.values.sentences import Sentence, register, say

register(Path(__file__).with_name("sentences.toml"))


class Refusal(Exception):
    """Something refused on purpose; ``sentence`` says what and what to do."""

    status = 400
    title = "This cannot be done"

    def __init__(self, id: str, **params: object) -> None:
        self.sentence = Sentence.of(id, **params)
        super().__init__(say(self.sentence))


class NotSignedIn(Refusal):
    """Nobody is signed in."""

    status = 401
    title = "Sign in to go on"


class NotAllowed(Refusal):
    """The person may not do this."""

    status = 403
    title = "You may not do this"


class NotFound(Refusal):
    """It is not there, or not for this person to see."""

    status = 404
    title = "This is not here"


class NotPossible(Refusal):
    """It cannot be done from the present state."""

    status = 409
    title = "This cannot be done now"


class Stale(NotPossible):
    """Somebody was quicker: the state is no longer the one that was seen."""

    title = "Somebody was quicker"


class Invalid(Refusal):
    """What was sent does not make sense."""

    status = 422
    title = "This does not fit"


class TooMany(Refusal):
    """Too often; ``wait`` seconds to go."""

    status = 429
    title = "Too many tries"

    def __init__(self, id: str, wait: int, **params: object) -> None:
        super().__init__(id, wait=wait, **params)
        self.wait = wait


class Damaged(Refusal):
    """What is stored is not what was stored."""

    status = 500
    title = "Stored content has been damaged"


class Unavailable(Refusal):
    """Not now; ``wait`` seconds to go."""

    status = 503
    title = "Busy just now"
    wait = 5
