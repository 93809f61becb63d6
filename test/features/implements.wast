(assert_invalid (component (import "a" (implements "a:b/c") (instance))) "an annotated name is not valid: implements is off")
(assert_invalid (component (import "a" (external-id "x") (func))) "an annotated name is not valid: implements is off")
