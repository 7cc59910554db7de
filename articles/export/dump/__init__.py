"""A whole archive as files: `write`, `read` back into an empty one, `verify` without a database.

A dump is a folder: one JSON Lines file for each kind of row, in the order of its primary key, and
`manifest.json` with their counts and SHA-256. A line is `{"crc":"…","row":{…}}`, the CRC-32 of the
row's JSON beside it, so that a damaged record can be named. The same archive always gives the same
bytes.
"""

from articles.export.dump.manifest import DumpError
from articles.export.dump.read import read
from articles.export.dump.verify import verify
from articles.export.dump.write import write

__all__ = ["DumpError", "read", "verify", "write"]
