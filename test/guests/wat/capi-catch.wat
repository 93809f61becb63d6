;; Catches what capi-throw.wat throws.
(module
  (import "" "tag" (tag $tag (param i32)))
  (import "" "throw" (func $throw))
  (func (export "catch") (result i32)
    (block $caught (result i32)
      (try_table (catch $tag $caught) (call $throw))
      (i32.const 0))))
