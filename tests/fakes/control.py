"""Pages for harnesses that run the server as a process of its own: state, new updates, faults."""

import os
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from tests.fakes.delivery import encode
from tests.fakes.errors import JSON
from tests.fakes.faults import KINDS
from tests.fakes.scenario import Scenario
from tests.fakes.world import Chat

if TYPE_CHECKING:
    from tests.fakes.botapi import FakeBotApi


async def handle(server: "FakeBotApi", request: web.BaseRequest, path: str) -> web.Response:
    """Answer one page.

    - ``GET /_state``: everything that can be counted; ``?order=1`` adds each chat's texts in order,
      ``?sent=0`` leaves out what was sent to whom, which grows.
    - ``POST /_inject``: lines of a scenario (see ``scenario``).
    - ``POST /_fault``: ``{"method": …, "fault": …, "args": {…}, "times": n}``; without a fault: behave.
    - ``GET /_wait?sends=n&finished=n&timeout=s``: the state, once so much has happened or the time is up.
    """
    try:
        if path == "/_inject":
            scenario = scenario_of(server)
            for line in (await request.read()).splitlines():
                if line.strip():
                    scenario.play(msgspec.json.decode(line))
        elif path == "/_fault":
            _set_fault(server, msgspec.json.decode(await request.read()))
        elif path == "/_wait":
            await _wait(server, request)
        elif path != "/_state":
            return web.Response(status=404)
    except (ValueError, KeyError, TypeError, LookupError) as error:
        return web.Response(status=400, text=f"{type(error).__name__}: {error}")
    told = state(server, ordered=request.query.get("order") == "1")
    if request.query.get("sent") == "0":
        del told["sent"]
    return web.Response(body=encode(told), content_type="application/json")


def scenario_of(server: "FakeBotApi") -> Scenario:
    """Return the one scenario of a server."""
    for hook in server.world.on_spoken:
        if isinstance(owner := getattr(hook, "__self__", None), Scenario):
            return owner
    return Scenario(server.world, server.updates)


def state(server: "FakeBotApi", *, ordered: bool = False) -> JSON:
    """Return what a harness counts with; chats are keyed by their id as a text."""
    journal, updates, scenario = server.journal, server.updates, scenario_of(server)
    answered = sum(press.answer is not None for press in server.world.presses.values())
    told: JSON = {
        "pid": os.getpid(),
        "methods": journal.methods,
        "sends": journal.sends,
        "sent": {str(chat): texts for chat, texts in journal.sent.items()},
        "pending": updates.pending,
        "served": updates.served,
        "confirmed": updates.confirmed,
        "polls": updates.polls,
        "next_update_id": updates.next_id,
        "presses": {"all": len(server.world.presses), "answered": answered},
        "strangers": server.strangers,
        "violations": [f"{each.method}: {each.problem}" for each in server.violations],
        "errors": [type(error).__name__ for error in server.errors],
        "scenario": scenario.told,
    }
    if ordered:
        told["order"] = {str(chat.id): _texts(chat) for chat in server.world.chats.values()}
    return told


def _texts(chat: Chat) -> list[str]:
    return [
        message.get("text") or message.get("caption") or ""
        for message in chat.messages.values()
        if message["from"]["is_bot"]
    ]


def _set_fault(server: "FakeBotApi", order: Any) -> None:
    if not order.get("fault"):
        server.faults.stop()
        return
    make = KINDS[order["fault"]]
    faults = [make(**order.get("args", {})) for _ in range(order.get("times", 1))]
    server.faults.add(order.get("method", ""), *faults)


async def _wait(server: "FakeBotApi", request: web.BaseRequest) -> None:
    wanted = {name: int(request.query.get(name, 0)) for name in ("sends", "finished", "confirmed")}
    scenario = scenario_of(server)

    def ready() -> bool:
        return (
            server.journal.sends >= wanted["sends"]
            and scenario.finished >= wanted["finished"]
            and server.updates.confirmed >= wanted["confirmed"]
        )

    try:
        await server.until(ready, float(request.query.get("timeout", 10)))
    except TimeoutError:
        return
