"""The JSON Schemas for clients in other languages, judged by a validator that knows nothing of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

SCHEMA = Path(__file__).parents[2] / "schema"
DOCUMENTS = {path.name: json.loads(path.read_text("utf-8")) for path in sorted((SCHEMA / "json").glob("*.json"))}
MESSAGES = json.loads((SCHEMA / "fixtures" / "kernel-messages.json").read_text("utf-8"))
VALUES = json.loads((SCHEMA / "fixtures" / "values.json").read_text("utf-8"))


def validator(name: str) -> Any:
    registry: Any = Registry().with_resources([(key, Resource.from_contents(text)) for key, text in DOCUMENTS.items()])
    return jsonschema.Draft202012Validator(DOCUMENTS[name], registry=registry)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_is_a_json_schema_that_says_what_it_is(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(DOCUMENTS[name])
    assert DOCUMENTS[name]["$id"] == name and DOCUMENTS[name]["description"]


@pytest.mark.parametrize("message", MESSAGES["kernel"], ids=lambda message: message["name"])
def test_kernel_messages_fit(message: dict[str, Any]) -> None:
    check = validator("kernel-message.json")
    # A picture's bytes travel in a buffer beside the message; as JSON they would stand in its event.
    if message["data"]["type"] == "events" and "binary" in message["data"]:
        message = json.loads(json.dumps(message))
        for position in message["data"]["binary"]:
            message["data"]["events"][position]["value"]["b64"] = "AAAA"
    check.validate(message["data"])


@pytest.mark.parametrize("message", MESSAGES["page"], ids=lambda message: message["name"])
def test_page_messages_fit(message: dict[str, Any]) -> None:
    validator("page-message.json").validate(message["data"])


@pytest.mark.parametrize("golden", VALUES, ids=lambda golden: golden["name"])
def test_values_fit(golden: dict[str, Any]) -> None:
    validator("value.json").validate(golden["value"])


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"v": 2, "stream": "0b8f6f9e-8c3a-4d0e-9b1a-2f6d5c7e8a90", "sentAt": "2026-11-21T09:00:00Z", "events": []},
        {"v": 1, "stream": "x", "sentAt": "2026-11-21T09:00:00Z", "events": [{"kind": "record", "seq": 0}]},
        {"v": 1, "stream": "x", "sentAt": "2026-11-21T09:00:00Z", "events": []},
    ],
)
def test_a_wrong_batch_does_not_fit(wrong: dict[str, Any]) -> None:
    assert not validator("event-batch.json").is_valid(wrong)
