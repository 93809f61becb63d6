;; A function that nothing calls has an invalid body.
(component
  (core module $m
    (func (export "unused") (result i32) i64.const 0)
    (func (export "run") (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $exports (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exports)))
