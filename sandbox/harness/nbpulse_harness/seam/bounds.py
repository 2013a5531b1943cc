"""What one message, value or session may reach. The oracle enforces these on everything that the probe sends."""

KiB = 1024
MiB = 1024 * KiB

#: One message in either direction.
MESSAGE_BYTES = 32 * MiB
#: Nesting of one value. Python's own `repr` and `==` recurse in C, so this stays far below the recursion limit.
VALUE_DEPTH = 200
#: Nodes of one value *after* following shared references: an aliased list of lists is small on the wire, not in `repr`.
VALUE_NODES = 4_000_000
#: Bits of one integer. `str` of a longer one takes quadratic time inside C, where no timer can interrupt.
INTEGER_BITS = 64_000
#: Calls that go back and forth inside each other: test → student → callback of the test → student …
CALL_NESTING = 40
#: Containers with an identity that both ends keep in step at one time.
SHARED_OBJECTS = 50_000
#: Bytes of views of arrays with gaps, of which one test gets copies.
COPIED_VIEW_BYTES = 64 * MiB
#: Classes that one probe may describe, and base classes of one of them.
CLASSES = 2_000
CLASS_BASES = 20
CLASS_NAMES = 500
#: Objects of one end that the other holds by handle.
EXPORTS = 500_000
#: What a student's code may print during one test, in characters.
OUTPUT_CHARS = 1 * MiB
#: Warnings and log records that travel with one message.
NOTES = 200
#: Text of an exception, and of a name.
TEXT_CHARS = 100_000
NAME_CHARS = 500
