"""Open the home a command works on; whatever goes wrong there becomes one line and a status."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from assistant.output import fail, warn
from assistant.settings import Settings, quiet_libraries
from corpus.model import CorpusError
from index.library import Library

if TYPE_CHECKING:
    from assistant.store import Store


@contextmanager
def opened(prepare: bool = True) -> Iterator[Library]:
    """Open the home the environment names, reading the embedded sources on its first use; errors become one line."""
    quiet_libraries()
    try:
        settings = Settings.from_environment()
        library = Library(settings.home, settings.encoder)
        if prepare and not library.prepared:
            warn(f"Preparing {settings.home}: codes and keywords, a few seconds. Vectors: `codecite prepare`.")
            library.prepare()
        yield library
    except (CorpusError, ValueError) as error:
        raise fail(str(error)) from None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise fail(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")) from None
    except KeyboardInterrupt:
        raise fail("Stopped. What was finished is kept; run the same command to go on.", 130) from None


@contextmanager
def kept() -> "Iterator[Store]":
    """Open what is kept on the server, where the environment names it; errors become one line."""
    from assistant.store import Store

    try:
        settings = Settings.from_environment()
        store = Store.open(settings.home, settings.store)
        try:
            yield store
        finally:
            store.close()
    except (CorpusError, ValueError) as error:
        raise fail(str(error)) from None
    except OSError as error:
        raise fail(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")) from None


def fill(library: Library) -> None:
    """Encode what has no vector yet; a terminal sees a bar, the count, the rate and the time left."""
    from assistant.progress import progress

    with progress("Vectors") as show:
        for _ in library.fill(show):
            pass
