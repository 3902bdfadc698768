package language

// attackKeys are the keys of a flow of forged segments besides those of its arrivals.
var attackKeys = []string{"kind", "label", "from", "to", "spread", "pick", "spoof", "local.port", "keepalive"}

// forgeries are the kinds of flows that forge segments, with whose addresses these
// are from if the file does not say: a blind reset is from the one whose connection
// it is to end.
var forgeries = map[string]string{"syn-flood": "silent", "stale-syn": "none", "blind-rst": ""}

// forged tells whether a flow is one of forged segments.
func (c *config) forged(flow string) bool {
	kind, _ := c.value("flow." + flow + ".kind")
	word, _ := kind.(string)
	_, forges := forgeries[word]
	return forges
}

// Forges tells whether the flow sends forged segments and opens no connections.
func (f *Flow) Forges() bool {
	_, forges := forgeries[f.Kind]
	return forges
}

// checkAttack looks at whose addresses forged segments have.
func (c *config) checkAttack(s *Spec, f *Flow) {
	path := "flow." + f.Name
	if !f.Forges() || c.bad(path+".spoof") {
		return
	}
	if f.Spoof == "" {
		f.Spoof = forgeries[f.Kind]
	}
	switch f.Spoof {
	case "":
		c.need(path, "spoof", `"client"`)
	case "silent", "none":
		if f.Kind == "blind-rst" && f.Spoof == "silent" {
			c.fault(path+".spoof", wrongf(`write spoof = "client"`, "nobody's resets end nobody's connections"))
		}
	default:
		c.checkHost(path+".spoof", f.Spoof)
	}
}
