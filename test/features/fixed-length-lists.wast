(assert_invalid (component (type (list u8 4))) "a fixed-length list is not valid: fixed-length-lists is off")
(assert_invalid (component (import "f" (func (param "x" (list u8 4)))))
  "a fixed-length list is not valid: fixed-length-lists is off")
