"""Modules that are valid and misbehave when f is called, or when they are instantiated."""

from type_cases import ARRAY, STRUCT, SUB_OPEN, chain, ref, ref_null
from wasm import *

EXHAUSTED = "call stack exhausted"
BOUNDS = "out of bounds memory access"
MEMORY_0 = [(MEMORY, b"\1\0\1")]
TABLE_10 = [(TABLE, b"\1" + FUNCREF + b"\0\x0a")]


def cases():
    yield from stack()
    yield from memories()
    yield from traps()
    yield from references()
    yield from exceptions()


def stack():
    yield "recursion", code(call(0)), "trap", EXHAUSTED
    yield "recursion-with-50000-locals", code(call(0), [(50_000, I64)]), "trap", EXHAUSTED
    yield "recursion-with-50000-operands", code(i32(0) * 50_000 + call(0) + b"\0"), "trap", EXHAUSTED
    yield "recursion-of-two", functions([(func(), call(1), []), (func(), call(0), [(999, I64)])]), (
        "trap"), EXHAUSTED
    yield "recursion-with-a-thousand-values", functions(
        [(func(), i64(0) * 1000 + call(1) + b"\0", []),
         (func(I64 * 1000, I64 * 1000), b"".join(map(get, range(1000))) + call(1), [])]), (
             "trap"), EXHAUSTED
    yield "recursion-through-a-table", code(
        i32(0) + b"\x11\0\0", more=TABLE_10 + [(ELEM, b"\1\0" + i32(0) + END + b"\1\0")]), "trap", EXHAUSTED
    yield "recursion-at-start", code(call(0), more=[(START, b"\0")]), "trap", EXHAUSTED
    yield "frame-beyond-the-stack", code(i64(0) * 900_000 + b"\0"), "trap", EXHAUSTED
    # Two functions that tail-call each other, 100,000 times: a small frame and a large one in turn.
    yield "tail-calls-with-growing-frames", functions(
        [(func(), i32(100_000) + call(1), []),
         (func(I32), get(0) + EQZ + IF + b"\x0f" + END + get(0) + i32(1) + SUB + i64(0) * 999 +
          b"\x12\2", []),
         (func(I32 + I64 * 999), get(0) + b"\x12\1", [(5_000, I64)])]), "returns", ""
    yield "tail-calls-through-a-table", functions(
        [(func(), i32(3_000_000) + call(1), []),
         (func(I32), get(0) + EQZ + IF + b"\x0f" + END + get(0) + i32(1) + SUB + i32(1) + b"\x13\1\0",
          [])], TABLE_10 + [(ELEM, b"\1\0" + i32(1) + END + b"\1\1")]), "returns", ""
    # The callee's frame does not fit where the caller's did.
    yield "tail-call-beyond-the-stack", functions(
        [(func(), b"\x12\1", []), (func(), i64(0) * 900_000 + b"\0", [])]), "trap", EXHAUSTED


def memories():
    far = i32(-1)
    yield "load-far-beyond", code(far + b"\x28\0" + MOST + DROP, more=MEMORY_0), "trap", BOUNDS
    yield "store-far-beyond", code(far + i32(1) + b"\x36\0" + MOST, more=MEMORY_0), "trap", BOUNDS
    yield "load-over-the-end", code(i32(65533) + b"\x28\0\0" + DROP, more=MEMORY_0), "trap", BOUNDS
    yield "load-vector-over-the-end", code(i32(65521) + b"\xfd\0\0\0" + DROP, more=MEMORY_0), "trap", BOUNDS
    yield "load-without-memory", code(i32(0) + b"\x28\0\0" + DROP), "invalid", "unknown memory 0"
    yield "fill-far-beyond", code(i32(1) + i32(0) + far + b"\xfc\x0b\0", more=MEMORY_0), "trap", BOUNDS
    yield "copy-far-beyond", code(far * 3 + b"\xfc\x0a\0\0", more=MEMORY_0), "trap", BOUNDS
    yield "init-far-beyond", code(i32(0) + far * 2 + b"\xfc\x08\0\0", more=MEMORY_0 + [
        (COUNT, b"\1"), (DATA, b"\1\1\0")]), "trap", BOUNDS
    yield "init-after-drop", code(b"\xfc\x09\0" + i32(0) * 2 + i32(1) + b"\xfc\x08\0\0", more=MEMORY_0 + [
        (COUNT, b"\1"), (DATA, b"\1\1" + sized(b"x"))]), "trap", BOUNDS
    yield "grow-to-the-most", code(
        i32(65534) + b"\x40\0" + DROP + i32(1) + b"\x40\0", results=I32, more=MEMORY_0), "returns", "-1"
    yield "grow-by-most", code(far + b"\x40\0", results=I32, more=MEMORY_0), "returns", "-1"
    yield "grow-page-by-page", code(repeat(65_000, i32(1) + b"\x40\0" + DROP), [(1, I32)],
                                    more=MEMORY_0), "returns", ""
    yield "memories-of-4-gib", code(b"", more=[(MEMORY, leb(100) + (b"\0" + leb(65536)) * 100)]), (
        "unfit"), "memory minimum exceeds what is left for all memories"
    yield "table-grow-by-most", code(b"\xd0\x70" + far + b"\xfc\x0f\0", results=I32, more=TABLE_10), (
        "returns"), "-1"
    yield "table-of-ten-million", code(b"", more=[(TABLE, b"\1" + FUNCREF + b"\0" + leb(10_000_000))]), (
        "returns"), ""
    yield "table-of-most", code(b"", more=[(TABLE, b"\1" + FUNCREF + b"\0" + MOST)]), "unfit", "table minimum exceeds the limit"
    yield "table-fill-far-beyond", code(i32(1) + b"\xd0\x70" + far + b"\xfc\x11\0", more=TABLE_10), (
        "trap"), "out of bounds table access"
    yield "table-copy-far-beyond", code(far * 3 + b"\xfc\x0e\0\0", more=TABLE_10), "trap", (
        "out of bounds table access")


def traps():
    yield "call-beyond-the-table", code(i32(-1) + b"\x11\0\0", more=TABLE_10), "trap", "undefined element"
    yield "call-of-null", code(i32(9) + b"\x11\0\0", more=TABLE_10), "trap", "uninitialized element"
    yield "call-of-another-type", functions(
        [(func(), i32(0) + b"\x11\1\0" + DROP, []), (func(b"", I32), i32(0), [])],
        TABLE_10 + [(ELEM, b"\1\0" + i32(0) + END + b"\1\0")]), "trap", "indirect call type mismatch"
    yield "division-of-the-least", code(i32(-2**31) + i32(-1) + b"\x6d" + DROP), "trap", "integer overflow"
    yield "division-by-zero", code(i32(1) + i32(0) + b"\x6d" + DROP), "trap", "integer divide by zero"
    yield "conversion-of-nan", code(b"\x43\0\0\xc0\x7f\xa8" + DROP), "trap", (
        "invalid conversion to integer")
    yield "branches-out-of-blocks", code(
        repeat(1_000_000, BLOCK * 3 + br(2) + END * 3), [(1, I32)]), "returns", ""


def gc(instructions, types, locals_=(), results=b"", more=()):
    """f over `types`, which stand from index 1 on."""
    return functions([(func(b"", results), instructions, locals_)], [(TYPE, types), *more])


def references():
    null_struct = b"\xd0\1"
    yield "field-of-null", gc(null_struct + b"\xfb\2\1\0" + DROP, [STRUCT + b"\1\x7f\0"]), "trap", (
        "null structure reference")
    yield "cast-of-null", gc(b"\xd0\x6e\xfb\x16\1" + DROP, [STRUCT + b"\0"]), "trap", "cast failure"
    yield "array-of-most", gc(i32(-1) + b"\xfb\7\1" + DROP, [ARRAY + b"\x7e\0"]), "trap", ""
    yield "array-beyond-its-end", gc(
        i32(1) + b"\xfb\7\1" + i32(1) + b"\xfb\x0b\1" + DROP, [ARRAY + b"\x7e\0"]), "trap", (
            "out of bounds array access")
    yield "array-fill-far-beyond", gc(
        i32(1) + b"\xfb\7\1" + i32(-1) + i64(0) + i32(-1) + b"\xfb\x10\1", [ARRAY + b"\x7e\1"]), "trap", (
            "out of bounds array access")
    yield "array-of-data-far-beyond", gc(
        i32(-1) * 2 + b"\xfb\x09\1\0" + DROP, [ARRAY + b"\x78\0"],
        more=[(COUNT, b"\1"), (DATA, b"\1\1\0")]), "trap", BOUNDS
    yield "garbage", gc(repeat(1_000_000, b"\xfb\1\1" + DROP), [STRUCT + b"\4" + b"\x7e\0" * 4],
                        [(1, I32)]), "returns", ""
    yield "garbage-of-large-arrays", gc(repeat(1_000, i32(30_000) + b"\xfb\7\1" + DROP),
                                        [ARRAY + b"\x7e\0"], [(1, I32)]), "returns", ""
    # A list of 1 M nodes: marking must not recurse along it. Garbage beside it starts collections.
    node = STRUCT + b"\1\x63\1\0"
    yield "list-of-a-million", gc(
        repeat(1_000_000, get(1) + b"\xfb\0\1" + set_local(1) + i32(20) + b"\xfb\7\2" + DROP),
        [node, ARRAY + b"\x7e\0"], [(1, I32), (1, ref_null(1))]), "returns", ""
    # An object of the chain's deepest type, cast to each of the chain's types in turn, 3 M casts.
    deepest = 63
    types_ = [SUB_OPEN + b"\0" + STRUCT + b"\0"] + [
        SUB_OPEN + b"\1" + leb(i) + STRUCT + b"\0" for i in range(1, deepest + 1)]
    casts = b"".join(get(1) + b"\xfb\x16" + sleb(i) + DROP for i in range(1, deepest + 2))
    yield "casts-over-63-subtypes", gc(
        b"\xfb\1" + leb(deepest + 1) + set_local(1) + repeat(3_000_000 // len(types_), casts), types_,
        [(1, I32), (1, b"\x6e")]), "returns", ""
    tests = b"".join(get(1) + b"\xfb\x14" + sleb(i) + DROP for i in range(2, deepest + 2))
    yield "tests-that-fail-over-63-subtypes", gc(
        b"\xfb\1\1" + set_local(1) + repeat(3_000_000 // len(types_), tests), types_,
        [(1, I32), (1, b"\x6e")]), "returns", ""


TAG_0 = [(TAG, b"\1\0\0")]
TRY, CATCH_ALL, CATCH = b"\x1f\x40", b"\2", b"\0"
THROW = b"\x08\0"


def exceptions():
    """Tag 0 has type 0, which is [] -> [], and so has f."""
    catching = BLOCK + TRY + b"\1" + CATCH_ALL + b"\0"
    yield "exception-throw-to-nobody", code(THROW, more=TAG_0), "trap", "exception"
    # f calls itself, 1,000 frames deep, and the last one throws to the first: 1,000 times.
    descend = (func(I32), get(0) + EQZ + IF + THROW + END + get(0) + i32(1) + SUB + call(1), [])
    yield "exception-throws-across-1000-frames", functions(
        [(func(), repeat(1_000, catching + i32(1_000) + call(1) + END + END), [(1, I32)]), descend],
        TAG_0), "returns", ""
    yield "exception-throws-a-million", code(
        repeat(1_000_000, catching + THROW + END + END), [(1, I32)], more=TAG_0), "returns", ""
    yield "exception-throw-out-of-a-million-frames", functions(
        [(func(), catching + i32(1_000_000) + call(1) + END + END, []), descend], TAG_0), "trap", EXHAUSTED
    yield "exception-branches-out-of-try-table", code(
        repeat(3_000_000, catching + br(1) + END + END), [(1, I32)], more=TAG_0), "returns", ""
    # A handler that a branch left behind must not catch: the throw comes after the try_table.
    yield "exception-throw-after-a-branch-out-of-try-table", code(
        catching + br(1) + END + END + THROW, more=TAG_0), "trap", "exception"
    yield "exception-try-tables-nested-40000", code(
        BLOCK + (TRY + b"\1" + CATCH_ALL + b"\0") * 40_000 + THROW + END * 40_001, more=TAG_0), (
            "returns"), ""
    yield "exception-try-table-of-a-million-catches", code(
        BLOCK + TRY + leb(1_000_000) + (CATCH + b"\0\0") * 1_000_000 + THROW + END + END,
        more=TAG_0), "returns", ""
    yield "exception-try-table-of-most-catches", one_body(b"\0" + TRY + MOST), "malformed", "length out of bounds"
    yield "exception-tag-with-results", module((TYPE, vector([func(b"", I32)])), (TAG, b"\1\0\0")), "invalid", (
        "non-empty tag result type")
    yield "exception-throw-of-null", code(b"\xd0\x69\x0a"), "trap", "null exception reference"
