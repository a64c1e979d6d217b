//! The real program from outside: its command line, its screen, its server.

mod administering;
mod as_of;
mod attaching;
mod checking;
mod desk;
mod durability;
mod evidence;
mod forging;
mod hostile;
mod joining;
mod killing;
mod memory;
mod modes;
mod networking;
mod office;
mod read_only;
mod recording;
mod registers;
mod rejudging;
mod ruling;
mod screens;
mod settings;
mod signals;
mod support;
mod terminal;
mod trial;
