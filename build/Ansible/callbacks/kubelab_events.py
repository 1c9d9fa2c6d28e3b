"""Writes what an Ansible run does as JSON lines, one event a line, beside the user's own stdout callback.

Works with ansible-core 2.12 to 2.20 and Ansible 2.9 to 2.11; standard library only. The file is named by the environment
variable KUBELAB_EVENTS; without it the plugin does nothing. Results of tasks with no_log are never written.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import threading
import time
from typing import Any, Dict, IO, Optional

from ansible import context
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: kubelab_events
    type: notification
    short_description: writes plays, tasks and results as JSON lines
    description:
      - One JSON object a line, into the file that the environment variable KUBELAB_EVENTS names.
    requirements:
      - none
"""

# How often it is looked whether KubeLab is still there, and how long Ansible may take to stop when it isn't, in seconds.
WATCH_EVERY = 0.5
TIME_TO_STOP = 10.0

# A message is cut here: a task that prints a megabyte must not make the record one.
MESSAGE_LIMIT = 8000

# A mirror's address may come with a user and a password.
CREDENTIALS = re.compile(r"://[^/\s:@]+:[^/\s@]+@")

# ansible-core 2.19 and newer put this where no traceback is asked for.
NO_TRACEBACK = "(traceback unavailable)"

# Every line is written with the same encoder: one made anew for each costs more than the line itself.
ENCODER = json.JSONEncoder(default=str)

# What tells why a task failed: of every module, of commands, of downloads (get_url says only "Request failed" in msg), and of
# an item of a loop.
FAILURE_FIELDS = (
    "msg", "assertion", "stderr", "stdout", "rc", "cmd", "module_stderr", "module_stdout", "exception", "response", "status_code",
    "url", "item")


def _is_partial() -> bool:
    """Whether only some hosts or some tasks were asked for."""
    asked = context.CLIARGS
    return bool(
        asked.get("subset") or asked.get("skip_tags") or asked.get("start_at_task") or set(asked.get("tags") or ()) - {"all"})


def _stop_when_orphaned(parent: int) -> None:
    """Ends Ansible when the process that started it has ended without being able to say so (SIGKILL, out of memory).

    Ansible is asked first, as by Ctrl+C, so that it ends its workers; what is left after that is killed.
    """
    while os.getppid() == parent:
        time.sleep(WATCH_EVERY)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(TIME_TO_STOP)
    for child in multiprocessing.active_children():
        child.kill()
    os.kill(os.getpid(), signal.SIGKILL)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "kubelab_events"
    CALLBACK_NEEDS_ENABLED = True
    CALLBACK_NEEDS_WHITELIST = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file: Optional[IO[str]] = None
        self._started: Dict[str, float] = {}
        self._failed_items: Dict[str, Dict[str, Any]] = {}
        path = os.environ.get("KUBELAB_EVENTS")
        if path:
            self._file = open(path, "a", encoding="utf-8", buffering=1)
            threading.Thread(target=_stop_when_orphaned, args=(os.getppid(),), daemon=True).start()
        else:
            self.disabled = True

    def _write(self, event: str, **fields: Any) -> None:
        if self._file is None:
            return
        line: Dict[str, Any] = {"event": event, "time": round(time.time(), 3)}
        line.update((name, value) for name, value in fields.items() if value is not None)
        try:
            self._file.write(ENCODER.encode(line) + "\n")
        except (OSError, ValueError):
            # A full disk must not fail the playbook that may be about to free it.
            self._file = None

    @staticmethod
    def _role(task: Any) -> Optional[str]:
        role = getattr(task, "_role", None)
        return role.get_name() if role is not None else None

    def _result(self, result: Any, status: str, ignored: bool = False) -> None:
        task = getattr(result, "task", None) or result._task
        host = getattr(result, "host", None) or result._host
        data = getattr(result, "result", None)
        if not isinstance(data, dict):
            data = result._result
        fields: Dict[str, Any] = {
            "host": host.get_name(),
            "task": task.get_name(),
            "task_id": str(task._uuid),
            "path": task.get_path(),
            "role": self._role(task),
            "action": task.action,
            "status": status,
            "ignored": True if ignored else None,
        }
        key = "%s/%s" % (host.get_name(), task._uuid)
        started = self._started.pop(key, None) or self._started.get(str(task._uuid))
        failed_item = self._failed_items.pop(key, None)
        if started is not None:
            fields["seconds"] = round(time.time() - started, 3)
        if task.no_log or data.get("_ansible_no_log"):
            fields["censored"] = True
        elif status in ("failed", "unreachable"):
            fields.update(failed_item or self._failure(data))
        self._write("result", **fields)

    def _failure(self, source: Dict[str, Any]) -> Dict[str, Any]:
        # An item of a loop can be censored on its own; newer versions hand it over without the mark, but with the reason.
        if source.get("_ansible_no_log") or "no_log" in str(source.get("censored")):
            return {"censored": True}
        fields: Dict[str, Any] = {}
        for name in FAILURE_FIELDS:
            value = source.get(name)
            if value not in (None, "", [], NO_TRACEBACK):
                text = value if isinstance(value, (int, bool)) else str(value)
                fields[name] = CREDENTIALS.sub("://***@", text[:MESSAGE_LIMIT]) if isinstance(text, str) else text
        return {"failure": fields}

    def v2_playbook_on_start(self, playbook: Any) -> None:
        self._write("playbook_start", playbook=os.path.basename(playbook._file_name), partial=_is_partial() or None)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._write("play_start", play=play.get_name().strip())

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        self._started[str(task._uuid)] = time.time()
        self._write(
            "task_start", task=task.get_name(), task_id=str(task._uuid), path=task.get_path(), role=self._role(task),
            action=task.action)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        self._started["%s/%s" % (host.get_name(), task._uuid)] = time.time()
        self._write("start", host=host.get_name(), task_id=str(task._uuid))

    def v2_runner_on_ok(self, result: Any) -> None:
        data = getattr(result, "result", None) or result._result
        self._result(result, "changed" if data.get("changed") else "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._result(result, "failed", ignored=bool(ignore_errors))

    # The loop's own result says no more than that an item failed, or no longer has its items (ansible-core 2.22).
    def v2_runner_item_on_failed(self, result: Any) -> None:
        task = getattr(result, "task", None) or result._task
        host = getattr(result, "host", None) or result._host
        data = getattr(result, "result", None) or result._result
        self._failed_items.setdefault("%s/%s" % (host.get_name(), task._uuid), self._failure(data))

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._result(result, "skipped")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        task = getattr(result, "task", None) or result._task
        self._result(result, "unreachable", ignored=bool(getattr(task, "ignore_unreachable", False)))

    def v2_runner_retry(self, result: Any) -> None:
        task = getattr(result, "task", None) or result._task
        host = getattr(result, "host", None) or result._host
        self._write("retry", host=host.get_name(), task=task.get_name(), task_id=str(task._uuid))

    def v2_playbook_on_no_hosts_matched(self) -> None:
        self._write("no_hosts_matched")

    def v2_playbook_on_no_hosts_remaining(self) -> None:
        self._write("no_hosts_remaining")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write("stats", hosts={host: stats.summarize(host) for host in sorted(stats.processed)})
