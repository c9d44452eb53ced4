//! What is left of a panic.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs when the module is instantiated: keeps the message of a panic for the page, which replaces the worker. The trap that
/// follows says only "unreachable".
#[wasm_bindgen(start)]
pub fn keep_panic_messages() {
    std::panic::set_hook(Box::new(|panic| LAST.with(|last| *last.borrow_mut() = Some(panic.to_string()))));
}

/// The message and place of the last panic, if there was one. After it nothing else of this module may be used.
#[wasm_bindgen(js_name = lastPanic)]
pub fn last_panic() -> Option<String> {
    LAST.with(|last| last.borrow().clone())
}
