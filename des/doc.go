// Package des is the ground of the simulator: time, events and random streams.
//
// A component that waits for something owns an [Event] as a field and gives it
// to a [Sim] with a time. There are no closures, channels or goroutines: when
// the time comes the Sim calls the Fire method of the event's [Handler]. An
// event has at most one appointment; it can be moved and is really removed when
// cancelled.
//
// Events at equal times fire in the order of their [Rank], which belongs to the
// event and not to the history of who scheduled first. A run is therefore a
// function of the world and its seed, and of nothing else.
package des
