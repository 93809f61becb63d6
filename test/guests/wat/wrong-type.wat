;; Imports a function of WASI with a type that is not its own.
(component
  (import "wasi:random/random@0.2.0" (instance
    (export "get-random-u64" (func (result string)))))
  (core module $m (func (export "run") (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $exports (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exports)))
