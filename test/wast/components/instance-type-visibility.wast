;; What an instance type exports must not mention named types by their definitions, though the names
;; stand there as well. abi: "External Visibility of Types"

;; By the index that the export defines.
(component definition
  (import "i" (instance
    (type $r' (record (field "x" u32)))
    (export "r" (type $r (eq $r')))
    (export "f" (func (param "r" $r))))))

;; By the definition, in parts and in further names too.
(assert_invalid
  (component
    (import "i" (instance
      (type $r' (record (field "x" u32)))
      (export "r" (type (eq $r')))
      (export "f" (func (param "r" $r'))))))
  "instance not valid to be used as import")
(assert_invalid
  (component
    (import "i" (instance
      (type $r' (enum "a"))
      (export "r" (type (eq $r')))
      (type $l' (list $r'))
      (export "l" (type (eq $l'))))))
  "instance not valid to be used as import")

;; Under another index it is the same.
(assert_invalid
  (component
    (import "i" (instance
      (type $r' (flags "a"))
      (export "r" (type (eq $r')))
      (alias outer 0 $r' (type $again))
      (export "f" (func (result $again))))))
  "instance not valid to be used as import")

;; A type of the component around it has a name by its import.
(component definition
  (type $r' (variant (case "a")))
  (import "r" (type $r (eq $r')))
  (import "i" (instance
    (alias outer 1 $r (type $mine))
    (export "f" (func (result $mine))))))
(assert_invalid
  (component
    (type $r' (variant (case "a")))
    (import "r" (type $r (eq $r')))
    (import "i" (instance
      (alias outer 1 $r' (type $mine))
      (export "f" (func (result $mine))))))
  "instance not valid to be used as import")
;; Or in the instance.
(component definition
  (type $r' (variant (case "a")))
  (import "i" (instance
    (alias outer 1 $r' (type $mine))
    (export "r" (type $r (eq $mine)))
    (export "f" (func (result $r))))))

;; Of instances within instances.
(assert_invalid
  (component
    (import "i" (instance
      (export "j" (instance
        (type $r' (enum "a"))
        (export "r" (type (eq $r')))
        (export "f" (func (result $r'))))))))
  "instance not valid to be used as import")

;; It may be defined, and what has no names is checked where it is used: in a component type, and
;; where an export says its type.
(component definition
  (type $i (instance
    (type $r' (enum "a"))
    (export "r" (type (eq $r')))
    (export "f" (func (result $r'))))))
(assert_invalid
  (component
    (type (component
      (type $i (instance
        (type $r' (enum "a"))
        (export "r" (type (eq $r')))
        (export "f" (func (result $r')))))
      (export "i" (instance (type $i))))))
  "instance not valid to be used as export")
(assert_invalid
  (component
    (type $i (instance
      (type $r' (enum "a"))
      (export "r" (type (eq $r')))
      (export "f" (func (result $r')))))
    (import "i" (type (eq $i))))
  "type not valid to be used as import")
(assert_invalid
  (component
    (import "i" (instance $i
      (type $r' (enum "a"))
      (export "r" (type $r (eq $r')))
      (export "f" (func (result $r)))))
    (type $t (instance
      (type $r' (enum "a"))
      (export "r" (type (eq $r')))
      (export "f" (func (result $r')))))
    (export "j" (instance $i) (instance (type $t))))
  "instance not valid to be used as export")

;; wherever the type goes
(assert_invalid
  (component
    (type $i (instance
      (type $r' (enum "a"))
      (export "r" (type (eq $r')))
      (export "f" (func (result $r')))))
    (component
      (alias outer 1 $i (type $j))
      (import "i" (instance (type $j)))))
  "instance not valid to be used as import")
(assert_invalid
  (component
    (type $i (instance
      (type $r' (enum "a"))
      (export "r" (type (eq $r')))
      (export "f" (func (result $r')))))
    (type (component
      (alias outer 1 $i (type $j))
      (import "i" (instance (type $j))))))
  "instance not valid to be used as import")
