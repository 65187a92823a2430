"""Serve the page at once, and fill the vectors in behind it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from corpus.model import CorpusError
from index.library import Library

HERE = Path(__file__).parent
Say = Callable[[str], None]


def fill_behind(library: Library, say: Say) -> threading.Thread:
    """Encode what is missing in a thread of its own, saying every tenth part."""

    def work() -> None:
        told = -1
        try:
            for now in library.fill():
                tenth = now.done * 10 // max(now.total, 1)
                if tenth != told:
                    told = tenth
                    say(f"Vectors {tenth * 10} % ({now.done:,} of {now.total:,})")
            say("Vectors ready.")
            library.warm()
        except Exception as error:  # the page goes on answering from codes and keywords
            say(f"Vectors stopped: {error}. Codes and keywords still answer; `codecite prepare` goes on.")

    thread = threading.Thread(target=work, name="vectors", daemon=True)
    thread.start()
    return thread


def serve(library: Library, host: str, port: int, say: Say, model: str = "quote") -> None:
    """Prepare the home, open the page, print its address and stay until stopped.

    Raises CorpusError where the port is taken.
    """
    if not library.prepared:
        say(f"First run: reading codes and keywords into {library.home}.")
    for outcome in library.prepare():
        say(f"  {outcome.kind}: {outcome.passages:,} passages, {outcome.codes:,} codes")
    from assistant.web.page import build, theme

    page = build(library, library.home, model)
    page.queue(default_concurrency_limit=16, max_size=256)
    try:
        page.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            quiet=True,
            footer_links=[],
            ssr_mode=False,
            show_error=False,
            share=False,
            theme=theme(),
            head=f"<style>{(HERE / 'page.css').read_text(encoding='utf-8')}</style>",
            js=(HERE / "page.js").read_text(encoding="utf-8"),
            max_file_size="1kb",
        )
    except OSError:
        raise CorpusError(f"Port {port} on {host} is taken: stop what uses it, or run `codecite chat --port {port + 1}`.") from None
    say(f"codecite is at http://{host}:{port}  (Ctrl-C stops it)")
    fill_behind(library, say)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        say("Stopped. Vectors so far are kept.")
    finally:
        page.close(verbose=False)
