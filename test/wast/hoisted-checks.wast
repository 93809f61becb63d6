;; Checks of bounds that hold in all rounds of a loop are made in front of it (jit/optimize/hoist_checks.h),
;; and no other: of memories with 64-bit addresses, of those with 32 bits where they have no guard, of
;; tables and of arrays.

(module
  (memory i64 2 2)  ;; 0x20000 bytes

  ;; n times a store, 8 bytes further each
  (func (export "up") (param $p i64) (param $n i64)
    (if (i64.eqz (local.get $n)) (then (return)))
    (loop $next
      (i64.store (local.get $p) (local.get $p))
      (local.set $p (i64.add (local.get $p) (i64.const 8)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0)))))

  (func (export "down") (param $p i64) (param $n i64)
    (if (i64.eqz (local.get $n)) (then (return)))
    (loop $next
      (i64.store (local.get $p) (local.get $p))
      (local.set $p (i64.sub (local.get $p) (i64.const 8)))
      (local.set $n (i64.sub (local.get $n) (i64.const 1)))
      (br_if $next (i64.ne (local.get $n) (i64.const 0)))))

  ;; how many zeros there are before the first that is none, at most n
  (func (export "zeros") (param $p i64) (param $n i64) (result i64)
    (local $i i64)
    (loop $next
      (if (i64.ge_u (local.get $i) (local.get $n)) (then (return (local.get $i))))
      (if (i32.load8_u (i64.add (local.get $p) (local.get $i))) (then (return (local.get $i))))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br $next))
    (unreachable))

  ;; a store in every second of n rounds
  (func (export "odd") (param $n i64)
    (local $i i64)
    (loop $next
      (if (i32.wrap_i64 (i64.and (local.get $i) (i64.const 1)))
        (then (i64.store (i64.shl (local.get $i) (i64.const 3)) (i64.const 1))))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $i) (local.get $n)))))

  ;; from one array to the other, with offsets
  (func (export "copy") (param $to i64) (param $from i64) (param $n i64)
    (local $i i64)
    (block $end
      (br_if $end (i64.le_s (local.get $n) (i64.const 0)))
      (loop $next
        (i64.store offset=16 (i64.add (local.get $to) (i64.shl (local.get $i) (i64.const 3)))
          (i64.load offset=24 (i64.add (local.get $from) (i64.shl (local.get $i) (i64.const 3)))))
        (br_if $next
          (i64.lt_s (local.tee $i (i64.add (local.get $i) (i64.const 1))) (local.get $n))))))

  ;; n loads of one place
  (func (export "same") (param $p i64) (param $n i32) (result i64)
    (local $sum i64)
    (block $end
      (br_if $end (i32.eqz (local.get $n)))
      (loop $next
        (local.set $sum (i64.add (local.get $sum) (i64.load (local.get $p))))
        (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (local.get $sum))

  ;; an offset that leaves no address
  (func (export "far") (param $n i32)
    (local $p i64)
    (block $end
      (br_if $end (i32.eqz (local.get $n)))
      (loop $next
        (i64.store offset=0xfffffffffffffffc (local.get $p) (i64.const 1))
        (local.set $p (i64.add (local.get $p) (i64.const 4)))
        (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))

  (func (export "at") (param $p i64) (result i64) (i64.load (local.get $p)))
  (func (export "clear") (memory.fill (i64.const 0) (i32.const 0) (i64.const 0x20000))))

(assert_return (invoke "up" (i64.const 0) (i64.const 0x4000)))
(assert_return (invoke "at" (i64.const 0x1fff8)) (i64.const 0x1fff8))
(assert_return (invoke "up" (i64.const 0x1fff8) (i64.const 1)))
(assert_return (invoke "up" (i64.const -1) (i64.const 0)))
(assert_trap (invoke "up" (i64.const 8) (i64.const 0x4000)) "out of bounds memory access")
(assert_trap (invoke "up" (i64.const 0x1fff9) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "up" (i64.const -8) (i64.const 2)) "out of bounds memory access")
;; The way there is 2^64 bytes long, or 8 more.
(assert_trap (invoke "up" (i64.const 0) (i64.const 0x2000000000000000)) "out of bounds memory access")
(assert_trap (invoke "up" (i64.const 0) (i64.const 0x2000000000000001)) "out of bounds memory access")
(assert_trap (invoke "up" (i64.const 0) (i64.const 0x2000000000000002)) "out of bounds memory access")
(assert_trap (invoke "up" (i64.const 0x10000) (i64.const 0x1fffffffffffe002))
  "out of bounds memory access")
(assert_return (invoke "down" (i64.const 0x1fff8) (i64.const 0x4000)))
(assert_return (invoke "at" (i64.const 0)) (i64.const 0))
(assert_trap (invoke "down" (i64.const 0x1fff8) (i64.const 0x4001)) "out of bounds memory access")
(assert_trap (invoke "down" (i64.const 0x20000) (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "down" (i64.const 0) (i64.const 0x2000000000000001)) "out of bounds memory access")
(invoke "clear")
;; left in time
(assert_return (invoke "zeros" (i64.const 0) (i64.const 0x20000)) (i64.const 0x20000))
(assert_trap (invoke "zeros" (i64.const 0) (i64.const 0x20001)) "out of bounds memory access")
(assert_return (invoke "up" (i64.const 0x18000) (i64.const 1)))
(assert_return (invoke "zeros" (i64.const 0) (i64.const 0x20001)) (i64.const 0x18001))
(assert_return (invoke "zeros" (i64.const 1) (i64.const -1)) (i64.const 0x18000))
;; The store that would be out of bounds is not made.
(assert_return (invoke "odd" (i64.const 0x4001)))
(assert_trap (invoke "odd" (i64.const 0x4002)) "out of bounds memory access")
(invoke "up" (i64.const 0) (i64.const 0x4000))
(assert_return (invoke "copy" (i64.const 0) (i64.const 0x10000) (i64.const 0x1ffd)))
(assert_return (invoke "at" (i64.const 16)) (i64.const 0x10018))
(assert_return (invoke "at" (i64.const 0xfff0)) (i64.const 0x1fff8))
(assert_trap (invoke "copy" (i64.const 0) (i64.const 0x10000) (i64.const 0x1ffe))
  "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0x10000) (i64.const 0) (i64.const 0x1fff))
  "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const -16) (i64.const 0) (i64.const 2)) "out of bounds memory access")
(assert_return (invoke "copy" (i64.const -16) (i64.const 0) (i64.const 0)))
;; arrays that overlap
(invoke "up" (i64.const 0) (i64.const 0x4000))
(assert_return (invoke "copy" (i64.const 16) (i64.const 0) (i64.const 100)))
(assert_return (invoke "at" (i64.const 32)) (i64.const 24))
(assert_return (invoke "at" (i64.const 40)) (i64.const 24))
(assert_return (invoke "at" (i64.const 800)) (i64.const 24))
(assert_return (invoke "at" (i64.const 824)) (i64.const 24))
(assert_return (invoke "at" (i64.const 832)) (i64.const 832))
(assert_return (invoke "same" (i64.const 0x1fff8) (i32.const 3)) (i64.const 0x5ffe8))
(assert_return (invoke "same" (i64.const 0x1fff9) (i32.const 0)) (i64.const 0))
(assert_trap (invoke "same" (i64.const 0x1fff9) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "same" (i64.const -1) (i32.const 3)) "out of bounds memory access")
(assert_return (invoke "far" (i32.const 0)))
(assert_trap (invoke "far" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "far" (i32.const 5)) "out of bounds memory access")

;; Memory that grows in the loop, and one without a page.
(module
  (memory i64 0 3)
  (func (export "grow") (param $n i64) (param $when i64) (result i64)
    (local $i i64)
    (local $p i64)
    (block $end
      (br_if $end (i64.eqz (local.get $n)))
      (loop $next
        (if (i64.eq (local.get $i) (local.get $when))
          (then (drop (memory.grow (i64.const 1)))))
        (i64.store (local.get $p) (local.get $i))
        (local.set $p (i64.add (local.get $p) (i64.const 8)))
        (br_if $next
          (i64.ne (local.tee $i (i64.add (local.get $i) (i64.const 1))) (local.get $n)))))
    (memory.size)))
(assert_return (invoke "grow" (i64.const 0) (i64.const 0)) (i64.const 0))
(assert_trap (invoke "grow" (i64.const 1) (i64.const 1)) "out of bounds memory access")
(assert_return (invoke "grow" (i64.const 0x2000) (i64.const 0)) (i64.const 1))
(assert_return (invoke "grow" (i64.const 0x4000) (i64.const 0x2000)) (i64.const 2))
(assert_return (invoke "grow" (i64.const 0x6000) (i64.const 0x3fff)) (i64.const 3))
(assert_trap (invoke "grow" (i64.const 0x6001) (i64.const 0x6000)) "out of bounds memory access")

;; The same with 32 bits, which indices may leave.
(module
  (memory 2 2)
  (func (export "up") (param $p i32) (param $n i32)
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $next
      (i64.store (local.get $p) (i64.const 7))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n))))
  (func (export "down") (param $p i32) (param $n i32)
    (if (i32.eqz (local.get $n)) (then (return)))
    (loop $next
      (i32.store (local.get $p) (i32.const 7))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n))))
  ;; the sum of n neighbours before p and n behind it
  (func (export "around") (param $p i32) (param $n i32) (result i32)
    (local $i i32)
    (local $sum i32)
    (block $end
      (br_if $end (i32.eqz (local.get $n)))
      (loop $next
        (local.set $sum
          (i32.add (local.get $sum)
            (i32.add (i32.load8_u (i32.add (local.get $p) (local.get $i)))
              (i32.load8_u (i32.sub (i32.sub (local.get $p) (local.get $i)) (i32.const 1))))))
        (br_if $next
          (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
    (local.get $sum)))
(assert_return (invoke "up" (i32.const 0) (i32.const 0x4000)))
(assert_trap (invoke "up" (i32.const 8) (i32.const 0x4000)) "out of bounds memory access")
(assert_trap (invoke "up" (i32.const -8) (i32.const 2)) "out of bounds memory access")
(assert_trap (invoke "up" (i32.const 0) (i32.const 0x20000001)) "out of bounds memory access")
(assert_return (invoke "around" (i32.const 0x10000) (i32.const 0x10000)) (i32.const 0x1c000))
(assert_trap (invoke "around" (i32.const 0x10000) (i32.const 0x10001)) "out of bounds memory access")
(assert_trap (invoke "around" (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "down" (i32.const 0x1fffc) (i32.const 0x8000)))
(assert_trap (invoke "down" (i32.const 0x1fffc) (i32.const 0x8001)) "out of bounds memory access")
(assert_trap (invoke "down" (i32.const 0x20000) (i32.const 1)) "out of bounds memory access")

;; Tables and arrays.
(module
  (type $ints (array (mut i32)))
  (table $t 10 funcref)
  (elem (i32.const 3) $f)
  (func $f)
  (func (export "nulls") (param $from i32) (param $to i32) (result i32)
    (local $count i32)
    (block $end
      (br_if $end (i32.ge_s (local.get $from) (local.get $to)))
      (loop $next
        (local.set $count
          (i32.add (local.get $count) (ref.is_null (table.get $t (local.get $from)))))
        (br_if $next
          (i32.lt_s (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to)))))
    (local.get $count))
  (func (export "sum") (param $size i32) (param $n i32) (result i32)
    (local $a (ref null $ints))
    (local $i i32)
    (local $sum i32)
    (local.set $a (array.new $ints (i32.const 3) (local.get $size)))
    (block $end
      (br_if $end (i32.eqz (local.get $n)))
      (loop $next
        (local.set $sum
          (i32.add (local.get $sum) (array.get $ints (local.get $a) (local.get $i))))
        (br_if $next
          (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
    (local.get $sum)))
(assert_return (invoke "nulls" (i32.const 0) (i32.const 10)) (i32.const 9))
(assert_return (invoke "nulls" (i32.const 4) (i32.const 4)) (i32.const 0))
(assert_trap (invoke "nulls" (i32.const 0) (i32.const 11)) "out of bounds table access")
(assert_trap (invoke "nulls" (i32.const -1) (i32.const 2)) "out of bounds table access")
(assert_return (invoke "sum" (i32.const 100) (i32.const 100)) (i32.const 300))
(assert_return (invoke "sum" (i32.const 100) (i32.const 0)) (i32.const 0))
(assert_trap (invoke "sum" (i32.const 100) (i32.const 101)) "out of bounds array access")
(assert_trap (invoke "sum" (i32.const 0) (i32.const 1)) "out of bounds array access")
