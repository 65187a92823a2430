"""The command that serves the page."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import typer

from assistant.home import kept, opened
from assistant.options import Port
from assistant.output import fail, say
from assistant.settings import Settings


def _root(text: str) -> str:
    if text.strip("/") and not re.fullmatch(r"(?:/[\w.~-]+)+/?", text):
        raise typer.BadParameter(f"{text!r} is no path; write it as /codecite.")
    return text.rstrip("/")


def _proxy(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no address; write it as 10.0.0.5 or 10.0.0.0/24.") from None


def _header(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+", text):
        raise typer.BadParameter(f"{text!r} is no header; write it as X-Forwarded-User.")
    return text


_File = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, metavar="FILE")]


def chat(
    port: Port = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; on any but this machine's own, people log in.")] = None,
    login: Annotated[bool, typer.Option("--login", help="People log in on this machine's own address too.")] = False,
    root_path: Annotated[
        str | None, typer.Option(parser=_root, metavar="PATH", help="The path under which a proxy serves the page.")
    ] = None,
    tls_cert: _File = None,
    tls_key: _File = None,
    user_header: Annotated[str | None, typer.Option(parser=_header, metavar="NAME", help="Header in which a proxy names the user.")] = None,
    trusted_proxy: Annotated[
        list[str] | None, typer.Option(parser=_proxy, metavar="ADDRESS", help="Where that proxy is; this machine if not given.")
    ] = None,
    guests: Annotated[int, typer.Option(min=0, metavar="N", help="Let people in without a name, for N questions a day.")] = 0,
) -> None:
    """Serve the web page."""
    if (tls_cert is None) != (tls_key is None):
        raise fail("--tls-cert and --tls-key go together.", 2)
    with opened(prepare=False) as library, kept() as store:
        from assistant.web.doors import LOOPBACK, Site
        from assistant.web.server import serve

        settings = Settings.from_environment()
        site = Site(
            host=host or settings.host,
            port=port or settings.port,
            login=login,
            root=root_path or "",
            certificate=tls_cert,
            key=tls_key,
            header=user_header or "",
            proxies=tuple(trusted_proxy or LOOPBACK),
            guests=guests,
        )
        serve(library, store, site, say, settings.model)
