; format: verinet-solver-evidence/1
; claim: no network 2-1-1 (heaviside 1/2) has |g(p) - v| < 1 at all 4 points: (0, 0) -> -1, (0, 1) -> 1, (1, 0) -> 1, (1, 1) -> -1
; statement: {"activation":"heaviside","activation_parameters":["1/2"],"depth":1,"kind":"no-network-fits","nonnegative":false,"pieces":[[["0"],["1"]],["0"],["1/2"]],"points":[["0","0"],["0","1"],["1","0"],["1","1"]],"readout_bias":true,"strict":true,"values":["-1","1","1","-1"],"width":1,"within":"1"}
; assumptions: [{"kind":"solver","origin":"z3 5.4.0, cvc5 1.4.2-modified","sha256":"07c1d0dd2eafb334b8db6db226917063684bf482d0ea39a7b427d759101f28a5","text":"the SMT-LIB 2 constraints with this sha256 have no solution, said z3 5.4.0 and cvc5 1.4.2-modified"}]
; sha256: 07c1d0dd2eafb334b8db6db226917063684bf482d0ea39a7b427d759101f28a5
(set-logic QF_LRA)
(declare-const b1_0 Real)
(declare-const w1_0_0 Real)
(declare-const b0_0 Real)
(declare-const w0_0_1 Real)
(declare-const w0_0_0 Real)
(define-fun !t0 () Real (ite (= (+ (* 0 w0_0_0) (* 0 w0_0_1) b0_0) 0) (* (/ 1 2) w1_0_0) w1_0_0))
(define-fun !t1 () Real (ite (not (>= (+ (* 0 w0_0_0) (* 0 w0_0_1) b0_0) 0)) (* 0 w1_0_0) !t0))
(define-fun !t2 () Real (ite (= (+ (* 0 w0_0_0) w0_0_1 b0_0) 0) (* (/ 1 2) w1_0_0) w1_0_0))
(define-fun !t3 () Real (ite (not (>= (+ (* 0 w0_0_0) w0_0_1 b0_0) 0)) (* 0 w1_0_0) !t2))
(define-fun !t4 () Real (ite (= (+ w0_0_0 (* 0 w0_0_1) b0_0) 0) (* (/ 1 2) w1_0_0) w1_0_0))
(define-fun !t5 () Real (ite (not (>= (+ w0_0_0 (* 0 w0_0_1) b0_0) 0)) (* 0 w1_0_0) !t4))
(define-fun !t6 () Real (ite (= (+ w0_0_0 w0_0_1 b0_0) 0) (* (/ 1 2) w1_0_0) w1_0_0))
(define-fun !t7 () Real (+ (ite (not (>= (+ w0_0_0 w0_0_1 b0_0) 0)) (* 0 w1_0_0) !t6) b1_0))
(assert (> (+ !t1 b1_0) (- 2)))
(assert (< (+ !t1 b1_0) 0))
(assert (> (+ !t3 b1_0) 0))
(assert (< (+ !t3 b1_0) 2))
(assert (> (+ !t5 b1_0) 0))
(assert (< (+ !t5 b1_0) 2))
(assert (> !t7 (- 2)))
(assert (< !t7 0))
(check-sat)
