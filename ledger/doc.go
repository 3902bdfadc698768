// Package ledger keeps records by the million, without a pointer in them and without
// an event for each: a [Slab] holds them by number, a [Chain] lets those go whose time
// has come, and a [Table] finds one by the hash of its key. TIME-WAIT, half-open
// requests and the sessions of middleboxes are kept so.
package ledger
