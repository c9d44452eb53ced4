//! Numerics: layers, losses, update rules and the network made of them. Knows no lab, chart, clock or browser.
//!
//! In reading order: [`spec`] says what a network is, [`layer`] what every layer does, [`layers`] the layers,
//! [`loss`] the losses, [`chain`] runs layers, [`network`] a whole net, [`optimizer`] moves the weights, [`gradient`] checks
//! all of it, [`apart`] and [`statistics`] look inside, [`im2col`] shows a convolution place by place. [`networks`] are
//! those that have a name, [`plain`] does a few of them in plain loops, for differences.

pub mod apart;
pub mod chain;
pub mod gradient;
pub mod im2col;
pub mod init;
pub mod layer;
pub mod layers;
pub mod loss;
pub mod network;
pub mod networks;
pub mod optimizer;
pub mod plain;
pub mod spec;
pub mod statistics;
