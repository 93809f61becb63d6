;; Imports an interface that no host has.
(component
  (import "acme:widgets/gears@1.2.3" (instance
    (export "turn" (func (param "times" u32)))))
  (core module $m (func (export "run") (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $exports (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exports)))
