//! Stories about what people live through with the app, from login to logout.

mod arrival;
mod attacks;
mod clients;
mod evicted;
mod family;
mod kill;
mod killed;
mod logout;
mod long;
mod offline;
mod older;
mod private;
mod quota;
mod replay;
mod screens;
mod tabs;
mod tick;
mod waking;
mod web_storage;
