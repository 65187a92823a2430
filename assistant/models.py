"""Language models as writers: any chat model that LangChain reaches, its text untrusted, its failures one line each."""

import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from queue import Empty, Queue
from time import monotonic
from typing import TYPE_CHECKING

import prompts
from assistant.answer import Evidence, Question
from assistant.briefing import briefing
from assistant.pieces import pieces
from corpus.model import CorpusError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

SILENCE = 30.0  # seconds without a word after which a model is given up
WHOLE = 120.0  # seconds a whole answer may take
TRIES = 3  # calls of a model that is busy or out of reach
LONGEST = 8_000  # characters of an answer; what follows is not read
WINDOW = 4_096  # tokens a model is taken to hold where LangChain does not know it
ANSWER = 1_024  # tokens of them left for the answer
_WHY = {  # LangChain's names for what goes wrong, whoever the provider is
    "ModelTimeoutError": "did not answer in time",
    "ModelConnectionError": "cannot be reached",
    "ModelRateLimitError": "is over its rate limit",
    "ModelAuthenticationError": "refused the key",
    "ModelPermissionDeniedError": "is not open to this key",
    "ModelNotFoundError": "is not known to its provider",
    "ContextOverflowError": "cannot read that much at once",
    "ModelAPIError": "answered with an error of its server",
    "TimeoutException": "did not answer in time",
    "ConnectError": "cannot be reached",
    "ConnectionError": "cannot be reached",
    "TransportError": "broke the connection off",
    "NotImplementedError": "calls no tools",
}
_STATUS = {401: "refused the key", 403: "is not open to this key", 404: "is not known to its provider", 429: "is over its rate limit"}


class ModelError(CorpusError):
    """A language model cannot be used or gave up; the message completes its name to one line, without anything it sent."""


class ModelWriter:
    """Writes an answer sentence by sentence with a chat model; nothing of it counts before it is verified."""

    def __init__(self, name: str, model: "BaseChatModel", silence: float = SILENCE, whole: float = WHOLE) -> None:
        self.name = name
        self.prompt = prompts.fingerprint("write", "asked")
        self.model = model
        self.silence, self.whole = silence, whole  # seconds

    def __call__(self, question: Question, evidence: list[Evidence]) -> Iterator[str]:
        """Yield whole sentences as they come.

        Raises ModelError where the model fails or says nothing.
        """
        told = briefing(question, evidence, self.window - ANSWER)
        return pieces(patiently(lambda: (chunk.text for chunk in self.model.stream(told)), self.silence, self.whole))

    @property
    def window(self) -> int:
        """How many tokens the model reads and writes at once."""
        return (self.model.profile or {}).get("max_input_tokens", WINDOW)


@lru_cache(maxsize=8)
def opened(name: str) -> ModelWriter:
    """The model of a name such as ollama:llama3.2; addresses and keys are those its provider's package finds in the environment.

    Raises ModelError where it cannot be set up, with what to install or to set.
    """
    from langchain.chat_models import init_chat_model

    try:
        return ModelWriter(name, init_chat_model(name, max_retries=0, timeout=SILENCE))
    except ImportError as error:
        raise ModelError(_missing(name, error)) from None
    except Exception as error:  # each provider has its own; most want a key
        raise ModelError(
            f"{name} cannot be set up ({type(error).__name__}): is the provider known and its key in the environment?"
        ) from None


def _missing(name: str, error: ImportError) -> str:
    package = str(error).rsplit("pip install ", 1)[-1].strip("`. ") if "pip install" in str(error) else "the provider's LangChain package"
    return f"{name} needs a package that is not installed: pip install {package}"


def patiently(start: Callable[[], Iterator[str]], silence: float, whole: float) -> Iterator[str]:
    """Read a stream in a thread of its own, so that whatever hangs in it is given up in time.

    Raises ModelError where it fails, falls silent or never says a word.
    """
    queue: Queue[str | Exception | None] = Queue()
    over = threading.Event()
    threading.Thread(target=_read, args=(start, queue, over), name="model", daemon=True).start()
    until, length = monotonic() + whole, 0
    try:
        while length < LONGEST:
            said = queue.get(timeout=max(0.0, min(silence, until - monotonic())))
            if said is None:
                break
            if isinstance(said, Exception):
                raise ModelError(why(said))
            length += len(said)
            yield said
    except Empty:
        raise ModelError(f"did not answer in time ({min(silence, whole):g} s)") from None
    finally:
        over.set()
    if not length:
        raise ModelError("wrote nothing")


def _read(start: Callable[[], Iterator[str]], queue: "Queue[str | Exception | None]", over: threading.Event) -> None:
    """Put what a stream says into a queue, its failure or its end last."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

    def begin() -> tuple[str, Iterator[str]]:
        chunks = start()
        return next(chunks, ""), chunks

    try:
        passing = retry_if_exception(lambda error: getattr(error, "is_retryable", False) or getattr(error, "status_code", 0) in (429, 503))
        retrying = Retrying(stop=stop_after_attempt(TRIES), wait=wait_exponential(0.2, max=1), retry=passing, reraise=True)
        first, chunks = retrying(begin)
        queue.put(first)
        for chunk in chunks:
            if over.is_set():
                return
            queue.put(chunk)
        queue.put(None)
    except Exception as error:
        queue.put(error)


def why(error: Exception) -> str:
    """What happened to a model, in words of ours: a provider's own may hold a key or an address."""
    if said := _STATUS.get(getattr(error, "status_code", 0)):
        return said
    kinds = [kind.__name__ for kind in type(error).__mro__]
    return next((_WHY[kind] for kind in kinds if kind in _WHY), f"failed ({kinds[0]})")
