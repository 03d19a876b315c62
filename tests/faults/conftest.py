"""A district that other processes can see."""

import pytest

from tests.factories import District, make_district


@pytest.fixture
def town(transactional_db: None) -> District:
    return make_district()
