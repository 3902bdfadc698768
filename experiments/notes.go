package experiments

// Notes are what a reader should know of the numbers: of each kind a line or some.
func (s *Study) Notes() ([]string, error) {
	lines, err := s.Unreached()
	return append(s.warnings(), lines...), err
}
