package experiments

func init() {
	elsewhere["node.*.tcp.resets_unread"] = "packetdrill: close/text-after-shutdown-of-both.pkt"
	elsewhere["node.*.tcp.brief_fin_wait_2"] = "packetdrill: reset/in-window-of-an-orphan.pkt"
	elsewhere["node.*.tcp.fin_waits"] = "packetdrill: close/fin-waits-for-the-window.pkt"
	elsewhere["node.*.tcp.old_ack_bound"] = "packetdrill: handshake/ack-of-the-syn-alone.pkt"
	elsewhere["node.*.tcp.checks_echo"] = "packetdrill: handshake/echo-of-no-timestamp.pkt"
	elsewhere["node.*.tcp.user_timeout_from_resend"] = "packetdrill: timeout/user-timeout-from-the-first-resend.pkt"
	elsewhere["node.*.tcp.whole_segments"] = "packetdrill: handshake/window-with-timestamps.pkt"
	elsewhere["node.*.tcp.resends_sent"] = "packetdrill: resend/as-it-was-sent.pkt"
}
