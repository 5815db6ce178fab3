"""What tests of the light half need beyond the light install, where they need it."""

from importlib.util import find_spec

import pytest

needs_parquet = pytest.mark.skipif(find_spec("pyarrow") is None, reason="needs the extra parquet")
needs_warc = pytest.mark.skipif(find_spec("brotli") is None, reason="needs the extra warc")
OUT_PARQUET = pytest.param("out.parquet", marks=needs_parquet)
