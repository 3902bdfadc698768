package packetdrill

// errno is the name of an error, "" for none. Names are those of the system that the
// profile is of; where two systems have two names for one number, either will do.
type errno string

// same reports whether two names mean one error.
func (e errno) same(other string) bool {
	return e.canonical() == errno(other).canonical()
}

func (e errno) canonical() errno {
	switch e {
	case "EWOULDBLOCK":
		return "EAGAIN"
	case "EOPNOTSUPP":
		return "ENOTSUP"
	}
	return e
}
