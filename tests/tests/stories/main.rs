//! Stories about what people live through with the app, from login to logout.

mod arrival;
mod attacks;
mod clients;
mod family;
mod kill;
mod killed;
mod logout;
mod long;
mod offline;
mod older;
mod quota;
mod replay;
mod screens;
mod tabs;
mod tick;
