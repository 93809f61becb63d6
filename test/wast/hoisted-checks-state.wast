;; What a loop has done before its check fails (hoisted-checks.wast has the rest).
(module
  (memory i64 1 1)
  (func (export "up") (param $p i64) (param $n i64)
    (loop $next
      (i64.store (local.get $p) (i64.const 7))
      (local.set $p (i64.add (local.get $p) (i64.const 8)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0)))))
  (func (export "at") (param $p i64) (result i64) (i64.load (local.get $p))))
(assert_trap (invoke "up" (i64.const 8) (i64.const 0x2000)) "out of bounds memory access")
(assert_return (invoke "at" (i64.const 0)) (i64.const 0))
(assert_return (invoke "at" (i64.const 8)) (i64.const 7))
(assert_return (invoke "at" (i64.const 0xfff8)) (i64.const 7))
