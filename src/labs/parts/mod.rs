//! What several labs are made of, by concept.

mod curves;
mod diagnosis;
mod drag;
mod fields;
mod guess;
mod look_back;
mod maps;
mod nets;
mod network;
mod numbers;
mod runs;
mod surfaces;

pub(super) use curves::{
    accuracy_plane, axis, curve, fixed, iterations, line, loss_curve, loss_plane, pictures, plane,
    smooth_loss_curve,
};
pub(super) use diagnosis::{diagnosis, ways_out};
pub(super) use drag::{moved, place};
pub(super) use fields::{
    Condition, DIFFERENCE, HELP_RATE, INIT, OPTIMIZER, START_X0, START_X1, activation, batch, hidden,
    iterations_field, seed, std,
};
pub(super) use guess::{lowest_loss, which_is_best};
pub(super) use look_back::{
    curves_seen, drag_to_look, looking_back, loss_seen, numbers_seen, seen_on, to_look_back,
};
pub(super) use maps::{feature_image, feature_maps, is_whole};
pub(super) use nets::{
    activation_layer, init, layer_sizes, mnist, mnist_plan, named_net, optimizer, sampled_plan, two_layer_net,
};
pub(super) use network::{dead_units, speakers, unit_images};
pub(super) use numbers::{
    bracketed, grouped, listed, loss_value, number, rate_name, set_rate, shade, significant, told,
};
pub(super) use runs::{Run, finished, loss_chart, run_table, runs, slowest, test_accuracy_chart};
pub(super) use surfaces::{arrows, descend, goes_on, ground, map, minima, relief, start};
