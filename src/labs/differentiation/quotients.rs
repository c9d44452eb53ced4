//! Difference quotients, in the numbers of two precisions.

/// Which difference is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// (f(x + h) − f(x − h)) / 2h
    Central,
    /// (f(x + h) − f(x)) / h
    Forward,
}

impl Kind {
    pub(super) fn of(name: &str) -> Self {
        if name == "forward" { Self::Forward } else { Self::Central }
    }

    /// The two places whose values are subtracted, the lower one first.
    pub(super) fn places(self, x: f64, h: f64) -> [f64; 2] {
        match self {
            Self::Central => [x - h, x + h],
            Self::Forward => [x, x + h],
        }
    }
}

/// The difference quotient in double precision.
pub(super) fn double(f: &dyn Fn(f64) -> f64, kind: Kind, x: f64, h: f64) -> f64 {
    let [low, high] = kind.places(x, h).map(f);
    (high - low) / if kind == Kind::Central { 2.0 * h } else { h }
}

/// The same in single precision; not a number where h is 0 there.
pub(super) fn single(f: &dyn Fn(f32) -> f32, kind: Kind, x: f64, h: f64) -> f64 {
    let (x, h) = (x as f32, h as f32);
    f64::from(match kind {
        Kind::Central => (f(x + h) - f(x - h)) / (2.0 * h),
        Kind::Forward => (f(x + h) - f(x)) / h,
    })
}

/// How far a quotient is from the derivative.
pub(super) fn error(quotient: f64, exact: f64) -> f64 {
    (quotient - exact).abs()
}

/// Whether a function has a kink at x: its slopes to both sides differ by as much however near they are taken.
pub(super) fn has_kink(f: &dyn Fn(f64) -> f64, x: f64) -> bool {
    let slopes = |h: f64| [h, -h].map(|h| double(f, Kind::Forward, x, h));
    let jump = |[right, left]: [f64; 2]| (right - left).abs();
    let (far, near) = (slopes(1e-4), slopes(1e-5));
    // More than what rounding does to the quotients. The slopes of a smooth function come together as h shrinks.
    let rounding = 1e-6 * near[0].abs().max(near[1].abs()) + 1e-8 * f(x).abs();
    jump(near) > rounding && (0.8..1.25).contains(&(jump(near) / jump(far)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_book() {
        // 4.3.2 and 4.3.3.
        let f = |x: f64| 0.01 * (x * x) + 0.1 * x;
        let at = |x| double(&f, Kind::Central, x, 1e-4);
        assert_eq!((at(5.0), at(10.0)), (0.199_999_999_999_089_8, 0.299_999_999_998_634_7));
        let partial = |other: f64, x| double(&|x| x * x + other * other, Kind::Central, x, 1e-4);
        assert_eq!((partial(4.0, 3.0), partial(3.0, 4.0)), (6.000_000_000_003_78, 7.999_999_999_999_119));
    }

    #[test]
    fn what_single_precision_cannot_hold_is_no_slope() {
        // 4.3.1: np.float32(1e-50) is 0.
        assert!(single(&|x| x * x, Kind::Forward, 5.0, 1e-50).is_nan());
        assert_eq!(double(&|x| x * x, Kind::Forward, 5.0, 1e-50), 0.0);
    }

    #[test]
    fn kinks_are_told_from_bends() {
        let kinks: [(&dyn Fn(f64) -> f64, f64); 3] =
            [(&f64::abs, 0.0), (&|x| x.max(0.0), 0.0), (&|x| (x - 2.0).abs() * 1e3, 2.0)];
        for (f, x) in kinks {
            assert!(has_kink(f, x) && !has_kink(f, x + 0.5), "{x}");
        }
        let smooth: [(&dyn Fn(f64) -> f64, f64); 7] = [
            (&|x| x * x, 0.0),
            (&|x| 1e4 * x * x, 0.0),
            (&f64::sin, 1.5),
            (&|x| (20.0 * x).exp(), 1.0),
            (&f64::sqrt, 0.0),
            (&|_| 2.0, 1.0),
            (&|x| 1e12 + x, 20.0),
        ];
        for (index, (f, x)) in smooth.into_iter().enumerate() {
            assert!(!has_kink(f, x), "{index}");
        }
    }
}
