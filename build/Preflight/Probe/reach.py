"""Listens on ports for a few seconds and meanwhile tries to connect to others, as its argument says; writes nothing to the machine.

It also measures how long the way to each takes, and looks up a name that nobody has. It runs unprivileged, on any Python 3.6 or
newer with nothing but the standard library, and ends by itself whatever becomes of the connection that started it. Every line that
counts starts with the random marker of the plan, and the last says how many there were.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from typing import Any, Dict, List, Tuple

RETRY_SECONDS = 0.3
MEASURES = 5
# A system asks again after a second where nothing came back to its first packet (RFC 6298, section 2).
LOST_SECONDS = 0.9


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


async def measure(host: str, port: int, patience: float) -> Tuple[float, int]:
    """The middle one of the times that a few connections took, in seconds, and how many lost a packet."""
    now = asyncio.get_event_loop().time
    times = []
    for _ in range(MEASURES):
        began = now()
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), patience)
            writer.close()
        except (OSError, asyncio.TimeoutError):
            times.append(patience)
            continue
        times.append(now() - began)
    return sorted(times)[MEASURES // 2], sum(each > LOST_SECONDS for each in times)


async def look_up(name: str) -> str:
    """The address of a name that nobody has, which only a wildcard gives it; none as it should be."""
    try:
        found = await asyncio.get_event_loop().getaddrinfo(name, None)
        return str(found[0][4][0])
    except socket.gaierror as error:
        nobody = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None))
        return "none" if nobody else "failed: {}".format(error.strerror)


async def run(plan: Dict[str, Any]) -> None:
    said = 0

    def say(*words: object) -> None:
        nonlocal said
        said += 1
        print(marker, *words, flush=True)

    end = asyncio.get_event_loop().time() + plan["seconds"]
    marker: str = plan["marker"]
    targets: List[List[Any]] = plan["targets"]
    for port in plan["ports"]:
        say("listen", port, await listen(port))
    wildcard = asyncio.ensure_future(look_up(plan["name"]))
    outcomes = await asyncio.gather(*(attempt(host, port, plan["patience"], end - plan["patience"]) for host, port in targets))
    for (host, port), outcome in zip(targets, outcomes):
        say("reach", host, port, outcome)
    ways = {host: port for (host, port), outcome in zip(targets, outcomes) if outcome == "open" and host in plan["peers"]}
    measures = await asyncio.gather(*(measure(host, port, plan["patience"] / 4) for host, port in ways.items()))
    for (host, port), (seconds, lost) in zip(ways.items(), measures):
        say("way", host, "{:.6f}".format(seconds), lost, MEASURES)
    done, _ = await asyncio.wait([wildcard], timeout=max(0, end - asyncio.get_event_loop().time()))
    say("name", wildcard.result() if done else "failed: no answer in time")
    await asyncio.sleep(max(0, end - asyncio.get_event_loop().time()))
    print(marker, "end", said, flush=True)


def main() -> None:
    plan: Dict[str, Any] = json.loads(sys.argv[1])
    signal.alarm(int(plan["seconds"]) + 2 * int(plan["patience"]) + 1)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(run(plan))
    # A name that is still being looked up would keep the process.
    os._exit(0)


main()
