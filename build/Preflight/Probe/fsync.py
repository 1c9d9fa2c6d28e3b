"""Writes as etcd's log does, where etcd's data will lie, and says how long the disk takes; leaves nothing behind.

The file has no name once it is open, so that it is gone with this program, whatever becomes of it. It ends by itself after a few
seconds.
"""

import json
import os
import signal
import sys
import time
from typing import Any, Dict, List


def opened(folder: str, marker: str) -> int:
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except OSError:
        # A file system, or a kernel, that knows no file without a name.
        path = os.path.join(folder, "." + marker)
        file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.unlink(path)
        return file


def measured(file: int, size: int, count: int, seconds: float) -> List[float]:
    block = b"\0" * size
    times: List[float] = []
    end = time.monotonic() + seconds
    while len(times) < count and time.monotonic() < end:
        os.write(file, block)
        began = time.monotonic()
        os.fdatasync(file)
        times.append(time.monotonic() - began)
    return sorted(times)


def main() -> None:
    plan: Dict[str, Any] = json.loads(sys.argv[1])
    signal.alarm(int(plan["seconds"]) * 2 + 10)
    folder: str = plan["folder"]
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    try:
        room = os.statvfs(folder)
        if room.f_bavail * room.f_frsize < 4 * plan["size"] * plan["count"]:
            raise OSError("there is too little room under " + folder)
        times = measured(opened(folder, plan["marker"]), plan["size"], plan["count"], plan["seconds"])
    except OSError as error:
        print("\n" + plan["marker"], "failed", error.strerror or error, "done", flush=True)
        return
    percentile = times[min(len(times) - 1, len(times) * 99 // 100)]
    print("\n" + plan["marker"], "synced", len(times), "{:.6f}".format(percentile), "done", flush=True)


main()
