"""The one-byte tags of encoded values. Integers in them are little endian: `u32` counts and numbers, `i64`, `f64`.

N T F                      None, True, False
i i64   J u32 bytes        integers: small, and any other (two's complement)
f f64   c f64 f64          float, complex
S u32 utf-8   b u32 bytes  text (surrogates pass), bytes
t u32 value…  z u32 value… tuple, frozenset
l u32 u32 value…           list: its number as a shared container, length, items
d u32 u32 (key value)…     dict: number, length, items
p u32 kind u32 raw         list of only floats (d), small integers (q) or texts (s)
O u32 u8 value             any other shared container: number, type, content
R u32                      a shared container that both ends know already
Q value value              a standard library, numpy or pandas value: tag, parts
G value value              known by name: module, name
H u32 class                an object of the sender's: its number, its class
P u32                      an object of the receiver's
V u32 class u32 value      an instance of a subclass of a builtin: number, class, number as container or 0, content
E u32 class value value    an exception: number, class, (args, text, attributes, where), cause
C u32                      a class that was described before
K u32 value u32 class…     a class: its number, description, base classes
"""

NONE, TRUE, FALSE = b"N", b"T", b"F"
INT, BIG_INT, FLOAT, COMPLEX = b"i", b"J", b"f", b"c"
TEXT, BYTES, TUPLE, FROZENSET = b"S", b"b", b"t", b"z"
LIST, DICT, PACKED, CONTAINER, SHARED = b"l", b"d", b"p", b"O", b"R"
PARTS, KNOWN = b"Q", b"G"
HANDLE, HOME, VALUE, EXCEPTION = b"H", b"P", b"V", b"E"
CLASS_AGAIN, CLASS = b"C", b"K"
