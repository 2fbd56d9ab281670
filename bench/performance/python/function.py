"""The member dialect's get and create as one would write them in Python: the same requests to the same tables, the same
answers. `HANDLER` says which."""

import datetime
import hashlib
import hmac
import http.client
import json
import os
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3

BLOCK = 1024

dynamodb = boto3.client("dynamodb")
beside = ThreadPoolExecutor(1)


def answer(status, body):
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body, separators=(",", ":"))}


def parse_key(event):
    """`ros_{account}_{id}_{secret}{checksum}`; the checksum is of six characters."""
    parts = event["headers"].get("authorization", "").removeprefix("Bearer ").split("_")
    return (int(parts[1]), parts[2], parts[3][:-6]) if len(parts) == 4 else None


def read_key(key):
    return dynamodb.get_item(TableName="roster-keys", Key={"key": {"S": f"api-key#{key[1]}"}}, ConsistentRead=True)


def is_allowed(key, found):
    item = found.get("Item")
    if not item or "revoked_at" in item or int(item["account"]["N"]) != key[0]:
        return False
    digest = hashlib.sha256(key[2].encode()).digest()
    return hmac.compare_digest(digest, item["digest"]["B"]) and {"S": "member"} in item["scopes"]["L"]


def get(event):
    key = parse_key(event)
    if not key:
        return answer(403, {"message": "Invalid API key"})
    number = int(event["pathParameters"]["user_id"])
    reading = beside.submit(read_key, key)
    primary = {"block": {"S": f"{key[0]}#{number // BLOCK}"}, "id": {"N": str(number)}}
    item = dynamodb.get_item(TableName="roster-users", Key=primary, ConsistentRead=True).get("Item")
    if not is_allowed(key, reading.result()):
        return answer(403, {"message": "Invalid API key"})
    if not item or "void" in item:
        return answer(404, {"message": "User not found"})
    text = lambda name: item[name]["S"] if name in item else None
    return answer(200, {
        "id": number,
        "user_id": number,
        "email": text("email"),
        "first_name": text("first_name"),
        "last_name": text("last_name"),
        "external_id": int(item["external_id"]["S"]) if "external_id" in item else None,
        "source": text("source"),
        "phone_number": text("phone_number"),
        "live_scanner": item["live_scanner"]["BOOL"],
        "role": "Member",
        "created_at": text("created_on"),
        "updated_at": text("updated_on"),
    })


def create(event):
    from argon2 import PasswordHasher

    key = parse_key(event)
    if not key or not is_allowed(key, read_key(key)):
        return answer(403, {"message": "Invalid API key"})
    asked = json.loads(event["body"])
    account = key[0]
    hashing = beside.submit(PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash, asked["password"])
    leased = dynamodb.update_item(
        TableName="roster-accounts",
        Key={"part": {"S": f"{account}#counter"}, "sort": {"S": "counter"}},
        UpdateExpression="ADD leased :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    number = int(leased["Attributes"]["leased"]["N"])
    email = asked["email"].lower()
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    user = {
        "block": {"S": f"{account}#{number // BLOCK}"},
        "id": {"N": str(number)},
        "rev": {"N": "1"},
        "email": {"S": asked["email"]},
        "email_key": {"S": f"{account}#{email}"},
        "login": {"S": asked["email"]},
        "code": {"S": f"i-{number}"},
        "code_key": {"S": f"{account}#i-{number}"},
        "first_name": {"S": asked["first_name"]},
        "last_name": {"S": asked["last_name"]},
        "full_name": {"S": f"{asked['first_name']} {asked['last_name']}".lower()},
        "role": {"S": "regular"},
        "active": {"BOOL": True},
        "source": {"S": "api"},
        "live_scanner": {"BOOL": False},
        "auth": {"N": "0"},
        "profile": {"M": {"locale": {"S": "en"}}},
        "created_on": {"S": now},
        "updated_on": {"S": now},
        "changes": {"S": f"{account}#{number % 4}"},
        "password": {"S": hashing.result()},
    }
    claims = [f"{account}#{name}" for name in (f"email#{email}", f"login#{email}", f"code#i-{number}")]
    claim = lambda name: {
        "TableName": "roster-claims",
        "Item": {"claim": {"S": name}, "user": {"N": str(number)}},
        "ConditionExpression": "attribute_not_exists(claim)",
    }
    put = {"TableName": "roster-users", "Item": user, "ConditionExpression": "attribute_not_exists(id)"}
    dynamodb.transact_write_items(
        ClientRequestToken=str(uuid.uuid4()),
        TransactItems=[{"Put": put}, *({"Put": claim(name)} for name in claims)],
    )
    return answer(201, {"message": "User created successfully", "user_id": number})


# Lambda's runtime API with nothing around it: less than AWS's own runtime client does at its start.
handler = {"get": get, "create": create}[os.environ["HANDLER"]]
runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
PATH = "/2018-06-01/runtime/invocation/"
while True:
    runtime.request("GET", PATH + "next")
    event = runtime.getresponse()
    number, body = event.headers["lambda-runtime-aws-request-id"], event.read()
    runtime.request("POST", f"{PATH}{number}/response", json.dumps(handler(json.loads(body))))
    runtime.getresponse().read()
