;; Fixed-length lists and maps, from the host to a component, from it to another one, and back.
(component
  (component $Callee
    (core module $M
      (memory (export "mem") 1)
      (global $next (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $next
          (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
                   (i32.sub (i32.const 0) (local.get 2))))
        (global.get $next)
        (global.set $next (i32.add (global.get $next) (local.get 3))))
      (func (export "sum") (param i32 i32 i32) (result i32)
        (i32.add (i32.add (local.get 0) (local.get 1)) (local.get 2)))
      ;; The seventeen elements come in memory.
      (func (export "sum-of-many") (param $at i32) (result i32) (local $i i32) (local $sum i32)
        (loop $next
          (local.set $sum (i32.add (local.get $sum) (i32.load16_u (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 2)))
          (br_if $next
            (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 17))))
        (local.get $sum))
      ;; The second string, then the first.
      (func (export "swap") (param i32 i32 i32 i32) (result i32)
        (i32.store (i32.const 0) (local.get 2))
        (i32.store (i32.const 4) (local.get 3))
        (i32.store (i32.const 8) (local.get 0))
        (i32.store (i32.const 12) (local.get 1))
        (i32.const 0))
      (func (export "one") (param i32) (result i32) (local.get 0))
      ;; What stands behind the tag, or -1; the payload's second element comes first.
      (func (export "maybe") (param i32 i32 i32) (result i32)
        (if (result i32) (local.get 0)
          (then (i32.or (i32.shl (local.get 2) (i32.const 8)) (local.get 1)))
          (else (i32.const -1))))
      ;; A list of fixed-length lists is as long as its length says: the second bytes' sum.
      (func (export "rows") (param $at i32) (param $length i32) (result i32) (local $sum i32)
        (loop $next
          (local.set $sum (i32.add (local.get $sum) (i32.load8_u offset=1 (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 3)))
          (br_if $next (local.tee $length (i32.sub (local.get $length) (i32.const 1)))))
        (local.get $sum))
      (func (export "map") (param i32 i32) (result i32)
        (i32.store (i32.const 0) (local.get 0))
        (i32.store (i32.const 4) (local.get 1))
        (i32.const 0)))
    (core instance $m (instantiate $M))
    (alias core export $m "mem" (core memory $mem))
    (alias core export $m "realloc" (core func $realloc))
    (func (export "sum") (param "x" (list u32 3)) (result u32) (canon lift (core func $m "sum")))
    (func (export "sum-of-many") (param "x" (list u16 17)) (result u32)
      (canon lift (core func $m "sum-of-many") (memory $mem) (realloc $realloc)))
    (func (export "swap") (param "x" (list string 2)) (result (list string 2))
      (canon lift (core func $m "swap") (memory $mem) (realloc $realloc)))
    (func (export "one") (param "x" (list char 1)) (result (list char 1))
      (canon lift (core func $m "one")))
    (func (export "maybe") (param "x" (option (list u8 2))) (result s32)
      (canon lift (core func $m "maybe")))
    (func (export "rows") (param "x" (list (list bool 3))) (result u32)
      (canon lift (core func $m "rows") (memory $mem) (realloc $realloc)))
    (func (export "map") (param "x" (map string (list u8 2))) (result (map string (list u8 2)))
      (canon lift (core func $m "map") (memory $mem) (realloc $realloc))))

  ;; Hands on what it gets.
  (component $Caller
    (import "callee" (instance $callee
      (export "sum" (func (param "x" (list u32 3)) (result u32)))
      (export "sum-of-many" (func (param "x" (list u16 17)) (result u32)))
      (export "swap" (func (param "x" (list string 2)) (result (list string 2))))
      (export "one" (func (param "x" (list char 1)) (result (list char 1))))
      (export "maybe" (func (param "x" (option (list u8 2))) (result s32)))
      (export "rows" (func (param "x" (list (list bool 3))) (result u32)))
      (export "map" (func (param "x" (map string (list u8 2))) (result (map string (list u8 2)))))))
    (core module $Libc
      (memory (export "mem") 1)
      (global $next (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $next
          (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
                   (i32.sub (i32.const 0) (local.get 2))))
        (global.get $next)
        (global.set $next (i32.add (global.get $next) (local.get 3)))))
    (core instance $libc (instantiate $Libc))
    (alias core export $libc "mem" (core memory $mem))
    (alias core export $libc "realloc" (core func $realloc))
    (core func $sum (canon lower (func $callee "sum")))
    (core func $many (canon lower (func $callee "sum-of-many") (memory $mem)))
    (core func $swap (canon lower (func $callee "swap") (memory $mem) (realloc $realloc)))
    (core func $one (canon lower (func $callee "one")))
    (core func $maybe (canon lower (func $callee "maybe")))
    (core func $rows (canon lower (func $callee "rows") (memory $mem)))
    (core func $map (canon lower (func $callee "map") (memory $mem) (realloc $realloc)))
    (core module $M
      (import "callee" "swap" (func $swap (param i32 i32 i32 i32 i32)))
      (import "callee" "map" (func $map (param i32 i32 i32)))
      (func (export "swap") (param i32 i32 i32 i32) (result i32)
        (call $swap (local.get 0) (local.get 1) (local.get 2) (local.get 3) (i32.const 64))
        (i32.const 64))
      (func (export "map") (param i32 i32) (result i32)
        (call $map (local.get 0) (local.get 1) (i32.const 64))
        (i32.const 64)))
    (core instance $m (instantiate $M (with "callee" (instance
      (export "swap" (func $swap)) (export "map" (func $map))))))
    (func (export "sum") (param "x" (list u32 3)) (result u32) (canon lift (core func $sum)))
    (func (export "sum-of-many") (param "x" (list u16 17)) (result u32)
      (canon lift (core func $many) (memory $mem) (realloc $realloc)))
    (func (export "swap") (param "x" (list string 2)) (result (list string 2))
      (canon lift (core func $m "swap") (memory $mem) (realloc $realloc)))
    (func (export "one") (param "x" (list char 1)) (result (list char 1))
      (canon lift (core func $one)))
    (func (export "maybe") (param "x" (option (list u8 2))) (result s32)
      (canon lift (core func $maybe)))
    (func (export "rows") (param "x" (list (list bool 3))) (result u32)
      (canon lift (core func $rows) (memory $mem) (realloc $realloc)))
    (func (export "map") (param "x" (map string (list u8 2))) (result (map string (list u8 2)))
      (canon lift (core func $m "map") (memory $mem) (realloc $realloc))))

  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller (with "callee" (instance $callee))))
  (func (export "sum") (alias export $caller "sum"))
  (func (export "sum-of-many") (alias export $caller "sum-of-many"))
  (func (export "swap") (alias export $caller "swap"))
  (func (export "one") (alias export $caller "one"))
  (func (export "maybe") (alias export $caller "maybe"))
  (func (export "rows") (alias export $caller "rows"))
  (func (export "map") (alias export $caller "map")))

(assert_return
  (invoke "sum" (list.const (u32.const 1) (u32.const 20) (u32.const 300))) (u32.const 321))
(assert_return
  (invoke "sum-of-many" (list.const
    (u16.const 1) (u16.const 2) (u16.const 3) (u16.const 4) (u16.const 5) (u16.const 6)
    (u16.const 7) (u16.const 8) (u16.const 9) (u16.const 10) (u16.const 11) (u16.const 12)
    (u16.const 13) (u16.const 14) (u16.const 15) (u16.const 16) (u16.const 60000)))
  (u32.const 60136))
(assert_return
  (invoke "swap" (list.const (str.const "one") (str.const "other")))
  (list.const (str.const "other") (str.const "one")))
(assert_return (invoke "one" (list.const (char.const "x"))) (list.const (char.const "x")))
(assert_return (invoke "maybe" (option.none)) (s32.const -1))
(assert_return
  (invoke "maybe" (option.some (list.const (u8.const 5) (u8.const 6)))) (s32.const 1541))
(assert_return
  (invoke "rows" (list.const
    (list.const (bool.const false) (bool.const true) (bool.const false))
    (list.const (bool.const true) (bool.const false) (bool.const true))
    (list.const (bool.const true) (bool.const true) (bool.const true))))
  (u32.const 2))
(assert_return
  (invoke "map" (list.const
    (tuple.const (str.const "a") (list.const (u8.const 1) (u8.const 2)))
    (tuple.const (str.const "b") (list.const (u8.const 3) (u8.const 4)))))
  (list.const
    (tuple.const (str.const "a") (list.const (u8.const 1) (u8.const 2)))
    (tuple.const (str.const "b") (list.const (u8.const 3) (u8.const 4)))))

;; What types they may have.
(assert_invalid (component (type (list u8 0))) "a fixed-length list must have more than no elements")
(assert_invalid (component (type (map f32 u8))) "the key of a map can't be of the type f32")
(assert_invalid
  (component (type $l (list u8)) (type (map $l u8)))
  "the key of a map can't be of the type list<u8>")
(assert_invalid
  (component
    (import "f" (func $f (param "x" (list u8 2))))
    (component $c (import "f" (func (param "x" (list u8 3)))))
    (instance (instantiate $c (with "f" (func $f)))))
  "type mismatch in function parameter `x`: expected 3 elements, found 2")
(assert_invalid
  (component
    (import "f" (func $f (param "x" (map u8 u8))))
    (component $c (import "f" (func (param "x" (list (tuple u8 u8))))))
    (instance (instantiate $c (with "f" (func $f)))))
  "type mismatch in function parameter `x`: expected list, found map")
