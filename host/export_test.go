package host

// Condense lets every half-open connection of a listener be a request at once, as in
// a flood.
func (st *Stack) Condense() { st.atHand = 0 }
