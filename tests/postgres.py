"""A real PostgreSQL for tests: a temporary cluster of the programs that are installed, gone when the tests are."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

QUICK = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c timezone=America/Chicago"


def programs() -> Path | None:
    """Where initdb and pg_ctl are: on the path, or where Debian keeps them."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "pg_ctl").exists()), None)


def as_other() -> list[str]:
    """The words before a command that run it as somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    return ["runuser", "-u", "postgres" if "postgres" in names else "nobody", "--"]


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster that only this machine reaches; the address of its first database, and stop it.

    Skips where there is no PostgreSQL, unless CODECITE_REQUIRE_DATA says that it must be there.
    """
    if (place := programs()) is None:
        message = "PostgreSQL is not installed (Debian: postgresql)"
        pytest.fail(message) if os.environ.get("CODECITE_REQUIRE_DATA") else pytest.skip(message)
    other, folder = as_other(), Path(tempfile.mkdtemp(prefix="codecite-pg-"))
    if other:
        shutil.chown(folder, other[2])
    data, log = folder / "data", folder / "log"

    def run(*command: str) -> None:
        done = subprocess.run([*other, *command], capture_output=True, text=True, timeout=120, cwd=folder, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}{log.read_text() if log.exists() else ''}"

    try:
        run(str(place / "initdb"), "-D", str(data), "-U", "codecite", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        run(str(place / "pg_ctl"), "-D", str(data), "-l", str(log), "-o", f"{QUICK} -k {folder}", "-w", "start")
        yield f"postgresql+psycopg://codecite@/postgres?host={folder}"
        run(str(place / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def emptied(address: str) -> str:
    """The address again, once nothing is left in its database."""
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return address


if __name__ == "__main__":
    sys.exit(programs() is None)
