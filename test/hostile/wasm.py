"""Writes core modules byte by byte, wrong ones too: what the cases need and no more."""

MAGIC = b"\0asm\1\0\0\0"
I32, I64, V128, FUNCREF = b"\x7f", b"\x7e", b"\x7b", b"\x70"
END, DROP, BLOCK, LOOP, IF, ELSE = b"\x0b", b"\x1a", b"\x02\x40", b"\x03\x40", b"\x04\x40", b"\x05"
TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEM, CODE, DATA, COUNT, TAG = range(1, 14)
SECTIONS = {TYPE: "type", IMPORT: "import", FUNCTION: "function", TABLE: "table", MEMORY: "memory",
            GLOBAL: "global", EXPORT: "export", ELEM: "element", CODE: "code", DATA: "data", TAG: "tag"}
MOST = b"\xff\xff\xff\xff\x0f"  # 2^32 - 1
TOO_LONG = b"\x80\x80\x80\x80\x80\x80\0"  # 0 in seven bytes
TOO_LARGE = b"\xff\xff\xff\xff\x7f"  # bits beyond the 32nd


def leb(value):
    """Unsigned LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def sleb(value):
    """Signed LEB128."""
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value & 0x7F]))


def i32(value):
    return b"\x41" + sleb(value)


def i64(value):
    return b"\x42" + sleb(value)


def get(local):
    return b"\x20" + leb(local)


def set_local(local):
    return b"\x21" + leb(local)


def call(function):
    return b"\x10" + leb(function)


def br(label):
    return b"\x0c" + leb(label)


def br_if(label):
    return b"\x0d" + leb(label)


ADD, SUB, EQZ = b"\x6a", b"\x6b", b"\x45"


def sized(content):
    return leb(len(content)) + content


def vector(items):
    return leb(len(items)) + b"".join(items)


def section(code, content):
    return bytes([code]) + sized(content)


def func(params=b"", results=b""):
    """A function type whose value types have one byte each."""
    return b"\x60" + sized(params) + sized(results)


def body(code, locals_=()):
    """A function body: `locals_` are pairs of count and type; the last end is added."""
    return sized(vector([leb(count) + kind for count, kind in locals_]) + code + END)


def module(*sections):
    return MAGIC + b"".join(section(code, content) for code, content in sections)


def one_body(content):
    """A module with one function [] -> [] whose body has these bytes, nothing added."""
    return module((TYPE, vector([func()])), (FUNCTION, b"\1\0"), (CODE, b"\1" + sized(content)))


def code(instructions, locals_=(), params=b"", results=b"", more=()):
    """A module with one function f of these instructions, and more sections."""
    return functions([(func(params, results), instructions, locals_)], more)


def functions(rows, more=()):
    """A module of functions (type, instructions, locals), the first exported as f, and more sections:
    a list of pairs of code and content, where types stand behind those of the functions."""
    extra = dict(more)
    types = [kind for kind, _, _ in rows]
    sections = {
        TYPE: leb(len(types) + len(extra.get(TYPE, []))) + b"".join(types + extra.get(TYPE, [])),
        FUNCTION: vector([leb(index) for index in range(len(rows))]),
        EXPORT: b"\1\1f\0\0",
        CODE: vector([body(instructions, locals_) for _, instructions, locals_ in rows])}
    sections |= {key: content for key, content in extra.items() if key != TYPE}
    order = [TYPE, IMPORT, FUNCTION, TABLE, MEMORY, TAG, GLOBAL, EXPORT, START, ELEM, COUNT, CODE, DATA]
    return module(*((key, sections[key]) for key in order if key in sections))


def repeat(times, instructions):
    """A loop over `instructions`, counted down in local 0 of type i32."""
    return (i32(times) + set_local(0) + LOOP + instructions + get(0) + i32(1) + SUB + b"\x22\0" +
            br_if(0) + END)
