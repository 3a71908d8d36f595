"""The JSON schema of ``release.yml`` for editors, out of the same forms that read it."""

import json
from pathlib import Path
from typing import Any

from orchestration.contracts.forms import Flag, Form, Keys, ListOf, Text
from orchestration.release.declared.keys import RELEASE, Named

PATH = Path(__file__).with_name("release.schema.json")


def schema_of(form: Form) -> dict[str, Any]:
    """The schema of a form. Raises ``TypeError`` for a form that has none."""
    if isinstance(form, Text):
        return {"enum": list(form.known)} if form.known else {"type": "string", "pattern": f"^(?:{form.pattern})$"}
    if isinstance(form, Flag):
        return {"type": "boolean"}
    if isinstance(form, ListOf):
        return {"type": "array", "items": schema_of(form.of), "minItems": form.at_least}
    if isinstance(form, Named):
        return {"type": "object", "additionalProperties": schema_of(form.of), "minProperties": 1}
    if isinstance(form, Keys):
        return {
            "type": "object",
            "properties": {key: schema_of(inner) for key, inner in form.known.items()},
            "required": list(form.needed),
            "additionalProperties": False,
        }
    raise TypeError(f"{type(form).__name__} has no schema")


def schema() -> str:
    """The schema as text; ``release.schema.json`` has to be it."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a subject declares of its figures",
    }
    return json.dumps({**head, **schema_of(RELEASE)}, indent=2) + "\n"
