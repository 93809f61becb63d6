;; A tag, and a function that throws it.
(module
  (tag $tag (export "tag") (param i32))
  (func (export "throw") (throw $tag (i32.const 7))))
