;; How fast this machine's wasm can multiply and add at all: twelve independent chains in registers, nothing in memory.
;; run(n) does n · 12 · 4 multiplications and as many additions.
(module
  (func (export "run") (param $n i32) (result f32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128)
    (local $g v128) (local $h v128) (local $i v128) (local $j v128) (local $k v128) (local $l v128)
    (local $x v128)
    (local.set $x (f32x4.splat (f32.const 0.999)))
    (loop $again
      (local.set $a (f32x4.add (f32x4.mul (local.get $a) (local.get $x)) (local.get $x)))
      (local.set $b (f32x4.add (f32x4.mul (local.get $b) (local.get $x)) (local.get $x)))
      (local.set $c (f32x4.add (f32x4.mul (local.get $c) (local.get $x)) (local.get $x)))
      (local.set $d (f32x4.add (f32x4.mul (local.get $d) (local.get $x)) (local.get $x)))
      (local.set $e (f32x4.add (f32x4.mul (local.get $e) (local.get $x)) (local.get $x)))
      (local.set $f (f32x4.add (f32x4.mul (local.get $f) (local.get $x)) (local.get $x)))
      (local.set $g (f32x4.add (f32x4.mul (local.get $g) (local.get $x)) (local.get $x)))
      (local.set $h (f32x4.add (f32x4.mul (local.get $h) (local.get $x)) (local.get $x)))
      (local.set $i (f32x4.add (f32x4.mul (local.get $i) (local.get $x)) (local.get $x)))
      (local.set $j (f32x4.add (f32x4.mul (local.get $j) (local.get $x)) (local.get $x)))
      (local.set $k (f32x4.add (f32x4.mul (local.get $k) (local.get $x)) (local.get $x)))
      (local.set $l (f32x4.add (f32x4.mul (local.get $l) (local.get $x)) (local.get $x)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (f32x4.extract_lane 0
      (f32x4.add
        (f32x4.add
          (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d)))
          (f32x4.add (f32x4.add (local.get $e) (local.get $f)) (f32x4.add (local.get $g) (local.get $h))))
        (f32x4.add (f32x4.add (local.get $i) (local.get $j)) (f32x4.add (local.get $k) (local.get $l)))))))
