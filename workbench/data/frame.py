"""What the pages of logs share: the blueprint, who may look, what stands on each of them, and shares in words."""

from typing import Any

from flask import Blueprint

from process_models.evidence.intervals import FEWEST
from process_models.logs import telling
from workbench import web
from workbench.accounts import store as people
from workbench.data import store
from workbench.data.model import Log
from workbench.permissions import Permission, may, see
from workbench.services import store as services

bp = Blueprint("data", __name__, url_prefix="/data")


def found(id: str) -> Log:
    """Return a log that the person may see."""
    one = store.find(web.current(), id)
    see(web.actor(), Permission.DATA_READ, one.place)
    return one


def frame(one: Log, here: str) -> dict[str, Any]:
    """Return what every page of a log shows."""
    db = web.current()
    return {
        "log": one,
        "here": here,
        "service": services.find(db, one.service),
        "names": people.names(db),
        "was_read": store.was_read(db, one.id),
        "may_bring": may(web.actor(), Permission.DATA_BRING, one.place),
    }


def percent(share: float) -> str:
    """Return a share in words, never rounded up to all or down to none."""
    return telling.percent(share).replace(" ", "")


def share(part: int, whole: int) -> str:
    """Return a share in words, none where there are too few to show one."""
    return percent(part / whole) if whole >= FEWEST else f"n = {whole}, too few to show a share"
