package packetdrill

import "netsim/packetdrill/script"

// shell runs a command.
func (r *runner) shell(s *script.Shell) error {
	return &unsupported{at: s.Pos, what: "command " + s.Text}
}

// code runs a program.
func (r *runner) code(c *script.Code) error {
	return &unsupported{at: c.Pos, what: "program"}
}
