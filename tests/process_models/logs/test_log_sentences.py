"""Every sentence that logs say has a wording, and every wording is said."""

import re
from pathlib import Path

import process_models.logs
from process_models.values.sentences import TEXTS, Sentence, say

FOLDER = Path(process_models.logs.__file__).parent
CODE = "\n".join(file.read_text("utf-8") for file in sorted(FOLDER.glob("*.py")))
WORDED = set(re.findall(r"^(log_\w+) = ", (FOLDER / "sentences.toml").read_text("utf-8"), re.M))
BUILT = {
    *(f"log_{kind}_{id}" for kind in ("quality", "consequence") for id in re.findall(r'remark\(\s*"(\w+)"', CODE)),
    *(f"log_doubt_no_{use}" for use in ("case", "step", "time")),
    *(f"log_account_{meaning}" for meaning in ("states", "ends", "spans")),
}


def test_every_sentence_has_a_wording_and_every_wording_is_used():
    said = set(re.findall(r'"(log_[a-z_]+)"', CODE)) | BUILT

    assert said - WORDED == set()
    assert WORDED - said == set()


def test_wordings_say_their_parameters():
    text = say(Sentence.of("log_bad_date", row=3, column="time", value="soon"))

    assert text == "Row 3, time: “soon”."
    assert TEXTS.keys() >= WORDED
