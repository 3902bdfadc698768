package language

func (c *config) check(s *Spec) {}
