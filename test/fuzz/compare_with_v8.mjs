// Runs generated modules in V8 and compares what can be seen with what Tenon did:
//
//   node compare_with_v8.mjs DIRECTORY      (which tenon_generate wrote)
//
// Prints each difference and, at the end, how many modules and calls were the same; exits with 1 if
// anything differs. A module is inconclusive from the call on in which V8's stack was exhausted.
import { readFileSync } from "node:fs";
import path from "node:path";

const FUEL = 100;

// V8's words for a trap, and ours (vm/include/tenon/traps.def): which may be finer, or coarser.
const TRAPS = {
  "unreachable": ["unreachable"],
  "memory access out of bounds": ["out of bounds memory access"],
  "data segment out of bounds": ["out of bounds memory access"],
  "table index is out of bounds": ["out of bounds table access", "undefined element"],
  "element segment out of bounds": ["out of bounds table access", "out of bounds array access"],
  "divide by zero": ["integer divide by zero"],
  "remainder by zero": ["integer divide by zero"],
  "divide result unrepresentable": ["integer overflow"],
  "float unrepresentable in integer range": ["integer overflow", "invalid conversion to integer"],
  "null function": ["uninitialized element", "null function reference"],
  // V8 compares the types of an empty entry, too.
  "function signature mismatch": ["uninitialized element", "indirect call type mismatch"],
  "dereferencing a null pointer": ["null "],
  "rethrowing null value": ["null exception reference"],
  "illegal cast": ["cast failure"],
  // Of two arrays V8 checks the first one's bounds before it looks whether the second is null.
  "array element access out of bounds": ["out of bounds array access", "null array reference"],
  // Of an access that is both, either may be said.
  "operation does not support unaligned accesses":
    ["unaligned atomic memory access", "out of bounds memory access"],
  "Atomics.wait cannot be called in this context": ["expected shared memory"],
};

const view = new DataView(new ArrayBuffer(8));

function numberFrom(text) {
  const [type, digits] = text.split(":");
  if (digits === "nan") return NaN;
  view.setBigUint64(0, BigInt("0x" + digits), true);
  switch (type) {
    case "i32": return view.getInt32(0, true);
    case "i64": return view.getBigInt64(0, true);
    case "f32": return view.getFloat32(0, true);
    case "f64": return view.getFloat64(0, true);
  }
  throw new Error(`unknown number ${text}`);
}

// The value in the notation of `text`, whose type it is known to have.
function textOf(value, text) {
  const type = text.split(":")[0];
  if (Number.isNaN(value)) return `${type}:nan`;
  view.setBigUint64(0, 0n, true);
  switch (type) {
    case "i32": view.setInt32(0, value, true); break;
    case "i64": view.setBigInt64(0, value, true); break;
    case "f32": view.setFloat32(0, value, true); break;
    case "f64": view.setFloat64(0, value, true); break;
  }
  return `${type}:${view.getBigUint64(0, true).toString(16)}`;
}

// FNV-1a
function hash(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}

// What ended a call, as tenon_generate would have put it; `expected` chooses among our words.
function outcomeOf(error, exports, expected) {
  if (error instanceof WebAssembly.Exception) {
    const tags = Object.entries(exports ?? {}).filter(([, it]) => it instanceof WebAssembly.Tag);
    return `exception ${tags.find(([, tag]) => error.is(tag))?.[0] ?? "?"}`;
  }
  const ours = TRAPS[error.message] ?? [];
  return ours.some((words) => expected.startsWith(`trap ${words}`)) ? expected
                                                                    : `trap ${error.message}`;
}

function call(exports, { name, arguments: given, outcome }) {
  exports.g0.value = FUEL;
  try {
    const result = exports[name](...given.map(numberFrom));
    const results = result === undefined ? [] : Array.isArray(result) ? result : [result];
    // Where Tenon did not return the types are not at hand.
    const texts = outcome.split(" ").slice(1);
    return ["returns", ...results.map((value, i) => textOf(value, texts[i] ?? "f64"))].join(" ");
  } catch (error) {
    if (error instanceof RangeError) return "exhausted";
    return outcomeOf(error, exports, outcome);
  }
}

function state(exports, line) {
  const [name, value] = line.split(" ");
  const it = exports[name];
  if (it instanceof WebAssembly.Global) return `${name} ${textOf(it.value, value)}`;
  if (it instanceof WebAssembly.Table) return `${name} ${it.length}`;
  const bytes = new Uint8Array(it.buffer);
  return `${name} ${bytes.length} ${hash(bytes)}`;
}

const counts = { modules: 0, calls: 0, differing: 0, inconclusive: 0 };

function differs(module, what, tenon, v8) {
  console.log(`${module}: ${what}\n  Tenon: ${tenon}\n  V8:    ${v8}`);
  counts.differing += 1;
}

function compare(directory, entry) {
  counts.modules += 1;
  let exports;
  try {
    const module = new WebAssembly.Module(readFileSync(path.join(directory, entry.module)));
    exports = new WebAssembly.Instance(module).exports;
  } catch (error) {
    if (error instanceof RangeError) return void (counts.inconclusive += 1);
    const expected = entry.instantiation;
    const now = outcomeOf(error, exports, expected);
    if (now !== expected) differs(entry.module, "instantiation", expected, now);
    return;
  }
  if (entry.instantiation !== "returns") {
    return differs(entry.module, "instantiation", entry.instantiation, "returns");
  }
  for (const expected of entry.calls) {
    const now = call(exports, expected);
    counts.calls += 1;
    if (now === "exhausted" || expected.outcome === "trap call stack exhausted") {
      return void (counts.inconclusive += 1);
    }
    const what = `${expected.name}(${expected.arguments.join(" ")})`;
    if (now !== expected.outcome) return differs(entry.module, what, expected.outcome, now);
  }
  for (const line of entry.state) {
    const now = state(exports, line);
    if (now !== line) differs(entry.module, "state", line, now);
  }
}

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error("usage: compare_with_v8.mjs DIRECTORY");
  process.exit(2);
}
for (const entry of JSON.parse(readFileSync(path.join(directory, "observed.json")))) {
  compare(directory, entry);
}
console.log(`V8 ${process.versions.v8}: ${counts.modules} modules, ${counts.calls} calls, ` +
            `${counts.inconclusive} inconclusive, ${counts.differing} differences`);
process.exit(counts.differing === 0 && counts.calls > 0 ? 0 : 1);
