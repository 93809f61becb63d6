"""Types: large groups, long chains, types whose tree is exponential in their size."""

from wasm import *

MILLION = 1_000_000
STRUCT, ARRAY, SUB_OPEN, SUB_FINAL = b"\x5f", b"\x5e", b"\x50", b"\x4f"


def ref(index):
    return b"\x64" + sleb(index)


def ref_null(index):
    return b"\x63" + sleb(index)


def types(items):
    return module((TYPE, vector(items)))


def group(members):
    return b"\x4e" + vector(members)


def doubling(first, count):
    """Structures from index `first`, each of two references to the one before."""
    return [STRUCT + b"\0"] + [STRUCT + b"\2" + (ref(first + i) + b"\0") * 2 for i in range(count - 1)]


def chain(depth):
    """Open structures, each a subtype of the one before."""
    return [SUB_OPEN + b"\0" + STRUCT + b"\0"] + [
        SUB_OPEN + b"\1" + leb(i) + STRUCT + b"\0" for i in range(depth)]


def cases():
    yield "exponential-types", types(doubling(0, 100_000)), "ok", ""
    # Twice the same: equal types, which a comparison of trees would never find out.
    twice = doubling(0, 5000) + doubling(5000, 5000)
    yield "exponential-types-that-are-equal", equal_types(twice), "ok", ""
    yield "exponential-types-that-differ", different_types(), "invalid", "type mismatch"
    yield "exponential-function-types", types(
        [func()] + [b"\x60\2" + ref(i) * 2 + b"\0" for i in range(100_000)]), "ok", ""
    yield "group-of-a-million", types([group([STRUCT + b"\0"] * MILLION)]), "ok", ""
    yield "group-of-more-than-a-million", types([group([STRUCT + b"\0"] * (MILLION + 1))]), "limit", "types"
    yield "groups-of-none-a-million", types([group([])] * MILLION), "ok", ""
    yield "groups-of-500000-twice", types(
        [group([STRUCT + b"\1" + ref_null(i) + b"\0" for i in range(250_000)]),
         group([STRUCT + b"\1" + ref_null(250_000 + i) + b"\0" for i in range(250_000)])]), "ok", ""
    yield "groups-that-differ-at-their-end", types(
        [group([STRUCT + b"\0"] * 99 + [STRUCT + b"\1" + (b"\x7f", b"\x7e")[i % 2] + b"\0"])
         for i in range(9_000)]), "ok", ""
    yield "subtypes-63-deep", types(chain(63)), "ok", ""
    yield "subtypes-64-deep", types(chain(64)), "limit", "subtyp"
    yield "subtypes-of-each-other", types([group(
        [SUB_OPEN + b"\1\1" + STRUCT + b"\0", SUB_OPEN + b"\1\0" + STRUCT + b"\0"])]), "invalid", (
            "unknown type")
    yield "subtype-of-itself", types([SUB_OPEN + b"\1\0" + STRUCT + b"\0"]), "invalid", "unknown type"
    yield "subtype-of-many", types(
        [STRUCT + b"\0", SUB_OPEN + leb(MILLION) + b"\0" * MILLION + STRUCT + b"\0"]), "limit", "super"
    yield "subtype-of-what-is-final", types([STRUCT + b"\0", SUB_FINAL + b"\1\0" + STRUCT + b"\0"]), (
        "invalid"), "sub type 1 does not match super type"
    yield "fields-ten-thousand", types([STRUCT + leb(10_000) + (I32 + b"\0") * 10_000]), "ok", ""
    yield "fields-too-many", types([STRUCT + leb(10_001) + (I32 + b"\0") * 10_001]), "limit", "fields"
    yield "type-index-most", types([STRUCT + b"\1\x63\xff\xff\xff\xff\x0f\0"]), "invalid", "unknown type"
    yield "type-index-beyond", types([STRUCT + b"\1\x63\xff\xff\xff\xff\x1f\0"]), "malformed", (
        "integer too large")
    yield "group-within-group", types([group([group([STRUCT + b"\0"])])]), "malformed", "malformed"
    yield "mismatch-of-large-types", functions(
        [(func(I64 * 1000, I64 * 1000), b"", [])]), "invalid", "type mismatch"


def equal_types(items):
    """A function that takes a reference to the first half's last type and returns one to the second's."""
    count = len(items)
    taken, given = ref(count // 2 - 1), ref(count - 1)
    items = items + [b"\x60\1" + taken + b"\1" + given]
    return module((TYPE, vector(items)), (FUNCTION, b"\1" + leb(count)), (CODE, b"\1" + body(get(0))))


def different_types():
    items = doubling(0, 5000)
    other = [STRUCT + b"\1\x7f\0"] + doubling(5000, 5000)[1:]
    return equal_types(items + other)
