// A command in JavaScript. It prints its arguments and its environment, then does what the first
// argument names:
//   exit-code N   ends with wasi:cli/exit#exit-with-code
//   throw         throws out of run, which is its error result
//   reject        the same from an asynchronous function, after a timer
//   language      exercises the engine: collections, text, numbers, generators, classes, errors
//   timers        lets timers and promises run in their order
//   recurse       catches the engine's own stack limit
import { getArguments, getEnvironment } from "wasi:cli/environment@0.2.12";
import { exitWithCode } from "wasi:cli/exit@0.2.12";

const show = (...values) => console.log(...values.map((value) => JSON.stringify(value)));
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

class Account {
  #balance = 0n;
  deposit(amount) {
    if (amount < 0n) throw new RangeError(`cannot deposit ${amount}`);
    this.#balance += amount;
    return this;
  }
  get balance() {
    return this.#balance;
  }
}

function* primes() {
  const found = [];
  for (let n = 2; ; ++n) {
    if (found.some((prime) => n % prime === 0)) continue;
    found.push(n);
    yield n;
  }
}

function language() {
  const words = "the quick brown fox jumps over the lazy dog the end".split(" ");
  const counts = words.reduce((map, word) => map.set(word, (map.get(word) ?? 0) + 1), new Map());
  show([...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)).slice(0, 3));
  show("2026-11-21".replace(/(?<y>\d+)-(?<m>\d+)-(?<d>\d+)/u, "$<d>.$<m>.$<y>"));
  show("水🦊".length, [..."水🦊"].map((c) => c.codePointAt(0).toString(16)), "ÅÉ".toLowerCase());
  show(new TextDecoder().decode(new TextEncoder().encode("grüße")), btoa("tenon"));
  show(0.1 + 0.2, Math.hypot(3, 4), Math.sin(1), (255).toString(16), 1e21, Number.MAX_VALUE);
  show((2n ** 127n).toString(), new Account().deposit(10n ** 20n).balance.toString());
  const generated = [];
  for (const prime of primes()) {
    if (generated.push(prime) === 10) break;
  }
  show(generated, new Float32Array([1.1, NaN, -0]), new Date(0).toISOString());
  show(Array.from({ length: 2000 }, (_, i) => (i * 7919) % 2000).sort((a, b) => a - b).at(-1));
  const { a, ...rest } = structuredClone({ a: 1, b: [2, { c: null }], d: "x" });
  show(a, rest, new Proxy({}, { get: (_, name) => `no ${name}` }).field);
  for (const attempt of [() => new Account().deposit(-1n), () => null.x, () => JSON.parse("{")]) {
    try {
      attempt();
    } catch (error) {
      console.log(`${error.name}: ${error.message}`);
    } finally {
      console.log("tried");
    }
  }
}

async function timers() {
  const late = sleep(100).then(() => console.log("late"));
  const soon = sleep(1).then(() => console.log("soon"));
  queueMicrotask(() => console.log("microtask"));
  console.log("synchronous");
  await Promise.all([late, soon]);
  show(await Promise.allSettled([1, Promise.reject("no"), sleep(1)]));
}

function recurse() {
  const depth = (n) => 1 + depth(n + 1);
  try {
    depth(0);
  } catch (error) {
    console.log(error.name);
  }
}

export const run = {
  async run() {
    const [, ...args] = getArguments();
    console.log("a command in JavaScript");
    show(args, getEnvironment());
    switch (args[0]) {
      case "exit-code":
        return exitWithCode(Number(args[1]));
      case "throw":
        throw new TypeError("thrown on demand");
      case "reject":
        await sleep(1);
        throw new TypeError("rejected on demand");
      case "language":
        return language();
      case "timers":
        return timers();
      case "recurse":
        return recurse();
    }
  },
};
