"""What a WSGI server runs: the app of the settings in its environment."""

from workbench.app import create_app
from workbench.config import settings_from

app = create_app(settings_from())
