#!/usr/bin/env python3
"""Requests of channels that change something, at a running node: each is sent to a node that dies
before, then behind the durable step, and sent again: it is carried out once, and the repeat gets
the first answer, refusals too, whatever the price is by then. Bodies, ids and headers that aren't
as they should be; who may ask for what; the same at the counter's socket; the log of all of it.

Environment: POINTHOUSE the executable, PH_ROOT the project. Ends with 77 without openssl.
"""

import datetime
import http.client
import json
import shutil
import ssl
import subprocess
import sys

import _member_world as m
import _programme_world as w
from _member_world import ANN, BOB, CARL, DORA, need, same
import system as running

POINTS = ("node_before_append", "node_after_append")
STRANGER, ELSEWHERE = w.member(77), w.b.member_number(2, 1)


def of(member, what):
    return f"/v1/members/{member}/{what}"


def staff(kind):
    return f"/v1/staff/{kind}"


# Path, reference, body, and what the answer has besides id and time; of a refusal its code.
REQUESTS = (
    (of(ANN, "claims"), "W-1", {"benefit": "lounge"},
     {"member": ANN, "benefit": "lounge", "usable_until": "2026-06-04T00:00:00+08:00"}),
    (of(ANN, "claims"), "W-2", {"benefit": "reactivation"},
     {"member": ANN, "benefit": "reactivation", "usable_until": "AT+48h"}),
    (of(BOB, "claims"), "W-3", {"benefit": "lounge"}, "NOT_ENTITLED"),
    (of(ANN, "orders"), "W-4", {"item": "night-minutes", "quantity": 1},
     {"member": ANN, "item": "night-minutes", "quantity": 1, "points": 1000, "cash": 0,
      "state": "DELIVERED", "available": 39219}),
    (of(ANN, "orders"), "W-5", {"item": "handset", "quantity": 1},
     {"member": ANN, "item": "handset", "quantity": 1, "points": 5000, "cash": 150000,
      "state": "CREATED", "available": 34219}),
    (of(CARL, "orders"), "W-6", {"item": "phone-credit", "points": 5000, "beneficiary": ANN},
     {"member": CARL, "item": "phone-credit", "quantity": 1, "points": 5000, "cash": 0,
      "credit": 3000, "state": "DELIVERED", "available": 35000}),
    (of(DORA, "orders"), "W-7", {"item": "voucher", "quantity": 1}, "INSUFFICIENT_POINTS"),
    (of(ANN, "orders"), "W-8", {"item": "handset", "quantity": 2}, "PRICE"),
    (of(ANN, "orders"), "W-9", {"item": "unicorn", "quantity": 1}, "UNKNOWN_NAME"),
    (staff("ORDER_STATE"), "S-1", {"order": "P01/20260305/W-5", "state": "DELIVERED",
                                   "cost": 149000}, {"kind": "ORDER_STATE"}),
    ("/v1/orders/P01/20260305/W-5/complaints", "W-10", {"why": "BROKEN"},
     {"order": "P01/20260305/W-5"}),
    ("/v1/orders/P01/20260305/W-99/complaints", "W-11", {"why": "LATE"}, "UNKNOWN_PARENT"),
    (staff("COMPLAINT_END"), "S-2", {"complaint": "P01/20260305/W-10", "outcome": "REFUNDED"},
     {"kind": "COMPLAINT_END"}),
    (staff("COMPLAINT_END"), "S-3", {"complaint": "P01/20260305/W-10", "outcome": "REFUSED"},
     "STATE"),
    (of(ANN, "registrations"), "W-12",
     {"account": "A-13900001234", "bill_month": "2025-12", "why": "NO_POINTS"},
     {"member": ANN, "bill_month": "2025-12", "state": "CREDITED", "points": 80,
      "available": 39299}),
    (of(ANN, "registrations"), "W-13",
     {"account": "A-13900001234", "bill_month": "2026-01", "why": "NO_POINTS"},
     "NOTHING_MISSING"),
    (of(ANN, "registrations"), "W-14", {"account": "B-1", "bill_month": "2026-01", "why": "OTHER"},
     "NO_ACCOUNT"),
    (of(CARL, "registrations"), "W-15", {"account": "C-1", "bill_month": "2026-01", "why": "OTHER"},
     {"member": CARL, "bill_month": "2026-01", "state": "OPEN", "points": 0, "available": 35000}),
    (staff("REGISTER_END"), "S-4", {"register": "P01/20260305/W-15", "outcome": "REFUSED"},
     {"kind": "REGISTER_END"}),
    (of(ANN, "applications"), "W-16", {"grading": "level", "level": "diamond", "from": "2025-03"},
     {"member": ANN, "grading": "level", "level": "diamond"}),
    (of(DORA, "applications"), "W-17", {"grading": "level", "level": "diamond", "from": "2025-03"},
     "NOT_REACHED"),
    (of(BOB, "profile"), "W-18", {}, {"member": BOB, "points": 57, "available": 57}),
    (staff("VIP_PROPOSE"), "V-3", {"member": DORA, "flag": "vip", "why": "RANK", "until": "2026-12",
                                   "officer": "G-0001"}, {"kind": "VIP_PROPOSE"}),
    (staff("VIP_DECIDE"), "V-4", {"proposal": "P01/20260305/V-3", "approve": True,
                                  "officer": "G-0001"}, "ONE_PERSON"),
    (staff("VIP_DECIDE"), "V-5", {"proposal": "P01/20260305/V-3", "approve": True,
                                  "officer": "G-0002"}, {"kind": "VIP_DECIDE"}),
    (staff("CALL"), "C-1", {"member": ANN, "seconds": 7, "answered": True}, {"kind": "CALL"}),
)


def raw(world, path, name, body):
    """Status and bytes; None when the node has died meanwhile."""
    caller = world.caller()
    context = ssl.create_default_context(cafile=caller.authority)
    connection = http.client.HTTPSConnection(caller.host, timeout=15, context=context)
    try:
        connection.request("POST", path, json.dumps(body), {
            "Authorization": f"Bearer {caller.token}", "Content-Type": "application/json",
            "Idempotency-Key": f"P01/20260305/{name}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wanted(moment, name, body_of):
    out = {"id": f"P01/20260305/{name}", "decided_at": moment.isoformat() + "+08:00", **body_of}
    if out.get("usable_until") == "AT+48h":
        until = moment + datetime.timedelta(hours=48)
        out["usable_until"] = until.isoformat() + "+08:00"
    return out


def is_answer(told, moment, name, expected):
    status, text = told
    answer = json.loads(text)
    if isinstance(expected, str):
        same(f"{name}, refused", (expected, "NEW_KEY", f"P01/20260305/{name}"),
             (answer["code"], answer["repeat"], answer["id"]))
        need(status == 422 and len(answer["what_now"]) > 10, f"{name}: {status} {answer}")
    else:
        same(f"{name}, done", (200, wanted(moment, name, expected)), (status, answer))


def dies_and_is_asked_again(world, number, request, moment):
    """The first answer's time, and its bytes."""
    path, name, body, expected = request
    point = POINTS[number % 2]
    world.node.stop()
    world.at(moment)
    world.start(PH_KILL_AT=point)
    first = raw(world, path, name, body)
    need(first is None, f"{name}: it dies at {point} before it answers, and said {first}")
    try:
        world.node.handle.wait(10)
    except subprocess.TimeoutExpired:
        need(False, f"{name}: the node lives on behind {point}")
    world.node.handle = None
    later = moment + datetime.timedelta(seconds=20)
    world.at(later)
    world.start()
    told = raw(world, path, name, body)
    is_answer(told, later if point == POINTS[0] else moment, name, expected)
    same(f"{name} again", told, raw(world, path, name, body))
    return told


def the_state(world):
    """All that the requests have made of it; counted by hand."""
    same("points", [39299, 57, 35000, 0],
         [world.of(member, "balance")["points"] for member in (ANN, BOB, CARL, DORA)])
    same("held", [0] * 4,
         [world.of(member, "balance")["held"] for member in (ANN, BOB, CARL, DORA)])
    same("one claim each", [("reactivation", 1), ("lounge", 1)],
         [(row["benefit"], row["count"]) for row in world.of(ANN, "entitlements")["claims"]])
    same("one application", ["APPLICATION", "REVIEW", "MIGRATION"],
         [row["reason"] for row in world.of(ANN, "levels")["history"]])
    same("a flag of Dora's", ["REVIEW"],
         [row["reason"] for row in world.of(DORA, "levels")["history"]])
    order = world.gets("/v1/orders/P01/20260305/W-5")
    same("the handset", ("RETURNED", ["REFUNDED"]),
         (order["state"], [row["outcome"] for row in order["complaints"]]))
    waiting = world.gets("/v1/staff/open")
    same("open", (1, 0, 0, 0), tuple(waiting[f"{what}_open"] for what in (
        "proposals", "registrations", "orders", "complaints")))
    calls = json.loads(world.node.ask("GET", "/v1/programme-calls/2026-03")[1])
    same("calls", 1, sum(queue["calls"] for queue in calls["queues"]))


def told_again(world, answers):
    """Hours later, another price; after a start; and other content isn't it."""
    world.at(datetime.datetime(2026, 3, 5, 22, 30))
    for (path, name, body, _), told in zip(REQUESTS, answers):
        same(f"{name} at night", told, raw(world, path, name, body))
    for path, name, body in ((of(ANN, "orders"), "W-4", {"item": "night-minutes", "quantity": 2}),
                             (of(CARL, "orders"), "W-4", {"item": "night-minutes", "quantity": 1}),
                             (of(ANN, "claims"), "W-2", {"benefit": "lounge"}),
                             (of(ANN, "claims"), "W-4", {"benefit": "lounge"}),
                             (of(BOB, "claims"), "W-3", {"benefit": "reactivation"})):
        world.refused(409, "ID_TAKEN", path, name, body)
    status, night = world.post(of(ANN, "orders"), "W-30", {"item": "night-minutes", "quantity": 1})
    same("the price at night", (200, 600), (status, night["points"]))
    world.node.kill()
    world.start()
    same("the order at night", (200, night),
         world.post(of(ANN, "orders"), "W-30", {"item": "night-minutes", "quantity": 1}))
    # The next day is opened by the first that asks for something on it; answers stay.
    world.at(datetime.datetime(2026, 3, 6, 9))
    world.system.wait(lambda: raw(world, *REQUESTS[0][:3]) == answers[0], "the first one again", 30)


def bodies(world):
    """What isn't as it should be changes nothing, and says which field."""
    orders, claims = of(ANN, "orders"), of(ANN, "claims")
    good = {"item": "handset", "quantity": 1}
    for field, path, body in (
            ("quantity", orders, {"item": "handset"}),
            ("quantity", orders, {"item": "handset", "quantity": "1"}),
            ("quantity", orders, {"item": "handset", "quantity": 0}),
            ("quantity", orders, {"item": "handset", "quantity": -1}),
            ("quantity", orders, {"item": "handset", "quantity": 1.5}),
            ("quantity", orders, b'{"item":"handset","quantity":1,"quantity":1}'),
            ("quantity", orders, {"item": "handset", "quantity": 2 ** 32}),
            ("points", orders, {"item": "phone-credit", "quantity": 1}),
            ("points", orders, {**good, "points": 0}),
            ("cash", orders, {**good, "points": 1000, "cash": -1}),
            ("item", orders, {"item": ["handset"], "quantity": 1}),
            ("item", orders, {"item": "Handset", "quantity": 1}),
            ("item", orders, {"item": "h" * 25, "quantity": 1}),
            ("beneficiary", orders, {**good, "beneficiary": "01000000000013"}),
            ("name", orders, {**good, "name": "Zhang San"}),
            ("benefit", claims, {}), ("benefit", claims, {"benefit": None}),
            ("benefit", claims, {"benefit": True}),
            ("why", "/v1/orders/P01/20260305/W-5/complaints", {"why": "broken"}),
            ("id", "/v1/orders/P02/20260305/W-5/complaints", {"why": "BROKEN"}),
            ("bill_month", of(ANN, "registrations"),
             {"account": "A-1", "bill_month": "2026-13", "why": "OTHER"}),
            ("account", of(ANN, "registrations"),
             {"account": "A 1", "bill_month": "2026-01", "why": "OTHER"}),
            ("x", of(ANN, "profile"), {"x": 1}),
            ("cost", staff("ORDER_STATE"),
             {"order": "P01/20260305/W-5", "state": "FAILED", "cost": 5}),
            ("order", staff("ORDER_STATE"), {"order": "W-5", "state": "FAILED"}),
            ("approve", staff("VIP_DECIDE"),
             {"proposal": "P01/20260305/V-3", "approve": 1, "officer": "S-1"}),
            ("officer", staff("VIP_DECIDE"),
             {"proposal": "P01/20260305/V-3", "approve": True, "officer": "a b"}),
            ("seconds", staff("CALL"), {"member": ANN, "seconds": 2 ** 32, "answered": True})):
        answer = world.refused(400, "INVALID", path, "X-1", body)
        same(f"{path} {body}: the field", (field, "AFTER_CORRECTION"),
             (answer["field"], answer["repeat"]))
    for body in (b"", b"[]", b"{", b'{"a":1}x', b"null", b'"x"', b"\xef\xbb\xbf{}",
                 b'{"a":"\xff"}'):
        world.refused(400, "JSON_SYNTAX", claims, "X-1", body)
    found = world.caller().post(claims, "P01/20260305/X-1", {"benefit": "lounge"},
                                **{"Content-Type": "text/plain"})
    same("another type", (415, "CONTENT_TYPE"), (found[0], found[1]["code"]))
    found = world.post(claims, "X-1", b'{"benefit":"' + b"x" * 4096 + b'"}')
    same("too large", (413, "TOO_LARGE"), (found[0], found[1]["code"]))
    for key in ("", "W-1", "P02/20260305/W-1", "P01/20260305/17", "P01/20260332/W-1",
                "P01/20260305/", "P01/20260305/W_1", "P01/20260305/" + "W" * 25,
                "P01/20260307/W-1", "P01/20260305/W-1, P01/20260305/W-2"):
        found = world.caller().post(claims, key, {"benefit": "lounge"})
        same(f"the key {key}", (400, "INVALID", "Idempotency-Key"),
             (found[0], found[1]["code"], found[1]["field"]))
    found = world.caller().ask(claims, "POST", b"{}", **{"Content-Type": "application/json"})
    same("without a key", (400, "Idempotency-Key"), (found[0], found[1]["field"]))
    world.refused(422, "TOO_OLD", claims, "W-1", {"benefit": "lounge"}, date="20251201")
    world.refused(400, "INVALID", of("01000000000013", "claims"), "X-1", {"benefit": "lounge"})
    for number in (STRANGER, ELSEWHERE):
        world.refused(404, "NOT_HOME", of(number, "claims"), "X-1", {"benefit": "lounge"})
    world.refused(404, "NOT_HOME", of(ELSEWHERE, "profile"), "X-1", {})
    world.refused(404, "NO_SUCH_PATH", staff("BLACKLIST"), "X-1", {"member": ANN, "on": True})
    world.refused(405, "METHOD", of(ANN, "level"), "X-1", {})
    found = world.caller().ask("/v1/orders/P01/20260305/X-1")
    same("an order that isn't", (404, "UNKNOWN_TRANSACTION"), (found[0], found[1]["code"]))


def who_may(world):
    """Each channel what it may; a benefit through the channels that it names."""
    for path, body, scope in ((of(ANN, "orders"), {"item": "handset", "quantity": 1}, "redeem"),
                              (staff("VIP_PROPOSE"), {}, "review"), (staff("CALL"), {}, "calls"),
                              (staff("ORDER_STATE"), {}, "staff"), (of(ANN, "profile"), {},
                                                                   "profile")):
        answer = world.refused(403, "SCOPE", path, "X-2", body, who="ivr")
        need(scope in answer["detail"], f"it says which: {answer}")
    world.refused(403, "CHANNEL", of(ANN, "claims"), "X-3", {"benefit": "lounge"}, who="web")
    need(world.done(of(ANN, "claims"), "X-3", {"benefit": "lounge"})["benefit"] == "lounge",
         "through another one it is claimed, under the same id")
    # What was done through one is told through the other.
    need(world.done(of(ANN, "claims"), "X-3", {"benefit": "lounge"}, who="web"), "told again")
    same("too many", 429, next((found[0] for found in (
        world.post(of(ANN, "claims"), "X-4", {"benefit": "none"}, who="slow") for _ in range(9))
        if found[0] == 429), 0))


def counters_socket(world):
    """Staff without a token, at the province's own counter."""
    def ask(method, path, name="", body=None):
        connection = running.Unix(world.node.folder / "run" / "counter.sock", 20)
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"Content-Type": "application/json",
                            "Idempotency-Key": f"P01/20260305/{name}"} if name else {})
        answer = connection.getresponse()
        try:
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()
    found = ask("POST", staff("VIP_DECIDE"), "K-1", {"proposal": "P01/20260304/V-2",
                                                    "approve": False, "officer": "G-0002"})
    same("declined", (200, "VIP_DECIDE"), (found[0], found[1]["kind"]))
    same("again", found, ask("POST", staff("VIP_DECIDE"), "K-1", {
        "proposal": "P01/20260304/V-2", "approve": False, "officer": "G-0002"}))
    status, waiting = ask("GET", "/v1/staff/open")
    same("nothing is open", (200, 0), (status, waiting["proposals_open"]))
    status, answer = ask("POST", staff("ORDER_STATE"), "K-2", {"order": "P01/20260305/W-5"})
    same("a field lacks", (400, "INVALID", "state"), (status, answer["code"], answer["field"]))
    status, answer = ask("POST", staff("BLACKLIST"), "K-3", {"member": ANN, "on": True})
    same("no such kind", (404, "NO_SUCH_PATH"), (status, answer["code"]))


def the_log(world):
    """Each request with its number, and no text of a body."""
    path = world.node.folder / "data" / "lookups" / "lookups-2026-03-05.csv"
    for line in (f"app,POST,/v1/members/{{number}}/orders,{ANN},200",
                 f"app,POST,/v1/members/{{number}}/orders,{DORA},422",
                 f"app,POST,/v1/orders/{{id}}/complaints,{ANN},200",
                 f"app,GET,/v1/orders/{{id}},{ANN},200", "app,POST,/v1/staff/{kind},,200",
                 f"app,POST,/v1/staff/{{kind}},{ANN},200",
                 f"web,POST,/v1/members/{{number}}/claims,{ANN},403",
                 f"app,POST,/v1/members/{{number}}/claims,{ANN},413"):
        world.system.wait(lambda line=line: line in path.read_text("ascii"), f"logged: {line}", 5)
    log = world.node.log.read_text("utf-8")
    need(not any(text in log + path.read_text("ascii") for text in ("Zhang", "A-13900001234")),
         "nothing of a body is logged")
    need(ANN not in log, "no number in the ordinary log")


def main(folder):
    world = m.World(folder, m.files_of(folder), {
        "app": {}, "web": {}, "ivr": {"scopes": "balance"}, "slow": {"per_second": 3}})
    try:
        world.begin()
        # The day is opened by whoever asks first.
        world.system.wait(lambda: world.post(of(ANN, "claims"), "X-0", {"benefit": "none"})[1]
                          ["code"] == "UNKNOWN_NAME", "the day is open", 30)
        answers, moment = [], m.NOW
        for number, request in enumerate(REQUESTS):
            moment += datetime.timedelta(minutes=1)
            answers.append(dies_and_is_asked_again(world, number, request, moment))
        the_state(world)
        bodies(world)
        the_state(world)
        who_may(world)
        counters_socket(world)
        the_log(world)
        told_again(world, answers)
        need(world.node.stop() == 0, "it stops with 0")
    finally:
        world.system.kill()
    print(f"{len(REQUESTS)} requests, a death in each: carried out once, answered as at first")


if __name__ == "__main__":
    if not shutil.which("openssl"):
        print("not run: openssl is missing")
        sys.exit(77)
    w.in_a_folder(main)
