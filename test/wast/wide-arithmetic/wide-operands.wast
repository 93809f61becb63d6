;; Two results, and operands from anywhere: constants, locals, results just made.

(module
  (func (export "folded") (param i64) (result i64 i64)
    (i64.add128 (local.get 0) (i64.const 1) (i64.mul_wide_u (local.get 0) (i64.const -1))))
  (func (export "constants") (result i64 i64)
    (i64.sub128 (i64.const 0) (i64.const 5) (i64.const 1) (i64.const 2)))
  (func (export "into locals") (param i64 i64) (result i64 i64)
    (i64.mul_wide_s (local.get 0) (local.get 1))
    (local.set 0) (local.set 1)
    (local.get 0) (local.get 1))
  (func (export "below others") (param i64) (result i64)
    (local.get 0)
    (i64.mul_wide_u (local.get 0) (local.get 0))
    (i64.add) (i64.add))
  (func (export "changed local") (param i64) (result i64 i64 i64)
    (local.get 0)
    (i64.add128 (local.get 0) (local.get 0) (local.tee 0 (i64.const 7)) (local.get 0))))

(assert_return (invoke "folded" (i64.const 3)) (i64.const 0) (i64.const 4))
(assert_return (invoke "constants") (i64.const -1) (i64.const 2))
(assert_return (invoke "into locals" (i64.const -2) (i64.const 3)) (i64.const -1) (i64.const -6))
(assert_return (invoke "below others" (i64.const 5)) (i64.const 30))
(assert_return (invoke "changed local" (i64.const 1)) (i64.const 1) (i64.const 8) (i64.const 8))

(assert_invalid (module (func (result i64 i64) (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0))))
  "type mismatch")
(assert_invalid (module (func (result i64) (i64.mul_wide_u (i64.const 0) (i64.const 0))))
  "type mismatch")
