;; wasi:cli/run whose post-return calls an import, which the canonical ABI forbids.
(component
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $clock
    (export "now" (func (result u64)))))
  (core func $now (canon lower (func $clock "now")))
  (core module $m
    (import "clock" "now" (func $now (result i64)))
    (func (export "run") (result i32) (drop (call $now)) i32.const 0)
    (func (export "post") (param i32) (drop (call $now))))
  (core instance $i (instantiate $m
    (with "clock" (instance (export "now" (func $now))))))
  (func $run (result (result))
    (canon lift (core func $i "run") (post-return (core func $i "post"))))
  (instance $exports (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $exports)))
