"""The document of the loop is drawn from its table."""

from incidents.workflow.diagram import as_mermaid, as_table
from tests.shape.tree import ROOT


def test_the_document_tells_the_table() -> None:
    text = (ROOT / "docs" / "loop.md").read_text(encoding="utf-8")
    assert as_mermaid() in text
    assert as_table() in text
