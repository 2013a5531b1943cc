"""Sizes and counts that the kernel's side must respect: a copy of schema/src/wire/limits.ts.

`schema/fixtures/limits.json` is read by the tests of both sides, so the two cannot drift apart.
"""

from __future__ import annotations

KIB = 1024
MIB = 1024 * KIB

NOTEBOOK_BYTES = 10 * MIB
VALUE_BYTES = 1 * MIB
BATCH_BYTES = 4 * MIB
BATCH_EVENTS = 500
QUESTION_KEY_CHARS = 64
PART_CHARS = 64
VALUE_DEPTH = 20
VALUE_ITEMS = 1_000
TEXT_CHARS = 200_000
REPR_CHARS = 10_000
ARRAY_ITEMS = 2_000
FRAME_ROWS = 50
FRAME_COLUMNS = 40
JOURNAL_RECORDS = 10_000
JOURNAL_BYTES = 64 * MIB
