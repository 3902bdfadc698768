package packetdrill

import (
	"time"

	"netsim/des"
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
	m := linuxInfo(r, s, &i)
	if r.bsd() {
		m = bsdInfo(&i)
	}
	options := uint64(0)
	for bit, on := range [...]bool{i.Timestamps, i.SACK, i.Scaling, i.ECN, false, i.EarlyText} {
		if on {
			options |= 1 << bit
		}
	}
	m["tcpi_state"], m["tcpi_options"] = uint64(constants[states[i.State]]), options
	m["tcpi_snd_wscale"], m["tcpi_rcv_wscale"] = uint64(i.SendScale), uint64(i.ReceiveScale)
	m["tcpi_rto"], m["tcpi_rtt"] = uint64(i.RTO.Microseconds()), uint64(i.SRTT.Microseconds())
	m["tcpi_snd_wnd"] = uint64(i.SendWindow)
	return m
}

// linuxInfo are the other fields as Linux has them, its windows in segments.
func linuxInfo(r *runner, s *socket, i *tcp.Info) map[string]uint64 {
	threshold := uint64(1<<31 - 1)
	if i.Threshold < tcp.NoThreshold {
		threshold = uint64(i.Threshold / i.MSS)
	}
	rttvar := i.RTTVar
	if i.SRTT == 0 {
		rttvar = r.profile.RTOInitial / 4
	}
	m := map[string]uint64{
		"tcpi_ca_state":    uint64(i.CA),
		"tcpi_retransmits": uint64(i.Retransmits), "tcpi_backoff": uint64(i.Backoff), "tcpi_probes": uint64(i.Probes),
		"tcpi_ato": uint64(i.ATO.Microseconds()), "tcpi_rttvar": uint64(rttvar.Microseconds()),
		"tcpi_snd_mss": uint64(i.MSS), "tcpi_rcv_mss": 536, "tcpi_advmss": uint64(i.AdvMSS), "tcpi_pmtu": uint64(r.setup.mtu),
		"tcpi_snd_cwnd": uint64(i.Window / i.MSS), "tcpi_snd_ssthresh": threshold,
		"tcpi_unacked": uint64(i.Unacked), "tcpi_sacked": uint64(i.SACKed), "tcpi_lost": uint64(i.Lost), "tcpi_retrans": uint64(i.Again),
		"tcpi_fackets": 0, "tcpi_reordering": uint64(r.profile.DupThresh), "tcpi_total_retrans": uint64(i.Resent), "tcpi_delivered": uint64(i.Delivered),
		"tcpi_bytes_acked": i.BytesAcked, "tcpi_bytes_received": i.BytesReceived, "tcpi_notsent_bytes": uint64(i.NotSent),
		"tcpi_segs_in": uint64(i.SegmentsIn), "tcpi_segs_out": uint64(i.SegmentsOut), "tcpi_data_segs_out": uint64(i.TextSent),
	}
	if s.flow == nil {
		return m
	}
	who := s.flow.who
	t, since := r.traffic(who), r.world.since[who]
	ago := func(at des.Time) uint64 { return uint64(r.now().Sub(max(at, since)) / time.Millisecond) }
	m["tcpi_last_data_sent"], m["tcpi_last_data_recv"], m["tcpi_last_ack_recv"] = ago(t.textSent), ago(t.textHeard), ago(t.ackHeard)
	m["tcpi_last_ack_sent"] = 0 // not remembered (tcp_get_info)
	m["tcpi_bytes_sent"], m["tcpi_bytes_retrans"], m["tcpi_data_segs_in"] = t.bytesSent, t.bytesAgain, t.textSegments
	return m
}

// bsdInfo are those of FreeBSD (tcp_fill_info), its windows in bytes and its segments with
// the room of options.
func bsdInfo(i *tcp.Info) map[string]uint64 {
	mss, threshold, window := uint64(i.MSS), uint64(65535<<14), uint64(i.Window)
	if i.Timestamps {
		mss += 12
	}
	if i.Threshold < tcp.NoThreshold {
		threshold = uint64(i.Threshold)
	}
	if i.State < tcp.Established {
		window = 65535 << 14 // tcp_newtcpcb
	}
	return map[string]uint64{
		"tcpi_rttvar": uint64(i.RTTVar.Microseconds()), "tcpi_snd_mss": mss, "tcpi_rcv_mss": mss,
		"tcpi_snd_cwnd": window, "tcpi_snd_ssthresh": threshold, "tcpi_rcv_space": uint64(i.ReceiveWindow),
		"tcpi_snd_rexmitpack": uint64(i.Resent), "tcpi_snd_bwnd": 0, "tcpi_toe_tid": 0,
		"tcpi_unacked": uint64(i.Unacked), "tcpi_total_retrans": uint64(i.Resent), "tcpi_retransmits": uint64(i.Retransmits),
		"tcpi_advmss": uint64(i.AdvMSS), "tcpi_bytes_acked": i.BytesAcked, "tcpi_bytes_received": i.BytesReceived,
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
