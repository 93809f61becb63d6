;; A host has functions and types to give, and instances of them: whoever asks it for definitions is
;; valid, and is not instantiated.
(component definition (import "m" (core module (export "f" (func)))))
(assert_unlinkable
  (component (import "m" (core module (export "f" (func)))))
  "import `m` is a core module, which no host can give")
(assert_unlinkable
  (component
    (import "m" (core module $m (export "f" (func))))
    (core instance $i (instantiate $m))
    (func (export "f") (canon lift (core func $i "f"))))
  "the component imports a core module, which no host can give it")
(assert_unlinkable
  (component
    (import "c" (component $c (export "f" (func))))
    (instance $i (instantiate $c))
    (export "f" (func $i "f")))
  "the component imports a component, which no host can give it")
;; Of what an imported instance has only that counts which is used.
(component
  (import "i" (instance (export "m" (core module)))))
