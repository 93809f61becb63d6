"""Function bodies and module fields at the limits and beyond, and what may take a careless reader long."""

from wasm import *

MOST_BODY = 7_654_321  # vm/syntax/limits.h
MOST_LOCALS = 50_000
MOST_DEPTH = 50_000
MILLION = 1_000_000
# Valid, and a limit: code that grows out of all proportion to the body, found when it is translated.
TOO_MUCH_CODE = "too much code for a body of its length"


def cases():
    yield from limits()
    yield from nesting()
    yield from tables_of_branches()
    yield from quadratic()
    yield from constant_expressions()


def body_of(size):
    return one_body(b"\0" + b"\1" * (size - 2) + END)


def fields(code_, count, item):
    return module((code_, leb(count) + item * count))


def many_functions(count):
    return module((TYPE, vector([func()])), (FUNCTION, leb(count) + b"\0" * count),
                  (CODE, leb(count) + b"\2\0\x0b" * count))


def exports(count):
    items = leb(count) + b"".join(sized(b"%d" % i) + b"\0\0" for i in range(count))
    return module((TYPE, vector([func()])), (FUNCTION, b"\1\0"), (EXPORT, items), (CODE, b"\1\2\0\x0b"))


def limits():
    yield "body-most", body_of(MOST_BODY), "ok", ""
    yield "body-too-long", body_of(MOST_BODY + 1), "limit", "body"
    yield "locals-50000", code(b"", [(MOST_LOCALS, I64)]), "ok", ""
    yield "locals-50001", code(b"", [(MOST_LOCALS, I64), (1, I32)]), "limit", "more than 50000 locals"
    yield "locals-one-by-one", code(b"", [(1, I64)] * MOST_LOCALS), "ok", ""
    yield "locals-groups-of-none", code(b"", [(0, I64)] * MILLION), "ok", ""
    yield "params-1000", module((TYPE, vector([func(I64 * 1000, I64 * 1000)]))), "ok", ""
    yield "params-1001", module((TYPE, vector([func(I64 * 1001)]))), "limit", "parameters"
    yield "results-1001", module((TYPE, vector([func(b"", I64 * 1001)]))), "limit", "results"
    yield "types-a-million", fields(TYPE, MILLION, func()), "ok", ""
    yield "types-too-many", fields(TYPE, MILLION + 1, func()), "limit", "types"
    yield "functions-a-million", many_functions(MILLION), "ok", ""
    yield "functions-too-many", many_functions(MILLION + 1), "limit", "functions"
    yield "globals-a-million", fields(GLOBAL, MILLION, I32 + b"\0" + i32(0) + END), "ok", ""
    yield "globals-too-many", fields(GLOBAL, MILLION + 1, I32 + b"\0" + i32(0) + END), "limit", "globals"
    yield "exports-a-million", exports(MILLION), "ok", ""
    yield "exports-too-many", exports(MILLION + 1), "limit", "exports"
    yield "exports-of-one-name", module(
        (TYPE, vector([func()])), (FUNCTION, b"\1\0"), (EXPORT, leb(MILLION) + b"\1f\0\0" * MILLION),
        (CODE, b"\1\2\0\x0b")), "invalid", "duplicate export name"
    yield "imports-too-many", module((TYPE, vector([func()])), (
        IMPORT, leb(MILLION + 1) + b"\0\0\0\0" * (MILLION + 1))), "limit", "imports"
    yield "tables-too-many", fields(TABLE, 101, FUNCREF + b"\0\0"), "limit", "tables"
    yield "memories-too-many", fields(MEMORY, 101, b"\0\0"), "limit", "memories"
    yield "memory-too-large", module((MEMORY, b"\1\0" + leb(65537))), "invalid", (
        "memory size must be at most 65536 pages (4GiB)")
    yield "memory-of-less-than-none", module((MEMORY, b"\1\1\2\1")), "invalid", (
        "size minimum must not be greater than maximum")
    yield "elements-too-many", fields(ELEM, 100_001, b"\1\0\0"), "limit", "element segments"
    yield "data-too-many", fields(DATA, 100_001, b"\1\0"), "limit", "data segments"
    yield "operands-a-million-and-one", code(i32(0) * (MILLION + 1) + b"\0"), "limit", "operand"


def nesting():
    for name, opening in {"block": BLOCK, "loop": LOOP}.items():
        yield f"nested-50000-{name}", code(opening * (MOST_DEPTH - 1) + END * (MOST_DEPTH - 1)), "ok", ""
        yield f"nested-a-million-{name}", code(opening * MILLION + END * MILLION), "limit", "nest"
        yield f"nested-a-million-{name}-open", code(opening * MILLION), "limit", "nest"
    yield "nested-a-million-if", code((i32(0) + IF) * MILLION + END * MILLION), "limit", "nest"
    yield "nested-to-a-far-label", code(BLOCK * 40_000 + br(39_999) * 40_000 + END * 40_000), "ok", ""
    yield "nested-unknown-label", code(br(0xFFFFFFFF)), "invalid", "unknown label"
    yield "blocks-a-million-in-a-row", code((BLOCK + END) * MILLION), "ok", ""
    yield "ifs-a-million-in-a-row", code((i32(0) + IF + ELSE + END) * MILLION), "ok", ""


def tables_of_branches():
    many = 7_000_000
    yield "br-table-of-millions", code(i32(0) + b"\x0e" + leb(many) + bytes(many + 1)), "ok", ""
    yield "br-table-of-millions-run", code(i32(0) + b"\x0e" + leb(many) + bytes(many + 1)), "returns", ""
    yield "br-table-to-unknown-label", code(
        i32(0) + b"\x0e" + leb(MILLION) + bytes(MILLION) + b"\1"), "invalid", "unknown label"
    yield "br-table-of-two-arities", functions([
        (func(b"", I32), b"\x02\x40" + i32(0) * 2 + b"\x0e\2\0\1\0" + END + b"\0", [])]), "invalid", (
            "type mismatch")
    wide = functions([(func(b"", I64 * 1000),
                       i64(0) * 1000 + i32(0) + b"\x0e" + leb(MILLION) + bytes(MILLION + 1), [])])
    yield "br-table-with-a-thousand-values", wide, "ok", ""
    deep = 10_000
    labels = b"".join(leb(i) for i in range(deep))
    yield "br-table-to-each-of-10000-blocks", code(
        BLOCK * deep + i32(deep - 1) + b"\x0e" + leb(deep - 1) + labels + END * deep), "returns", ""


def quadratic():
    """Linear to check and to translate, if nobody looks at the whole stack, or at all locals, each time."""
    pending = 50_000  # as many operands as fit on the stack
    many = 1_000_000
    yield "pending-locals", code(
        get(0) * pending + (i32(1) + set_local(1)) * many + DROP * pending, [(2, I32)]), "returns", ""
    yield "pending-locals-each-set", code(
        (get(0) + i32(1) + set_local(0)) * pending + DROP * pending, [(2, I32)]), "returns", ""
    yield "pending-locals-over-blocks", code(
        get(0) * pending + (BLOCK + END) * many + DROP * pending, [(2, I32)]), "returns", ""
    yield "pending-constants-over-blocks", code(
        i32(7) * pending + (BLOCK + END) * many + DROP * pending), "returns", ""
    yield "pending-locals-over-ifs", code(
        get(0) * pending + (get(0) + IF + i32(1) + set_local(0) + END) * 600_000 + DROP * pending,
        [(2, I32)]), "returns", ""
    yield "blocks-among-50000-locals", code((BLOCK + END) * MILLION, [(MOST_LOCALS, I64)]), "returns", ""
    # Non-nullable references to functions: set once a block, unset again at its end.
    yield "locals-set-in-blocks", functions(
        [(func(), (BLOCK + b"\xd2\0" + set_local(0) + END) * 500_000,
          [(MOST_LOCALS, b"\x64\x70")])]), "returns", ""
    yield "locals-set-in-nested-blocks", functions(
        [(func(), b"".join(b"\xd2\0" + set_local(i) + BLOCK for i in range(40_000)) + END * 40_000,
          [(MOST_LOCALS, b"\x64\x70")])]), "returns", ""
    yield "unreachable-drops", code(b"\0" + DROP * 5_000_000), "ok", ""
    yield "unreachable-selects", code(b"\0" + b"\x1b" * 5_000_000 + DROP), "ok", ""
    yield "blocks-with-a-thousand-values", wide_blocks(b"\x02", 20_000), "trap", TOO_MUCH_CODE
    yield "loops-with-a-thousand-values", wide_blocks(b"\x03", 20_000), "trap", TOO_MUCH_CODE
    yield "calls-with-a-thousand-values", functions(
        [(func(), i64(0) * 1000 + call(1) * 20_000 + DROP * 1000, []),
         (func(I64 * 1000, I64 * 1000), b"".join(map(get, range(1000))), [])]), "trap", TOO_MUCH_CODE
    yield "calls-a-million", functions([(func(), call(1) * MILLION, []), (func(), b"", [])]), "returns", ""


def wide_blocks(opening, times):
    """Blocks (i64 * 1000) -> (i64 * 1000) in a row."""
    return functions([(func(), i64(0) * 1000 + (opening + b"\1" + END) * times + DROP * 1000, [])],
                     [(TYPE, [func(I64 * 1000, I64 * 1000)])])


def global_of(expression):
    return functions([(func(b"", I32), b"\x23\0", [])],
                     [(GLOBAL, b"\1" + I32 + b"\0" + expression + END)])


def constant_expressions():
    yield "constant-of-a-million-adds", global_of(i32(0) + (i32(1) + ADD) * 500_000), "returns", "500000"
    yield "constant-a-million-deep", global_of(i32(1) * 500_000 + ADD * 499_999), "returns", "500000"
    yield "constant-of-a-million-values", global_of(i32(1) * MILLION), "invalid", "type mismatch"
    yield "constant-too-deep", global_of(i32(1) * (MILLION + 1) + ADD * MILLION), "limit", "operand"
    yield "constant-without-end", module((GLOBAL, b"\1" + I32 + b"\0" + i32(1) * MILLION)), "malformed", (
        "unexpected end")
    yield "constant-that-calls", global_of(call(0)), "invalid", "constant expression required"
    yield "constant-of-blocks", global_of(BLOCK * MILLION + END * MILLION), "invalid", "constant expression required"
    yield "constant-of-itself", global_of(b"\x23\0"), "invalid", "unknown global"
    chain = b"".join(I32 + b"\0\x23" + leb(i) + i32(1) + ADD + END for i in range(100_000))
    yield "globals-of-globals", functions(
        [(func(b"", I32), b"\x23" + leb(100_000), [])],
        [(GLOBAL, leb(100_001) + I32 + b"\0" + i32(0) + END + chain)]), "returns", "100000"
    expressions = (b"\xd2\0" + END) * MILLION
    yield "element-of-a-million-expressions", functions(
        [(func(), b"", [])], [(TABLE, b"\1" + FUNCREF + b"\0" + leb(MILLION)),
                              (ELEM, b"\1\4" + i32(0) + END + leb(MILLION) + expressions)]), "returns", ""
    yield "element-beyond-its-table", functions(
        [(func(), b"", [])], [(TABLE, b"\1" + FUNCREF + b"\0\1"),
                              (ELEM, b"\1\0" + i32(-1) + END + b"\1\0")]), "trap", (
            "out of bounds table access")
    yield "data-beyond-its-memory", functions(
        [(func(), b"", [])], [(MEMORY, b"\1\0\1"),
                              (DATA, b"\1\0" + i32(-1) + END + sized(b"abcd"))]), "trap", (
            "out of bounds memory access")
    active = b"\0" + i32(0) + END + sized(b"x")
    yield "data-100000-active", functions(
        [(func(), b"", [])], [(MEMORY, b"\1\0\1"), (DATA, leb(100_000) + active * 100_000)]), (
            "returns"), ""
