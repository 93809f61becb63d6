// The half of run-under-jco that runs in node: grants what the options name, then calls wasi:cli/run.
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { _setArgs, _setEnv } from "@bytecodealliance/preview2-shim/cli";
import { _addPreopen, _clearPreopens } from "@bytecodealliance/preview2-shim/filesystem";
import { WASIShim } from "@bytecodealliance/preview2-shim/instantiation";

const rest = process.argv.slice(2);
const environment = {};
let argv0;
_clearPreopens();
while (rest[0].startsWith("--")) {
  const [option, value] = rest.splice(0, 2);
  if (option === "--dir") {
    const [host, guest] = value.split("::");
    _addPreopen(guest ?? host, path.resolve(host));
  } else if (option === "--env") {
    const [, name, text] = /^([^=]*)=(.*)$/s.exec(value);
    environment[name] = text;
  } else {
    argv0 = value;
  }
}
const [script, ...args] = rest;
_setEnv(environment);
_setArgs([argv0 ?? path.basename(script, ".js"), ...args]);

const load = (name) => new WebAssembly.Module(readFileSync(path.join(path.dirname(script), name)));
const { instantiate } = await import(pathToFileURL(path.resolve(script)));
const { run } = instantiate(load, new WASIShim().getImportObject());
try {
  run.run();
} catch (error) {
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
    console.error(`trap: ${error.message}`);
    process.exit(134);
  }
  if (error?.payload !== undefined || error?.constructor?.name === "ComponentError") process.exit(1);
  throw error;
}
