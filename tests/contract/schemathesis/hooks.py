"""What the schemas cannot say, and what no check of schemathesis looks at."""

import datetime
import os
import re
import uuid

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

# Addresses that nobody has, and days that are over.
schemathesis.openapi.format("idn-email", st.builds(lambda: f"{uuid.uuid4()}@example.com"))
schemathesis.openapi.format(
    "date", st.dates(datetime.date(1900, 1, 1), datetime.date(2025, 1, 1)).map(datetime.date.isoformat)
)


@schemathesis.hook
def before_call(context, case, kwargs):
    """A password is typed twice alike. Each request is another one, so each has an `Idempotency-Key` of its own; one that is none
    stays none."""
    body, headers = case.body, case.headers
    if isinstance(body, dict) and body.get("password_confirmation") and isinstance(body.get("password"), str):
        body["password_confirmation"] = body["password"]
    if re.fullmatch("[!-~]{1,255}", str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = str(uuid.uuid4())


@schemathesis.hook
def filter_case(context, case):
    """What is wrong in the terms of JSON is not in those of XML: a list is one element twice, a null is a text."""
    is_wrong = case.meta is not None and case.meta.generation.mode == GenerationMode.NEGATIVE
    return not (is_wrong and case.media_type == "application/xml")


# What a request that fits its schema may be refused for. (`user` is no attribute: beside flat attributes it may be anything,
# as far as the schema can say.)
EXPLAINED = ("has already been taken", "does not match id", "does not match.", "does not allow this change", '{"user":["is invalid"]}')


@schemathesis.check
def refusals_of_good_data_are_explained(context, response, case):
    is_good = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if response.status_code != 422 or not is_good:
        return
    assert any(text in response.text for text in EXPLAINED), f"refused: {response.text}"


CREATES = {"memberCreateUser", "adminCreateUser", "exceedCreateUser"}
READS = ["/api/users/{id}", "/api/v1/users/{id}", "/api/v2/users/{id}"]


@schemathesis.check
def another_account_does_not_learn_of_a_new_user(context, response, case):
    if case.operation.definition.raw.get("operationId") not in CREATES or response.status_code != 201:
        return
    if "json" not in response.headers["content-type"]:
        return
    new = response.json()
    identity = new.get("user_id") or new.get("id") or new["data"]["user_id"]
    base = response.request.url.split("/api/")[0]
    for path in READS:
        other = requests.get(
            base + path.format(id=identity), headers={"Authorization": f"Bearer {os.environ['OTHER_KEY']}"}, timeout=10
        )
        assert other.status_code == 404, f"{path} shows user {identity} of another account: {other.text}"
