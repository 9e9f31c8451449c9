"""All of it put together: one Flask app from its settings and the use cases."""

from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, Flask

from workbench import database, web
from workbench.config import Settings

USE_CASES: tuple[str, ...] = (
    "workbench.pages",
    "workbench.accounts.routes",
    "workbench.services.routes",
    "workbench.processes.routes",
    "workbench.data.routes",
    "workbench.reviews.routes",
    "workbench.questions.routes",
    "workbench.findings.routes",
    "workbench.analyses.routes",
    "workbench.options.routes",
    "workbench.experiments.routes",
    "workbench.decisions.routes",
    "workbench.implementation.routes",
    "workbench.monitoring.routes",
)
"""Modules with a blueprint ``bp``, in the order of the tiers: lower ones first. Add a use case here."""

EXAMPLES: tuple[str, ...] = (
    "workbench.data.example",
    "workbench.reviews.example",
    "workbench.questions.example",
    "workbench.options.example",
    "workbench.experiments.example",
)
"""Modules that add a chapter to the example, in the order in which it is told."""


def templates() -> Path:
    """Return the folder of templates: inside the installed package, else beside it."""
    inside = Path(__file__).with_name("templates")
    return inside if inside.is_dir() else Path(__file__).parent.parent / "templates"


def load() -> tuple[Blueprint, ...]:
    """Import every use case, so that its tables, job handlers and commands are known, and return the blueprints."""
    blueprints = tuple(import_module(name).bp for name in USE_CASES)
    for name in EXAMPLES:
        import_module(name)
    return blueprints


def create_app(settings: Settings) -> Flask:
    """Return the pages of one installation."""
    app = Flask("workbench", root_path=str(Path(__file__).parent), template_folder=str(templates()))
    app.config.update(
        SECRET_KEY=settings.secret,
        MAX_CONTENT_LENGTH=web.LARGEST * web.MB,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=True,
        MAX_FORM_PARTS=2_000,
    )
    app.extensions["settings"] = settings
    app.extensions["engine"] = database.engine(settings.database)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["version"] = version("service-workbench")
    web.set_up(app)
    for blueprint in load():
        app.register_blueprint(blueprint)
    return app
