package packetdrill

import (
	"netsim/packetdrill/assert"
	"netsim/tcp"
)

// states are the states of a connection under the names that assertions have.
var states = [...]string{tcp.Closed: "TCP_CLOSE", tcp.Listen: "TCP_LISTEN", tcp.SynSent: "TCP_SYN_SENT", tcp.SynReceived: "TCP_SYN_RECV",
	tcp.Established: "TCP_ESTABLISHED", tcp.FinWait1: "TCP_FIN_WAIT1", tcp.FinWait2: "TCP_FIN_WAIT2", tcp.CloseWait: "TCP_CLOSE_WAIT",
	tcp.Closing: "TCP_CLOSING", tcp.LastAck: "TCP_LAST_ACK", tcp.TimeWaiting: "TCP_TIME_WAIT"}

// bsd reports whether numbers are those of FreeBSD.
func (r *runner) bsd() bool { return r.profile.Name == "freebsd" }

// info is the TCP_INFO of a socket, by the names of its fields. Linux counts windows
// in segments, FreeBSD in bytes.
func (r *runner) info(s *socket) map[string]uint64 {
	constants := assert.Constants(r.bsd())
	var i tcp.Info
	switch {
	case s.conn != nil:
		i = s.conn.Info()
	case s.info != nil:
		i = *s.info
		i.State = tcp.Closed
	default:
		state := tcp.Closed
		switch {
		case s.phase == listening:
			state = tcp.Listen
		case s.phase == over && s.final == tcp.TimeWaiting && r.waits(s):
			state = tcp.TimeWaiting
		}
		return map[string]uint64{"tcpi_state": uint64(constants[states[state]])}
	}
	unit, threshold := uint64(i.MSS), uint64(1<<31-1)
	if r.bsd() {
		unit, threshold = 1, 1<<30-1
	}
	if i.Threshold < tcp.NoThreshold {
		threshold = uint64(i.Threshold) / unit
	}
	options := uint64(0)
	for bit, on := range [...]bool{i.Timestamps, i.SACK, i.Scaling, i.ECN, false, i.EarlyText} {
		if on {
			options |= 1 << bit
		}
	}
	rttvar := i.RTTVar
	if i.SRTT == 0 {
		rttvar = r.profile.RTOInitial / 4
	}
	return map[string]uint64{
		"tcpi_state": uint64(constants[states[i.State]]), "tcpi_ca_state": uint64(i.CA), "tcpi_options": options,
		"tcpi_retransmits": uint64(i.Retransmits), "tcpi_backoff": uint64(i.Retransmits), "tcpi_probes": uint64(i.Probes),
		"tcpi_snd_wscale": uint64(i.SendScale), "tcpi_rcv_wscale": uint64(i.ReceiveScale),
		"tcpi_rto": uint64(i.RTO.Microseconds()), "tcpi_ato": uint64(i.ATO.Microseconds()),
		"tcpi_rtt": uint64(i.SRTT.Microseconds()), "tcpi_rttvar": uint64(rttvar.Microseconds()),
		"tcpi_snd_mss": uint64(i.MSS), "tcpi_rcv_mss": 536, "tcpi_advmss": uint64(i.AdvMSS), "tcpi_pmtu": uint64(r.setup.mtu),
		"tcpi_snd_cwnd": uint64(i.Window) / unit, "tcpi_snd_ssthresh": threshold, "tcpi_snd_wnd": uint64(i.SendWindow),
		"tcpi_unacked": uint64(i.Unacked), "tcpi_sacked": uint64(i.SACKed), "tcpi_lost": uint64(i.Lost), "tcpi_retrans": uint64(i.Again),
		"tcpi_fackets": 0, "tcpi_reordering": 3, "tcpi_total_retrans": uint64(i.Resent), "tcpi_delivered": uint64(i.Delivered),
		"tcpi_bytes_acked": i.BytesAcked, "tcpi_bytes_received": i.BytesReceived, "tcpi_notsent_bytes": uint64(i.NotSent),
		"tcpi_segs_in": uint64(i.SegmentsIn), "tcpi_segs_out": uint64(i.SegmentsOut), "tcpi_data_segs_out": uint64(i.TextSent),
	}
}

// waits reports whether the socket's connection is in TIME-WAIT still.
func (r *runner) waits(s *socket) bool {
	if s.phase != over || s.final != tcp.TimeWaiting {
		return false
	}
	for _, row := range r.host.Connections() {
		if row.State == tcp.TimeWaiting && s.flow != nil && row.LocalPort == s.flow.local && row.RemotePort == s.flow.remote {
			return true
		}
	}
	return false
}
