package language

// Figure is a drawing.
type Figure struct{}
type Expect struct{}
type Output struct{}

func (f *File) drawings() Faults { return nil }
