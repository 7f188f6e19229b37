"""The API keeps its own description: schemathesis asks what the OpenAPI document allows, and what it forbids."""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from serving import served

from api.app import create_app

#: Collections are described by one piece of code: a few examples of each in place of many.
EXAMPLES = int(os.environ.get("LANDDB_CONTRACT_EXAMPLES", "30"))
EXAMPLES_OF_COLLECTIONS = max(EXAMPLES // 10, 1)

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.timeout(180)]

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Bytes that pretend to be a PDF: what the service must stand.
schemathesis.serializer.alias("application/pdf", "application/octet-stream")


@pytest.fixture(scope="module")
def address(api_settings) -> Iterator[str]:
    with served(create_app(api_settings)) as url:
        yield url


def cases() -> Iterator[tuple[str, str, GenerationMode]]:
    """Give every operation as it allows itself to be asked and, when it can be asked wrongly at all, as it forbids."""
    document = create_app().openapi()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, GenerationMode.POSITIVE
            # Any bytes are a file: what is no PDF is refused by what is read, not by its form.
            bodies = operation.get("requestBody", {}).get("content", {}).keys() - {"application/pdf"}
            if operation.get("parameters") or bodies:
                yield method, path, GenerationMode.NEGATIVE


@pytest.mark.parametrize(("method", "path", "mode"), [pytest.param(*case, id=" ".join(case)) for case in cases()])
@pytest.mark.parametrize("token", [False, True], ids=["public", "clerk"])
def test_the_service_answers_as_it_says_it_does(address, issue, method, path, mode, token):
    headers = issue("clerk") if token else {}
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")

    strategy = schema[path][method].as_strategy(generation_mode=mode)

    examples = EXAMPLES_OF_COLLECTIONS if path.startswith("/collections/") else EXAMPLES

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=strategy)
    def conforms(case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    conforms()
