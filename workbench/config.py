"""Settings: ``WORKBENCH_…`` variables over documented defaults.

Everything an installation keeps lies in one folder, ``WORKBENCH_HOME``; without it ``~/.workbench``, so that a second
start finds the data of the first, wherever it is started from.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from msgspec import Struct

from workbench.errors import Refusal

DEFAULTS = {
    "WORKBENCH_HOME": "~/.workbench",
    "WORKBENCH_DATABASE": "",
    "WORKBENCH_ORIGIN": "",
    "WORKBENCH_UPLOAD_MB": "200",
    "WORKBENCH_LEASE_SECONDS": "30",
    "WORKBENCH_HEARTBEAT_SECONDS": "5",
    "WORKBENCH_CORES": "",
    "WORKBENCH_CLUSTER": "",
}
"""Every setting and its default; an empty database is SQLite in the home folder."""


class Settings(Struct, frozen=True):
    """What one installation is set to."""

    home: Path
    database: str
    """A URL: ``sqlite:///…`` or ``postgresql+psycopg://…``."""
    secret: str
    origin: str = ""
    """The public address behind a proxy, such as ``https://workbench.example``; cookies are then Secure."""
    upload_mb: int = 200
    lease: float = 30.0
    heartbeat: float = 5.0
    cores: int | None = None
    """Processes that play a simulation at once; None: one for each core."""
    cluster: str = ""
    """Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``; empty: this machine plays."""

    CHECKPOINTS: ClassVar[str] = "checkpoints.jsonl"
    PASSWORDS: ClassVar[str] = "example-passwords.txt"

    @property
    def checkpoints(self) -> Path:
        """Return the file that checkpoints of the record are appended to."""
        return self.home / self.CHECKPOINTS

    @property
    def passwords(self) -> Path:
        """Return the file with the passwords of the example people."""
        return self.home / self.PASSWORDS

    @property
    def uploads(self) -> Path:
        """Return the folder of files that people brought in, named by their digest."""
        return self.home / "uploads"

    @property
    def secure(self) -> bool:
        """Say whether the pages are reached over TLS."""
        return self.origin.startswith("https://")


def settings_from(variables: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that variables say; makes the home folder and its secret on the first start."""
    value = {name: variables.get(name) or default for name, default in DEFAULTS.items()}
    unknown = sorted(n for n in variables if n.startswith("WORKBENCH_") and n not in {*DEFAULTS, *OUTSIDE})
    if unknown:
        raise Refusal("unknown_setting", name=", ".join(unknown), known=", ".join(DEFAULTS))
    home = Path(value["WORKBENCH_HOME"]).expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Settings(
        home=home,
        database=value["WORKBENCH_DATABASE"] or f"sqlite:///{home / 'workbench.sqlite'}",
        secret=_secret(home / "secret"),
        origin=value["WORKBENCH_ORIGIN"].rstrip("/"),
        upload_mb=int(_number(value, "WORKBENCH_UPLOAD_MB")),
        lease=_number(value, "WORKBENCH_LEASE_SECONDS"),
        heartbeat=_number(value, "WORKBENCH_HEARTBEAT_SECONDS"),
        cores=int(_number(value, "WORKBENCH_CORES")) if value["WORKBENCH_CORES"] else None,
        cluster=value["WORKBENCH_CLUSTER"],
    )


OUTSIDE = ("WORKBENCH_TEST_DATA",)
"""Variables that are not the program's: where the tests find shared data."""


def _number(value: Mapping[str, str], name: str) -> float:
    try:
        number = float(value[name])
    except ValueError:
        number = 0.0
    if number <= 0:
        raise Refusal("bad_setting", name=name, value=value[name])
    return number


def _secret(file: Path) -> str:
    """Return the installation's secret, written to a file only its owner can read on the first start."""
    if not file.exists():
        write_private(file, secrets.token_urlsafe(48))
    return file.read_text().strip()


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
