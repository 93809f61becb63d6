"""Files that are wrong before any function is looked at: counts, lengths, integers, order."""

from wasm import *


def cases():
    yield from headers()
    yield from counts()
    yield from integers()
    yield from order()
    yield from custom_sections()


def headers():
    yield "empty", b"", "malformed", "the file is empty"
    yield "magic-cut", b"\0as", "malformed", "not WebAssembly"
    yield "magic-wrong", b"\0bsm\1\0\0\0", "malformed", "not WebAssembly"
    yield "version-cut", b"\0asm\1\0", "malformed", "ends within its first eight bytes"
    yield "version-wrong", b"\0asm\2\0\0\0", "malformed", "unknown binary version"
    yield "section-id", MAGIC + b"\x3f\0", "malformed", "malformed section id"
    yield "section-size-most", MAGIC + b"\1" + MOST, "malformed", "length out of bounds"
    yield "section-size-too-long", MAGIC + b"\1" + TOO_LONG, "malformed", "integer representation too long"
    yield "section-size-too-large", MAGIC + b"\1" + TOO_LARGE, "malformed", "integer too large"
    yield "section-no-size", MAGIC + b"\1", "malformed", "unexpected end"


def counts():
    """2^32-1 items and nothing behind, and counts that are no good integers."""
    for code_, name in SECTIONS.items():
        yield f"count-most-{name}", module((code_, MOST)), "malformed", "length out of bounds"
        yield f"count-too-long-{name}", module((code_, TOO_LONG)), "malformed", (
            "integer representation too long")
    types = (TYPE, vector([func()]))
    for name, content in {
            "params": b"\1\x60" + MOST, "results": b"\1\x60\0" + MOST, "fields": b"\1\x5f" + MOST,
            "group": b"\1\x4e" + MOST}.items():
        yield f"count-most-{name}", module((TYPE, content)), "malformed", "length out of bounds"
    yield "count-most-import-name", module((IMPORT, b"\1" + MOST)), "malformed", "length out of bounds"
    yield "count-most-export-name", module((EXPORT, b"\1" + MOST)), "malformed", "length out of bounds"
    yield "count-most-custom-name", MAGIC + section(0, MOST), "malformed", "length out of bounds"
    yield "count-most-functions-of-element", module((ELEM, b"\1\1\0" + MOST)), "malformed", (
        "length out of bounds")
    yield "count-most-expressions-of-element", module((ELEM, b"\1\5\x70" + MOST)), "malformed", (
        "length out of bounds")
    yield "count-most-bytes-of-data", module((DATA, b"\1\1" + MOST)), "malformed", "length out of bounds"
    yield "count-most-body", module(types, (FUNCTION, b"\1\0"), (CODE, b"\1" + MOST)), "malformed", (
        "length out of bounds")


def integers():
    constants = {
        "i32-too-long": (b"\x41\x80\x80\x80\x80\x80\0", "integer representation too long"),
        "i32-too-large": (b"\x41\x80\x80\x80\x80\x70", "integer too large"),
        "i64-too-long": (b"\x42" + b"\x80" * 10 + b"\0", "integer representation too long"),
        "i64-too-large": (b"\x42" + b"\x80" * 9 + b"\x7e", "integer too large"),
        "i32-of-zeros": (b"\x41" + b"\x80" * 1_000_000 + b"\0", "integer representation too long"),
        "f32-cut": (b"\x43\0\0", "unexpected end"),
        "f64-cut": (b"\x44\0\0\0\0", "unexpected end"),
        "v128-cut": (b"\xfd\x0c\0\0", "unexpected end"),
        "opcode-too-long": (b"\xfd" + TOO_LONG, "integer representation too long"),
        "opcode-unknown": (b"\xfd\xff\xff\xff\xff\x0f", "illegal opcode"),
        "block-type-too-long": (b"\x02" + TOO_LONG, "integer representation too long"),
        "label-too-long": (b"\x0c" + TOO_LONG, "integer representation too long"),
        "br-table-too-long": (b"\x0e" + TOO_LONG, "integer representation too long"),
        "br-table-most": (b"\x0e" + MOST, "length out of bounds"),
        "select-types-most": (b"\x1c" + MOST, "length out of bounds"),
        "heap-type-too-long": (b"\xd0" + b"\x80" * 6 + b"\0", "integer representation too long"),
        "align-too-long": (b"\x28" + TOO_LONG, "integer representation too long"),
        "offset-too-long": (b"\x28\2" + b"\x80" * 10 + b"\0", "integer representation too long"),
    }
    for name, (instruction, text) in constants.items():
        yield f"immediate-{name}", one_body(b"\0" + instruction), "malformed", text
    yield "locals-count-too-long", one_body(b"\1" + TOO_LONG), "malformed", (
        "integer representation too long")
    yield "locals-most", one_body(b"\1" + MOST + I32 + END), "limit", "more than 50000 locals"
    yield "locals-most-twice", one_body(b"\2" + (MOST + I32) * 2 + END), "malformed", "too many locals"
    yield "locals-groups-most", one_body(MOST), "malformed", "length out of bounds"


def order():
    types, functions_ = (TYPE, vector([func()])), (FUNCTION, b"\1\0")
    code_ = (CODE, b"\1\2\0\x0b")
    yield "section-twice", module(types, types), "malformed", "unexpected content after last section"
    yield "section-out-of-order", module(functions_, types), "malformed", (
        "unexpected content after last section")
    yield "function-without-code", module(types, functions_), "malformed", (
        "function and code section have inconsistent lengths")
    yield "code-without-function", module(types, code_), "malformed", (
        "function and code section have inconsistent lengths")
    yield "section-longer-than-content", module((TYPE, vector([func()]) + b"\0")), "malformed", (
        "section size mismatch")
    yield "data-count-too-high", module((COUNT, MOST)), "malformed", (
        "data count and data section have inconsistent lengths")
    yield "end-missing", one_body(b"\0\1"), "malformed", "unexpected end"
    yield "end-twice", one_body(b"\0" + END + END), "malformed", "section size mismatch"
    yield "end-a-million-times", one_body(b"\0" + END * 1_000_000), "malformed", "section size mismatch"
    yield "else-on-empty-stack", one_body(b"\0" + ELSE + END), "malformed", "END opcode expected"
    yield "else-in-block", one_body(b"\0" + BLOCK + ELSE + END * 2), "malformed", "END opcode expected"
    yield "else-twice", one_body(b"\0" + i32(0) + IF + ELSE * 2 + END * 2), "malformed", (
        "END opcode expected")
    yield "else-a-million-times", one_body(b"\0" + i32(0) + IF + ELSE * 1_000_000 + END * 2), (
        "malformed"), "END opcode expected"


def custom_sections():
    yield "custom-without-name", MAGIC + b"\0\0", "malformed", "unexpected end"
    yield "custom-name-no-utf-8", MAGIC + section(0, b"\2\xc3\x28"), "malformed", "malformed UTF-8 encoding"
    yield "custom-a-million", MAGIC + b"\0\1\0" * 1_000_000, "ok", ""
    yield "custom-of-64-mib", MAGIC + section(0, b"\0" + bytes(64 << 20)), "ok", ""
    # core: #binary-customsec: what is wrong within a custom section is no error.
    name = b"\4name"
    yield "names-most", MAGIC + section(0, name + b"\1\6" + MOST + b"\0"), "ok", ""
    yield "names-cut", MAGIC + section(0, name + b"\1" + MOST), "ok", ""
    yield "names-a-million", MAGIC + section(
        0, name + b"\1" + sized(vector([leb(i) + b"\1x" for i in range(1_000_000)]))), "ok", ""
