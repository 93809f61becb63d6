;; Objects survive collections where a guest can reach them: long chains, cycles, wide arrays, frames,
;; globals, tables, segments. Each function makes far more rubbish than a collection waits for.

(module
  (type $node (struct (field $value i64) (field $next (mut (ref null $node)))))
  (type $nodes (array (mut (ref null $node))))
  (type $bytes (array (mut i8)))

  ;; Makes `count` objects that nobody keeps.
  (func $litter (param $count i32)
    (loop $again
      (drop (struct.new $node (i64.const -1) (ref.null $node)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count))))

  (func $chain (param $length i32) (result (ref null $node))
    (local $head (ref null $node))
    (loop $again
      (local.set $head (struct.new $node (i64.extend_i32_u (local.get $length)) (local.get $head)))
      (local.set $length (i32.sub (local.get $length) (i32.const 1)))
      (br_if $again (local.get $length)))
    (local.get $head))

  (func $sum (param $node (ref null $node)) (result i64)
    (local $sum i64)
    (block $end
      (loop $again
        (br_if $end (ref.is_null (local.get $node)))
        (local.set $sum (i64.add (local.get $sum) (struct.get $node $value (local.get $node))))
        (local.set $node (struct.get $node $next (local.get $node)))
        (br $again)))
    (local.get $sum))

  (func (export "rubbish") (param $count i32) (call $litter (local.get $count)))

  (func (export "chain") (param $length i32) (result i64)
    (local $head (ref null $node))
    (local.set $head (call $chain (local.get $length)))
    (call $litter (i32.const 200000))
    (call $sum (local.get $head)))

  ;; A ring, turned once while the rest of the heap is collected.
  (func (export "ring") (param $length i32) (result i64)
    (local $first (ref null $node)) (local $last (ref null $node)) (local $i i32)
    (local.set $first (call $chain (local.get $length)))
    (local.set $last (local.get $first))
    (loop $again
      (if (ref.is_null (struct.get $node $next (local.get $last)))
        (then (struct.set $node $next (local.get $last) (local.get $first)))
        (else
          (local.set $last (struct.get $node $next (local.get $last)))
          (br $again))))
    (loop $again
      (local.set $last (struct.get $node $next (local.get $last)))
      (call $litter (i32.const 1000))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $length))))
    (struct.get $node $value (local.get $last)))

  (func (export "wide") (param $count i32) (result i64)
    (local $array (ref $nodes)) (local $i i32) (local $sum i64)
    (local.set $array (array.new_default $nodes (local.get $count)))
    (loop $again
      (array.set $nodes (local.get $array) (local.get $i)
        (struct.new $node (i64.extend_i32_u (local.get $i)) (ref.null $node)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $count))))
    (call $litter (i32.const 200000))
    (loop $again
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $sum (i64.add (local.get $sum)
        (struct.get $node $value (array.get $nodes (local.get $array) (local.get $i)))))
      (br_if $again (local.get $i)))
    (local.get $sum))

  ;; Operands on the stack while others of the same instruction are made.
  (func (export "operands") (result i64)
    (call $sum
      (struct.new $node (i64.const 1)
        (block (result (ref $node))
          (struct.new $node (i64.const 2)
            (block (result (ref null $node))
              (call $chain (i32.const 10))
              (call $litter (i32.const 100000))))
          (call $litter (i32.const 100000))))))

  ;; Frames below the one that allocates; each keeps an object of its own.
  (func $deep (export "deep") (param $depth i32) (result i64)
    (local $own (ref null $node))
    (if (i32.eqz (local.get $depth))
      (then (call $litter (i32.const 200000)) (return (i64.const 0))))
    (local.set $own (struct.new $node (i64.extend_i32_u (local.get $depth)) (ref.null $node)))
    (i64.add
      (call $deep (i32.sub (local.get $depth) (i32.const 1)))
      (struct.get $node $value (local.get $own))))

  ;; Large objects come and go between small ones.
  (func (export "large") (param $rounds i32) (result i32)
    (local $kept (ref null $bytes)) (local $bytes (ref null $bytes)) (local $sum i32)
    (loop $again
      (local.set $bytes
        (array.new $bytes (i32.const 7) (i32.mul (local.get $rounds) (i32.const 977))))
      (call $litter (i32.const 100))
      (if (i32.eqz (i32.rem_u (local.get $rounds) (i32.const 16)))
        (then (local.set $kept (local.get $bytes))))
      (local.set $sum (i32.add (local.get $sum)
        (array.get_u $bytes (local.get $bytes)
          (i32.sub (array.len (local.get $bytes)) (i32.const 1)))))
      (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
      (br_if $again (local.get $rounds)))
    (i32.add (local.get $sum) (array.len (local.get $kept))))
)
(assert_return (invoke "rubbish" (i32.const 3000000)))
(assert_return (invoke "chain" (i32.const 1000000)) (i64.const 500000500000))
(assert_return (invoke "chain" (i32.const 1000000)) (i64.const 500000500000))
(assert_return (invoke "ring" (i32.const 1000)) (i64.const 1000))
(assert_return (invoke "wide" (i32.const 1000000)) (i64.const 499999500000))
(assert_return (invoke "operands") (i64.const 58))
(assert_return (invoke "deep" (i32.const 5000)) (i64.const 12502500))
(assert_return (invoke "large" (i32.const 1000)) (i32.const 22632))

;; What instances hold: globals, tables, element segments; and what another instance imports.
(module $holder
  (type $box (struct (field (mut i32))))
  (global $global (export "global") (mut anyref) (struct.new $box (i32.const 1)))
  (table $table (export "table") 3 anyref (struct.new $box (i32.const 2)))
  (table $late 2 anyref)
  (elem $segment anyref (item (struct.new $box (i32.const 4))) (item (ref.i31 (i32.const 8))))
  (type $anys (array (mut anyref)))

  (func $litter (export "litter") (local $count i32)
    (local.set $count (i32.const 200000))
    (loop $again
      (drop (struct.new $box (i32.const -1)))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count))))
  (func $value (param anyref) (result i32)
    (if (result i32) (ref.test (ref i31) (local.get 0))
      (then (i31.get_u (ref.cast (ref i31) (local.get 0))))
      (else (struct.get $box 0 (ref.cast (ref $box) (local.get 0))))))
  (func (export "sum") (result i32)
    (local $segment (ref $anys))
    (call $litter)
    (local.set $segment (array.new_elem $anys $segment (i32.const 0) (i32.const 2)))
    (table.init $late $segment (i32.const 0) (i32.const 0) (i32.const 2))
    (call $litter)
    (i32.add
      (i32.add (call $value (global.get $global)) (call $value (table.get $table (i32.const 2))))
      (i32.add
        (i32.add (call $value (array.get $anys (local.get $segment) (i32.const 0)))
                 (call $value (array.get $anys (local.get $segment) (i32.const 1))))
        (i32.add (call $value (table.get $late (i32.const 0)))
                 (call $value (table.get $late (i32.const 1)))))))
  (func (export "set") (param i32)
    (global.set $global (struct.new $box (local.get 0))))
)
(assert_return (invoke "sum") (i32.const 27))
(assert_return (invoke "set" (i32.const 100)))
(assert_return (invoke "sum") (i32.const 126))

(register "holder" $holder)
(module
  (import "holder" "global" (global $global (mut anyref)))
  (import "holder" "litter" (func $litter))
  (type $box (struct (field (mut i32))))
  (func (export "swap") (result i32)
    (global.set $global (struct.new $box (i32.const 5)))
    (call $litter)
    (struct.get $box 0 (ref.cast (ref $box) (global.get $global))))
)
(assert_return (invoke "swap") (i32.const 5))
(assert_return (invoke $holder "sum") (i32.const 31))

;; Every way of storing a field, with rubbish made between writing and reading.
(module
  (type $all (struct
    (field $a (mut i8)) (field $b (mut i16)) (field $c (mut i32)) (field $d (mut i64))
    (field $e (mut f32)) (field $f (mut f64)) (field $g (mut v128)) (field $h (mut funcref))
    (field $i (mut externref)) (field $j (mut anyref))))
  (type $floats (array (mut f64)))
  (type $vectors (array (mut v128)))
  (elem declare func $litter)
  (global $all (mut (ref null $all)) (ref.null $all))
  (func $litter (local $count i32)
    (local.set $count (i32.const 50000))
    (loop $again
      (drop (struct.new_default $all))
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (br_if $again (local.get $count))))
  (func (export "make") (param externref)
    (global.set $all (struct.new $all
      (i32.const 0x1ff) (i32.const -2) (i32.const 3) (i64.const 4) (f32.const 5) (f64.const 6)
      (v128.const i64x2 7 8) (ref.func $litter) (local.get 0) (ref.i31 (i32.const -9))))
    (call $litter))
  (func (export "a") (result i32 i32)
    (struct.get_s $all $a (global.get $all)) (struct.get_u $all $a (global.get $all)))
  (func (export "b") (result i32 i32)
    (struct.get_s $all $b (global.get $all)) (struct.get_u $all $b (global.get $all)))
  (func (export "c") (result i32 i64 f32 f64 v128 externref i32)
    (struct.get $all $c (global.get $all)) (struct.get $all $d (global.get $all))
    (struct.get $all $e (global.get $all)) (struct.get $all $f (global.get $all))
    (struct.get $all $g (global.get $all)) (struct.get $all $i (global.get $all))
    (i31.get_s (ref.cast (ref i31) (struct.get $all $j (global.get $all)))))
  (type $void (func))
  (func (export "call")
    (call_ref $void (ref.cast (ref $void) (struct.get $all $h (global.get $all)))))
  (func (export "arithmetic") (result f64)
    (local $floats (ref $floats))
    (local.set $floats (array.new $floats (f64.const 1.5) (i32.const 4)))
    (array.set $floats (local.get $floats) (i32.const 1) (f64.const 2))
    (f64.mul
      (f64.add (array.get $floats (local.get $floats) (i32.const 0))
               (array.get $floats (local.get $floats) (i32.const 1)))
      (array.get $floats (local.get $floats) (i32.const 3))))
  (func (export "vectors") (result v128)
    (local $vectors (ref $vectors))
    (local.set $vectors (array.new_fixed $vectors 2 (v128.const i32x4 1 2 3 4)
                                                    (v128.const i32x4 10 20 30 40)))
    (i32x4.add (array.get $vectors (local.get $vectors) (i32.const 0))
               (array.get $vectors (local.get $vectors) (i32.const 1))))
)
(assert_return (invoke "make" (ref.extern 10)))
(assert_return (invoke "a") (i32.const -1) (i32.const 0xff))
(assert_return (invoke "b") (i32.const -2) (i32.const 0xfffe))
(assert_return (invoke "c") (i32.const 3) (i64.const 4) (f32.const 5) (f64.const 6)
  (v128.const i64x2 7 8) (ref.extern 10) (i32.const -9))
(assert_return (invoke "call"))
(assert_return (invoke "arithmetic") (f64.const 5.25))
(assert_return (invoke "vectors") (v128.const i32x4 11 22 33 44))

;; What can't be had traps, and leaves the heap as it was.
(module
  (type $longs (array (mut i64)))
  (type $vectors (array v128))
  (global $length (mut i32) (i32.const -1))
  (func (export "longs") (drop (array.new_default $longs (global.get $length))))
  (func (export "vectors") (drop (array.new $vectors (v128.const i64x2 0 0) (i32.const -1))))
  (func (export "few") (result i32) (array.len (array.new_default $longs (i32.const 3))))
)
(assert_trap (invoke "longs") "out of memory")
(assert_trap (invoke "vectors") "out of memory")
(assert_return (invoke "few") (i32.const 3))
(assert_trap
  (module
    (type $longs (array (mut i64)))
    (global (ref $longs) (array.new_default $longs (i32.const -1))))
  "out of memory")

;; Branches that depend on a cast take the values below with them.
(module
  (type $a (sub (struct (field i32))))
  (type $b (sub $a (struct (field i32) (field i64))))
  (func (export "pick") (param i32) (result i32 i64)
    (local $object (ref null $a))
    (local.set $object
      (if (result (ref $a)) (local.get 0)
        (then (struct.new $b (i32.const 1) (i64.const 2)))
        (else (struct.new $a (i32.const 3)))))
    (block $is_b (result i32 (ref $b))
      (i32.const 40)
      (br_on_cast $is_b (ref null $a) (ref $b) (local.get $object))
      (struct.get $a 0)
      (i32.add)
      (return (i64.const -1)))
    (struct.get $b 1)
    (return))
  (func (export "equal") (param i32 i32) (result i32)
    (if (result i32) (ref.eq (ref.i31 (local.get 0)) (ref.i31 (local.get 1)))
      (then (i32.const 1)) (else (i32.const 0)))))
(assert_return (invoke "pick" (i32.const 1)) (i32.const 40) (i64.const 2))
(assert_return (invoke "pick" (i32.const 0)) (i32.const 43) (i64.const -1))
(assert_return (invoke "equal" (i32.const 5) (i32.const 5)) (i32.const 1))
(assert_return (invoke "equal" (i32.const 5) (i32.const 0x80000005)) (i32.const 1))
(assert_return (invoke "equal" (i32.const 5) (i32.const 6)) (i32.const 0))
