"""Listens on ports for a few seconds and meanwhile tries to connect to others, as its argument says; writes nothing to the machine.

It runs unprivileged, on any Python 3.6 or newer with nothing but the standard library, and ends by itself whatever becomes of the
connection that started it. Every line that counts starts with the random marker of the plan.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any, Dict, List

RETRY_SECONDS = 0.3


async def keep_until_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # Whoever closes first keeps the port busy for a minute (TIME_WAIT): that is left to the other end.
    try:
        await reader.read(1)
    finally:
        writer.close()


async def listen(port: int) -> str:
    try:
        await asyncio.start_server(keep_until_closed, None, port)
    except OSError as error:
        return "held" if "in use" in str(error) else "failed: {}".format(error)
    return "open"


async def attempt(host: str, port: int, patience: float, until: float) -> str:
    """One outcome: open, timed out, refused, or what the system said. A refusal may only mean that the listener isn't up yet."""
    now = asyncio.get_event_loop().time
    while True:
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), patience)
            writer.close()
            return "open"
        except asyncio.TimeoutError:
            return "timed out"
        except ConnectionRefusedError:
            outcome = "refused"
        except OSError as error:
            return error.strerror or str(error)
        if now() + RETRY_SECONDS > until:
            return outcome
        await asyncio.sleep(RETRY_SECONDS)


async def run(plan: Dict[str, Any]) -> None:
    end = asyncio.get_event_loop().time() + plan["seconds"]
    marker: str = plan["marker"]
    targets: List[List[Any]] = plan["targets"]
    for port in plan["ports"]:
        print(marker, "listen", port, await listen(port), flush=True)
    outcomes = await asyncio.gather(*(attempt(host, port, plan["patience"], end - plan["patience"]) for host, port in targets))
    for (host, port), outcome in zip(targets, outcomes):
        print(marker, "reach", host, port, outcome, flush=True)
    await asyncio.sleep(end - asyncio.get_event_loop().time())
    print(marker, "end", flush=True)


def main() -> None:
    plan: Dict[str, Any] = json.loads(sys.argv[1])
    signal.alarm(int(plan["seconds"]) + 2 * int(plan["patience"]) + 1)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(run(plan))
    # A name that is still being looked up would keep the process.
    os._exit(0)


main()
