"""A server on this machine that speaks the chat completions of OpenAI, and fails in every way a real one does."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STATUS = {"busy": 429, "broken": 500, "locked": 401, "closed": 403, "unknown": 404}
SECRET = "sk-a-secret-key"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        way, text = self.server.way, self.server.text
        if way in STATUS:
            self._refuse(STATUS[way], json.dumps({"error": {"message": f"no, {SECRET}", "type": way}}))
        elif way == "garbage":
            self._refuse(200, "<html>not what you think</html>")
        elif way == "silent":
            self.server.over.wait(20)
        else:
            self._stream("" if way == "empty" else text, way)

    def _refuse(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def _stream(self, text: str, way: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for at in range(0, len(text), 5):
            if way == "cut" and at > 60:
                self.wfile.write(b'data: {"choices": [{"delta"')
                return
            if way == "stalled" and at > 60:
                self.server.over.wait(20)
                return
            time.sleep(0.05 if way == "slow" else 0)
            self._send({"content": text[at : at + 5]})
        self._send({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, delta: dict[str, Any], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, way: str, text: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.way, self.text = way, text
        self.asked: list[dict[str, Any]] = []
        self.over = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def chat_server(way: str, text: str = "") -> Iterator[_Server]:
    """Serve one way of answering until the block ends."""
    server = _Server(way, text)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
