"""Citizens on Matrix, played by matrix-nio: a client that is not ours.

Reads commands from its input, one JSON object a line, {"id": 1, "do": "send", ...}, and answers each with
{"id": 1, "ok": result} or {"id": 1, "error": text}. Ends when its input does.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import sys
import tempfile

import aiohttp
from nio import AsyncClient, AsyncClientConfig, Event, MegolmEvent, Response, RoomSendResponse

logging.disable(logging.CRITICAL)


class Person:
    """One account with one device, and everything that it has seen."""

    def __init__(self, url, name, folder):
        config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=False, request_timeout=60)
        self.client = AsyncClient(url, name, store_path=folder, config=config)
        self.events = []
        self.seen = {}
        self.client.add_event_callback(self.note, Event)

    async def note(self, room, event):
        source = dict(event.source)
        source["room_id"] = room.room_id
        source["encrypted"] = bool(getattr(event, "decrypted", False)) or isinstance(event, MegolmEvent)
        source["readable"] = not isinstance(event, MegolmEvent)
        source["verified"] = bool(getattr(event, "verified", False))
        if self.seen.setdefault(event.event_id, source) is source:
            self.events.append(source)


class Stage:
    def __init__(self, url, secret):
        self.url, self.secret = url, secret
        self.people = {}
        self.withheld = {}
        self.tasks = []
        self.http = None

    async def call(self, method, path, token=None, body=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(method, self.url + path, json=body, headers=headers) as answer:
            text = await answer.text()
            return {"status": answer.status, "body": json.loads(text) if text else None}

    async def do_register(self, name, password, admin=False):
        nonce = (await self.call("GET", "/_synapse/admin/v1/register"))["body"]["nonce"]
        parts = [nonce, name, password, "admin" if admin else "notadmin"]
        mac = hmac.new(self.secret.encode(), b"\0".join(part.encode() for part in parts), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": name, "password": password, "admin": admin, "mac": mac}
        return (await self.call("POST", "/_synapse/admin/v1/register", body=body))["body"]

    async def do_enter(self, name, password):
        """Logs a person in, on a new device, and listens."""
        person = Person(self.url, name, tempfile.mkdtemp())
        await check(person.client.login(password))
        self.people[name] = person
        if person.client.should_upload_keys:
            await check(person.client.keys_upload())
        await check(person.client.sync(timeout=0, full_state=True))
        self.tasks.append(asyncio.create_task(self.listen(person)))
        return person.client.user_id

    async def listen(self, person):
        while True:
            try:
                await person.client.sync_forever(timeout=30000, full_state=False)
            except Exception as error:
                print(f"sync of {person.client.user}: {error!r}", file=sys.stderr)
                await asyncio.sleep(0.5)

    async def do_api(self, method, path, who=None, body=None):
        token = self.people[who].client.access_token if who else None
        return await self.call(method, path, token, body)

    async def do_create(self, who, invite=(), encrypted=False, direct=False, name=None, version=None):
        state = []
        if encrypted:
            state.append({"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}})
        made = await check(self.people[who].client.room_create(
            name=name, is_direct=direct, invite=list(invite), initial_state=state, room_version=version))
        await self.until(lambda: made.room_id in self.people[who].client.rooms)
        return made.room_id

    async def do_join(self, who, room):
        await check(self.people[who].client.join(room))
        await self.until(lambda: room in self.people[who].client.rooms)

    async def do_join_as(self, token, room):
        await self.call("POST", f"/_matrix/client/v3/rooms/{room}/join", token, {})

    async def do_members(self, who, room):
        answer = await self.do_api("GET", f"/_matrix/client/v3/rooms/{room}/joined_members", who)
        return sorted(answer["body"].get("joined", {}))

    async def do_know(self, who, room, user):
        """Waits until a person's client knows the devices of a user, so that it can encrypt for them."""
        client = self.people[who].client
        await self.until(lambda: user in client.rooms[room].users)
        for _ in range(100):
            if any(client.device_store.active_user_devices(user)):
                return
            if client.should_query_keys:
                await client.keys_query()
            await asyncio.sleep(0.1)
        raise RuntimeError("no devices")

    async def do_send(self, who, room, content, type="m.room.message"):
        client = self.people[who].client
        sent = await client.room_send(room, type, content, ignore_unverified_devices=True)
        if not isinstance(sent, RoomSendResponse):
            raise RuntimeError(repr(sent))
        return sent.event_id

    async def do_redact(self, who, room, event):
        return (await check(self.people[who].client.room_redact(room, event))).event_id

    async def do_withhold(self, who, room):
        """Begins a new room key, and keeps it to itself."""
        machine = self.people[who].client.olm
        machine.create_outbound_group_session(room)
        session = machine.outbound_group_sessions[room]
        self.withheld[room] = {"algorithm": "m.megolm.v1.aes-sha2", "room_id": room, "session_id": session.id,
                               "session_key": session.session_key}
        session.mark_as_shared()

    async def do_share(self, who, room, user):
        """Sends the key that was withheld to a user's devices."""
        client = self.people[who].client
        messages = {}
        for device in client.device_store.active_user_devices(user):
            olm = client.olm.session_store.get(device.curve25519)
            messages[device.id] = client.olm._olm_encrypt(olm, device, "m.room_key", self.withheld[room])
        path = f"/_matrix/client/v3/sendToDevice/m.room.encrypted/share-{len(room)}-{id(messages)}"
        answer = await self.call("PUT", path, client.access_token, {"messages": {user: messages}})
        if answer["status"] != 200 or not messages:
            raise RuntimeError(repr(answer))

    async def do_events(self, who, room, since=0):
        events = [event for event in self.people[who].events if event["room_id"] == room]
        return events[since:]

    async def until(self, true):
        for _ in range(600):
            if true():
                return
            await asyncio.sleep(0.05)
        raise RuntimeError("waited in vain")

    async def obey(self, line):
        command = json.loads(line)
        number, do = command.pop("id"), command.pop("do")
        try:
            answer = {"id": number, "ok": await getattr(self, "do_" + do)(**command)}
        except Exception as error:
            answer = {"id": number, "error": f"{do}: {error!r}"}
        print(json.dumps(answer), flush=True)


async def check(request):
    answer = await request
    if isinstance(answer, Response) and type(answer).__name__.endswith("Error"):
        raise RuntimeError(repr(answer))
    return answer


async def main():
    stage = Stage(sys.argv[1], sys.argv[2])
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with aiohttp.ClientSession() as stage.http:
        pending = set()
        while line := await reader.readline():
            task = asyncio.create_task(stage.obey(line))
            pending.add(task)
            task.add_done_callback(pending.discard)
        for person in stage.people.values():
            await person.client.close()
        for task in stage.tasks:
            task.cancel()


asyncio.run(main())
