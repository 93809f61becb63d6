;; Exported functions that come up against what bounds a run, for `--invoke`; one calls an import
;; that no host has, one is invalid.
(component
  (import "acme:absent/host" (instance $host (export "leave" (func))))
  (core func $leave (canon lower (func $host "leave")))
  (core module $m
    (import "" "leave" (func $leave))
    (memory 1)
    (func (export "spin") (loop (br 0)))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func $deep (export "deep") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0))))
    (func (export "leave") (call $leave))
    (func (export "invalid") (result i32) i64.const 0))
  (core instance $i (instantiate $m (with "" (instance (export "leave" (func $leave))))))
  (func (export "spin") (canon lift (core func $i "spin")))
  (func (export "grow") (param "pages" u32) (result s32) (canon lift (core func $i "grow")))
  (func (export "deep") (param "calls" u32) (result u32) (canon lift (core func $i "deep")))
  (func (export "leave") (canon lift (core func $i "leave")))
  (func (export "invalid") (result u32) (canon lift (core func $i "invalid"))))
