//! The numbers a network is made of: `f32` to train, `f64` to check.

use std::fmt;
use std::iter::Sum;

use ndarray::{NdFloat, ScalarOperand};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::lanes::{LANES, Lanes};

/// A floating point number that networks can be built on.
///
/// `f32` is what the page trains with (only `f32` has a fast matrix kernel in WebAssembly). `f64` is for checks: a
/// central difference in `f32` agrees with backpropagation to 9e-3 at best, in `f64` to 2e-11.
///
/// The functions give the same bits natively and in WebAssembly; those of the standard library do not.
pub trait Real:
    NdFloat + ScalarOperand + Sum + Default + fmt::Display + Serialize + DeserializeOwned + Send + Sync
{
    /// Four of them.
    type Lanes: Lanes<Self>;

    /// Whether products are worked off in tiles of several registers: for training. Elsewhere one after the other, for
    /// every size of tile is a copy of a loop in the wasm, and a third of the layers' code.
    const TILED: bool;

    /// The nearest value to `value`.
    fn from_f64(value: f64) -> Self;
    /// The same value in double precision.
    fn double(self) -> f64;
    /// e to the power of `self`; for `f32` within 2 units in the last place.
    fn exponential(self) -> Self;
    /// The natural logarithm.
    fn logarithm(self) -> Self;

    /// 1 / (1 + e⁻ˣ), book 3.2.4. Exact at both ends: 0 far left, 1 far right, never outside.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        (Self::one() + (-self).exponential()).recip()
    }

    /// (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ), from one exponential of −2|x| so that it cannot overflow.
    #[inline(always)]
    fn hyperbolic_tangent(self) -> Self {
        let decay = (-(self.abs() + self.abs())).exponential();
        ((Self::one() - decay) / (Self::one() + decay)).copysign(self)
    }
}

impl Real for f32 {
    #[cfg(target_arch = "wasm32")]
    type Lanes = crate::lanes::Register;
    #[cfg(not(target_arch = "wasm32"))]
    type Lanes = [f32; LANES];
    const TILED: bool = true;

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn double(self) -> f64 {
        f64::from(self)
    }

    /// Without a branch or a call, so that the compiler makes SIMD of a loop over it: with the scalar function of a
    /// library an iteration of 784-50-10 takes a third longer. Range reduction and polynomial are those of Cephes'
    /// `expf` (S. L. Moshier).
    #[inline(always)]
    fn exponential(self) -> Self {
        // Outside, the result is 0 or infinite, set at the end. NaN fails both comparisons and stays NaN.
        let x = if self < -86.0 { -86.0 } else { self };
        let x = if x > 88.7 { 88.7 } else { x };
        // Adding and taking away 1.5·2²³ rounds to the nearest whole number.
        const ROUND: f32 = 12_582_912.0;
        let power = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
        // ln 2 in two parts, the first with so few digits that its product with `power` is exact.
        let rest = x - power * 0.693_359_4 + power * 2.121_944_4e-4;
        let polynomial = ((((1.987_569_1e-4 * rest + 1.398_199_9e-3) * rest + 8.333_452e-3) * rest
            + 4.166_579_6e-2)
            * rest
            + 1.666_666_5e-1)
            * rest
            + 0.5;
        let mantissa = polynomial * rest * rest + rest + 1.0;
        // Half the power of two, because 2¹²⁸ alone would be infinite. NaN casts to 0 and keeps its mantissa NaN.
        let half = f32::from_bits((((power as i32) + 126) << 23) as u32);
        let result = mantissa * half * 2.0;
        let result = if self < -86.0 { 0.0 } else { result };
        if self > 88.72 { f32::INFINITY } else { result }
    }

    #[inline(always)]
    fn logarithm(self) -> Self {
        libm::logf(self)
    }
}

impl Real for f64 {
    type Lanes = [f64; LANES];
    const TILED: bool = cfg!(not(target_arch = "wasm32"));

    #[inline(always)]
    fn from_f64(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn double(self) -> f64 {
        self
    }

    #[inline(always)]
    fn exponential(self) -> Self {
        libm::exp(self)
    }

    #[inline(always)]
    fn logarithm(self) -> Self {
        libm::log(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fast_exponential_agrees_with_libm() {
        let mut worst = 0.0_f64;
        for step in -860_000..=886_000 {
            let x = step as f32 * 1e-4;
            let exact = libm::exp(f64::from(x));
            worst = worst.max((f64::from(x.exponential()) / exact - 1.0).abs());
        }
        assert!(worst < 2.0 * f64::from(f32::EPSILON), "relative error {worst:e}");
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(0.0_f32.exponential(), 1.0);
        assert_eq!(f32::INFINITY.exponential(), f32::INFINITY);
        assert_eq!(1e4_f32.exponential(), f32::INFINITY);
        assert_eq!(f32::NEG_INFINITY.exponential(), 0.0);
        assert!(f32::NAN.exponential().is_nan());
        assert_eq!(f32::NEG_INFINITY.sigmoid(), 0.0);
        assert_eq!(100.0_f32.sigmoid(), 1.0);
        assert_eq!(1e30_f32.hyperbolic_tangent(), 1.0);
        assert_eq!((-1e30_f64).hyperbolic_tangent(), -1.0);
        assert_eq!(0.0_f32.hyperbolic_tangent(), 0.0);
    }

    #[test]
    fn tanh_agrees_with_libm() {
        for step in -1000..=1000 {
            let x = f64::from(step) * 0.01;
            assert!((x.hyperbolic_tangent() - libm::tanh(x)).abs() < 1e-15);
            assert!(((x as f32).hyperbolic_tangent() - libm::tanhf(x as f32)).abs() < 3e-7);
        }
    }
}
