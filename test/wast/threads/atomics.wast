;; Atomic accesses beyond what the suite looks at: operands from constants, locals and results just
;; made; narrow values that wrap; far memories; long offsets; the order of traps.

(module
  (memory 1 1 shared)
  (memory $far 1 1)
  (func (export "folded") (param i32) (result i32) (local i32 i64)
    (i64.atomic.store (i32.const 8) (i64.const 0x0102030405060708))
    (local.set 1 (i32.atomic.rmw8.add_u offset=8 (i32.const 0) (i32.const 0x1f9)))
    (local.set 2 (i64.atomic.rmw32.xchg_u offset=4
      (i32.add (i32.const 4) (i32.mul (local.get 0) (i32.const 4))) (i64.const -1)))
    (i32.add (i32.add (local.get 1) (i32.wrap_i64 (local.get 2)))
      (i32.atomic.load16_u offset=8 (i32.const 0))))
  (func (export "cmpxchg8") (param $expected i32) (param $replacement i32) (result i32 i32)
    (i32.atomic.store (i32.const 0) (i32.const 0x11223344))
    (i32.atomic.rmw8.cmpxchg_u (i32.const 1) (local.get $expected) (local.get $replacement))
    (i32.atomic.load (i32.const 0)))
  (func (export "far") (param i64) (result i64)
    (i64.atomic.store $far offset=16 (i32.const 0) (local.get 0))
    (drop (i64.atomic.rmw.sub $far (i32.const 16) (i64.const 1)))
    (i64.add (i64.atomic.load $far (i32.const 16)) (i64.atomic.load (i32.const 16))))
  (func (export "last") (result i64) (i64.atomic.load (i32.const 65528)))
  (func (export "beyond") (result i64) (i64.atomic.load (i32.const 65536)))
  (func (export "unaligned at the end") (result i64) (i64.atomic.load (i32.const 65532)))
  (func (export "long offset") (result i32)
    (i32.atomic.load offset=0xfffffffc (i32.const 0xfffffffc)))
  (func (export "notify unshared") (result i32)
    (memory.atomic.notify $far (i32.const 0) (i32.const 1)))
  (func (export "wait unshared") (result i32)
    (memory.atomic.wait32 $far (i32.const 0) (i32.const 0) (i64.const 0)))
  (func (export "notify unaligned") (result i32)
    (memory.atomic.notify (i32.const 2) (i32.const 1)))
  (func (export "fence") (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 1)) (atomic.fence) (i32.const 1) (i32.add)))

(assert_return (invoke "folded" (i32.const 0)) (i32.const 0x05070708))
(assert_return (invoke "folded" (i32.const 1)) (i32.const 0x01020a0d))
(assert_return (invoke "cmpxchg8" (i32.const 0x33) (i32.const 0xaa))
  (i32.const 0x33) (i32.const 0x1122aa44))
(assert_return (invoke "cmpxchg8" (i32.const 0x133) (i32.const 0x5aa))
  (i32.const 0x33) (i32.const 0x1122aa44))
(assert_return (invoke "cmpxchg8" (i32.const 0x34) (i32.const 0xaa))
  (i32.const 0x33) (i32.const 0x11223344))
(assert_return (invoke "far" (i64.const 5)) (i64.const 4))
(assert_return (invoke "last") (i64.const 0))
(assert_trap (invoke "beyond") "out of bounds memory access")
(assert_trap (invoke "unaligned at the end") "out of bounds memory access")
(assert_trap (invoke "long offset") "out of bounds memory access")
(assert_return (invoke "notify unshared") (i32.const 0))
(assert_trap (invoke "wait unshared") "expected shared memory")
(assert_trap (invoke "notify unaligned") "unaligned atomic")
(assert_return (invoke "fence" (i32.const 40)) (i32.const 42))

(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.load align=2 (i32.const 0)))))
  "atomic alignment must be natural")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (i32.atomic.load align=8 (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid
  (module (memory 1 1 shared) (func (drop (memory.atomic.wait64 align=4
    (i32.const 0) (i64.const 0) (i64.const 0)))))
  "atomic alignment must be natural")
;; The byte behind a fence is reserved.
(assert_malformed
  (module binary "\00asm" "\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\07\01\05\00\fe\03\01\0b")
  "zero byte expected")
