// Package language reads experiment files: TOML in, checked configurations out.
//
// Everything in a file has one path. It is a parameter, of which the table of
// [Keys] knows the type, unit, default and meaning, or a metric, of which the
// table of [Metrics] does; never both. Whatever can be known before a run is
// checked before it, and all faults of a file are reported at once as
//
//	file:line:col: path: what is wrong; what would be right
//
// The way of a file: scan finds where everything stands, the TOML decoder gives
// the values, read holds them against the schema and sorts them into layers, a
// config merges the layers of one [Point] and computes what is computed, check
// looks at the whole, and bind makes the [Spec] that a world is built from.
// Figures and expectations stay with the [File]; their expressions ask a
// [Lookup] for the values of their slots.
package language
