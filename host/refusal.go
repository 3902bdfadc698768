package host

// refusal is why a listener drops a SYN.
type refusal uint8

const (
	taken refusal = iota // it does not
	ofSYNQueue
	ofAcceptQueue
	ofUnproven
	byPolicy
	byRecycle
	ofMemory
)

// refusals are what an observer is told of them.
var refusals = [...]string{
	ofSYNQueue:    "no place in its SYN queue",
	ofAcceptQueue: acceptQueueFull,
	ofUnproven:    "the rest of its SYN queue is for peers that are proven",
	byPolicy:      "a SYN with a FIN",
	byRecycle:     "its timestamp is older than the last from that address",
	ofMemory:      noMemory,
}

const (
	acceptQueueFull = "its accept queue is full"
	noMemory        = "no memory for a connection"
)

// dropped is the counter of a refusal.
func (l *Listener) dropped(why refusal) *uint64 {
	return [...]*uint64{
		ofSYNQueue:    &l.DroppedSYNQueue,
		ofAcceptQueue: &l.DroppedAcceptQueue,
		ofUnproven:    &l.DroppedUnproven,
		byPolicy:      &l.DroppedPolicy,
		byRecycle:     &l.DroppedRecycle,
		ofMemory:      &l.DroppedMemory,
	}[why]
}
