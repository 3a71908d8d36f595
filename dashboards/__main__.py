"""``python -m dashboards``: serve the dashboards with uvicorn, in as many processes as there are workers."""

import argparse

import uvicorn
from fastapi import FastAPI

from dashboards.site.app import create_app
from dashboards.site.deadline import DeadlineProtocol
from dashboards.site.logs import configure
from orchestration.errors import WarehouseError
from orchestration.settings import load_settings

HOST, PORT, WORKERS = "127.0.0.1", 8765, 2


def application() -> FastAPI:
    """The application of one worker, with settings from the environment."""
    configure()
    return create_app(load_settings())


def main() -> None:
    """Serve until stopped. Settings that must not start end it with one message."""
    parser = argparse.ArgumentParser(prog="python -m dashboards", description="Serve the attendance dashboards.")
    parser.add_argument("--host", default=HOST, help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=PORT, help="port to listen on (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes (default: %(default)s)")
    chosen = parser.parse_args()
    configure()
    try:
        create_app(load_settings()).state.database.close()
    except WarehouseError as error:
        parser.exit(1, f"Error: {error}\n")
    uvicorn.run(
        "dashboards.__main__:application",
        factory=True,
        host=chosen.host,
        port=chosen.port,
        workers=chosen.workers,
        http=DeadlineProtocol,
        ws="none",  # there is none, and uvicorn would log what was asked for with its query
        log_config=None,
        access_log=False,  # it would hold addresses; ``dashboards.site.logs`` writes a line without them
        server_header=False,
        timeout_graceful_shutdown=10,
        timeout_worker_healthcheck=60,  # a worker that starts on a busy machine takes longer than the usual five
    )


if __name__ == "__main__":
    main()
