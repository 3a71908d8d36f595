"""Readers of a Streamlit page without a browser: what its own page does over a web socket, to the script's end."""

import asyncio
import time
from urllib.parse import urlsplit

import websockets

from benchmarks.page_load import Answers

PAGE_SECONDS = 60.0


async def _page(address: str, answers: Answers) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    began = time.perf_counter()
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        await socket.send(asked.SerializeToString())
        first = None
        async for raw in socket:
            message = ForwardMsg()
            message.ParseFromString(raw if isinstance(raw, bytes) else raw.encode())
            kind = message.WhichOneof("type")
            if kind == "delta" and first is None:
                first = (time.perf_counter() - began) * 1000
            if kind == "script_finished":
                break
    answers.first_bytes.setdefault("first part", []).append(first or 0.0)
    answers.first_bytes.setdefault("whole page", []).append((time.perf_counter() - began) * 1000)


def saturated(base: str, readers: int, seconds: float) -> Answers:
    """So many readers at once, each opening the page again as soon as it is there."""

    async def run() -> Answers:
        address = f"ws://{urlsplit(base).netloc}/_stcore/stream"
        answers = Answers()
        began = time.perf_counter()

        async def reader() -> None:
            while time.perf_counter() - began < seconds:
                try:
                    await asyncio.wait_for(_page(address, answers), PAGE_SECONDS)
                except (TimeoutError, OSError, websockets.WebSocketException) as error:
                    answers.failed.append(type(error).__name__)

        await asyncio.gather(*(reader() for _ in range(readers)))
        answers.seconds = time.perf_counter() - began
        return answers

    return asyncio.run(run())
