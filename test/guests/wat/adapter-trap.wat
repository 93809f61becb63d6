;; A component calls a function of another, which traps. What stands between them is numbers alone, so that
;; compiled code calls it by an adapter.
(component
  (component $inner
    (core module $m
      (func $divide (param i32) (result i32) (i32.div_u (i32.const 100) (local.get 0)))
      (func $ratio (export "ratio") (param i32) (result i32) (i32.add (call $divide (local.get 0)) (i32.const 1))))
    (core instance $i (instantiate $m))
    (func (export "ratio") (param "x" u32) (result u32) (canon lift (core func $i "ratio"))))
  (component $outer
    (import "ratio" (func $ratio (param "x" u32) (result u32)))
    (core func $ratio (canon lower (func $ratio)))
    (core module $m
      (import "" "ratio" (func $ratio (param i32) (result i32)))
      (func $twice (param i32) (result i32) (i32.mul (call $ratio (local.get 0)) (i32.const 2)))
      (func (export "run") (param i32) (result i32) (i32.sub (call $twice (local.get 0)) (i32.const 3))))
    (core instance $i (instantiate $m (with "" (instance (export "ratio" (func $ratio))))))
    (func (export "run") (param "x" u32) (result u32) (canon lift (core func $i "run"))))
  (instance $inner (instantiate $inner))
  (instance $outer (instantiate $outer (with "ratio" (func $inner "ratio"))))
  (export "run" (func $outer "run")))
