"""The corpus is as large as it is said to be: at least 400 fixed cases and 600 generated ones."""

from types import ModuleType

from tests.db.hostile import (
    corpus,
    reads,
    reports,
    tables,
    test_generated,
    test_generated_intake,
    wire,
)
from tests.imports_corpus import CORPUS
from tests.pictures import bad_pictures


def generated(module: ModuleType) -> int:
    """How many examples the tests of a module ask hypothesis for."""
    tests = [one for name, one in vars(module).items() if name.startswith("test_")]
    return sum(one._hypothesis_internal_use_settings.max_examples for one in tests)


def test_it_is_large_enough() -> None:
    bodies = [*corpus.BODIES, *reports.REPORTS, *corpus.CREDENTIALS, *tables.ROWS, *wire.RAW]
    files = [*bad_pictures(), *CORPUS, *tables.FILES]
    questions = [*corpus.QUERIES, *corpus.PATHS, *reads.CASES, *reads.TILES]
    assert len(bodies) + len(files) >= 400
    assert len(questions) >= 300
    assert generated(test_generated) + generated(test_generated_intake) >= 600
