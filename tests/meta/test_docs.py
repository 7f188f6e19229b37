"""The pages of docs/ say what the program says."""

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: Calls whose first argument is the code of a refusal or of a reject.
GIVERS = {"ImportRefused", "Reject", "_refuse", "_no_layer"}
CODE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def test_the_page_of_rules_is_what_the_catalogue_gives() -> None:
    page = runpy.run_path(str(DOCS / "generate_rules.py"))["page"]
    assert (DOCS / "rules.md").read_text("utf-8") == page(), "run `make docs`"


def test_every_rule_family_has_its_place_on_the_page() -> None:
    text = (DOCS / "rules.md").read_text("utf-8")
    for path in (ROOT / "landdb/validators/catalogue").glob("*.toml"):
        for rule_id in re.findall(r"^\[rule\.(\w+)\]$", path.read_text("utf-8"), re.MULTILINE):
            assert f"### {rule_id}\n" in text


def test_every_code_that_an_import_can_give_is_explained() -> None:
    explained = set(CODE.findall((DOCS / "importing.md").read_text("utf-8")))
    assert set(codes_of_readers()) | set(codes_of_promotion()) <= explained


def test_links_between_pages_lead_somewhere() -> None:
    for page in DOCS.glob("*.md"):
        for target in LINK.findall(page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def codes_of_readers() -> Iterator[str]:
    for path in (ROOT / "landdb/importers").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GIVERS and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and CODE.fullmatch(str(code.value)):
                    yield str(code.value)


def codes_of_promotion() -> Iterator[str]:
    """Give the reason codes that promotion writes into the quarantine: the literal before its field's name."""
    for path in (ROOT / "landdb/store/sql").glob("promote_*.sql"):
        yield from re.findall(r"'([A-Z]+(?:_[A-Z]+)+)', '\w+',", path.read_text("utf-8"))
