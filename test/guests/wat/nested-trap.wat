;; Components within components; a function of the innermost, whose module has no names, traps.
(component
  (component $outer
    (component $inner
      (core module $m
        (func (export "f") (result i32) unreachable))
      (core instance $i (instantiate $m))
      (func $f (result (result)) (canon lift (core func $i "f")))
      (export "f" (func $f)))
    (instance $first (instantiate $inner))
    (instance $second (instantiate $inner))
    (core func $f (canon lower (func $second "f")))
    (core module $m
      (import "inner" "f" (func $f (result i32)))
      (func $forward (export "f") (result i32) (call $f)))
    (core instance $i (instantiate $m
      (with "inner" (instance (export "f" (func $f))))))
    (func $g (result (result)) (canon lift (core func $i "f")))
    (export "f" (func $g)))
  (instance $outer (instantiate $outer))
  (instance $exports (export "run" (func $outer "f")))
  (export "wasi:cli/run@0.2.0" (instance $exports)))
