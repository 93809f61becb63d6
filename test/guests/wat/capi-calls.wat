;; Calls between guest and host for the C API's tests.
(module
  (import "env" "log" (func $log (param i32)))
  (import "env" "fail" (func $fail))
  (import "env" "swap" (func $swap (param i32 i64) (result i64 i32)))
  (func (export "hello") (call $log (i32.const 42)))
  (func $inner (call $fail))
  (func (export "fail") (call $inner))
  (func (export "unreachable") unreachable)
  (func (export "swap") (param i32 i64) (result i64 i32)
    (call $swap (local.get 0) (local.get 1)))
  (func (export "rotate") (param i32 i64 f32 f64) (result f64 i32 i64 f32)
    local.get 3 local.get 0 local.get 1 local.get 2)
  (func (export "vector") (result v128) (v128.const i64x2 1 2)))
