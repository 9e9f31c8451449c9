"""What all pages of the simulation share: the blueprint, and the experiment an address names."""

from typing import Any

from flask import Blueprint
from sqlalchemy import Connection

from workbench import web
from workbench.experiments import store
from workbench.experiments.model import Experiment
from workbench.permissions import Permission, may, see
from workbench.reviews import routes as reviews_pages
from workbench.reviews import store as reviews
from workbench.services import store as services

bp = Blueprint("experiments", __name__)


def named(id: str) -> Experiment:
    """Return an experiment that the visitor may see."""
    experiment = store.find(web.current(), id)
    see(web.actor(), Permission.EXPERIMENT_READ, experiment.place)
    return experiment


def frame(db: Connection, experiment: Experiment) -> dict[str, Any]:
    """Return what every page about an experiment shows around its content."""
    return {
        **reviews_pages.frame(reviews.find(db, experiment.review), "options"),
        "experiment": experiment,
        "may_run": may(web.actor(), Permission.EXPERIMENT_RUN, experiment.place),
        "may_cancel": may(web.actor(), Permission.JOB_CANCEL, experiment.place),
    }


def currency(db: Connection, experiment: Experiment) -> str:
    """Return the currency of an experiment's service."""
    return services.find(db, experiment.service).currency
