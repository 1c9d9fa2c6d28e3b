"""Asks from a node for each file and image that it is going to download, as its argument says; loads none and writes nothing.

Of a file it asks for the head, of an image for its manifest, at each of the places where the container engine would. It runs
unprivileged, on any Python 3.6 or newer with nothing but the standard library. Every line that counts starts with the random marker of
the plan, then comes the number of the artifact and what was found; the last line says how many there were.
"""

import json
import re
import signal
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Optional
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

AT_ONCE = 8
MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    )
)
# Objects in clouds and some mirrors take no HEAD.
NO_HEAD = (400, 403, 405, 501)


def opener(verifies: bool) -> OpenerDirector:
    """The playbook sets no proxy where this is asked for at all. Whom an image's registry is proven to is the engine's own matter."""
    context = ssl.create_default_context()
    if not verifies:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return build_opener(ProxyHandler({}), HTTPSHandler(context=context))


def ask(url: str, method: str, verifies: bool, patience: float, headers: Dict[str, str]) -> Any:
    request = Request(url, headers=dict(headers, **{"User-Agent": "kubelab"}), method=method)
    return opener(verifies).open(request, timeout=patience)


def found_at(url: str, verifies: bool, patience: float, headers: Dict[str, str]) -> str:
    """What a server says of an address: there, page where it is one to read, or the status."""
    try:
        try:
            answer = ask(url, "HEAD", verifies, patience, headers)
        except HTTPError as refused:
            if refused.code not in NO_HEAD:
                raise
            answer = ask(url, "GET", verifies, patience, headers)
    except HTTPError as refused:
        return "{} {}".format(refused.code, refused.reason)
    with answer:
        is_page = str(answer.headers.get("Content-Type", "")).startswith("text/html") and not url.endswith(".html")
        return "page" if is_page else "there"


def token(challenge: str, patience: float) -> Optional[str]:
    """What a registry gives to anybody who asks, as public ones want it (distribution's token authentication)."""
    parts = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    if not challenge.lower().startswith("bearer") or "realm" not in parts:
        return None
    query = "&".join("{}={}".format(key, parts[key]) for key in ("service", "scope") if key in parts)
    with ask("{}?{}".format(parts["realm"], query), "GET", False, patience, {}) as answer:
        given = json.loads(answer.read().decode())
    return given.get("token") or given.get("access_token")


def image_at(url: str, patience: float) -> str:
    headers = {"Accept": MANIFESTS}
    try:
        with ask(url, "HEAD", False, patience, headers) as answer:
            return "page" if str(answer.headers.get("Content-Type", "")).startswith("text/html") else "there"
    except HTTPError as refused:
        if refused.code != 401:
            return "{} {}".format(refused.code, refused.reason)
        anybody = token(refused.headers.get("WWW-Authenticate", ""), patience)
    return found_at(url, False, patience, dict(headers, Authorization="Bearer " + anybody)) if anybody else "401 Unauthorized"


def look(artifact: Dict[str, Any], patience: float) -> str:
    said: List[str] = []
    for url in artifact["urls"]:
        try:
            outcome = image_at(url, patience) if artifact["image"] else found_at(url, artifact["verifies"], patience, {})
        except URLError as error:
            outcome = str(error.reason)
        # What is no HTTP, or none that ends, raises what is no URLError.
        except Exception as error:  # pylint: disable=broad-except
            outcome = str(error) or type(error).__name__
        if outcome == "there":
            return outcome
        said.append(" ".join(outcome.split()))
    return said[0] if said else "no place to ask"


def main() -> None:
    plan: Dict[str, Any] = json.loads(sys.stdin.readline())
    marker: str = plan["marker"]
    signal.alarm(int(plan["seconds"]))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(lambda artifact: look(artifact, plan["patience"]), plan["artifacts"]))
    for number, outcome in enumerate(outcomes):
        print(marker, number, outcome)
    print(marker, "end", len(outcomes), flush=True)


main()
