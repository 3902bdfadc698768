package experiments

func init() {
	elsewhere["node.*.tcp.insecure_rst"] = "tcp.TestInsecure"
	elsewhere["node.*.tcp.insecure_syn"] = "tcp.TestInsecure"
	elsewhere["node.*.tcp.time_wait_needs_ack"] = "tcp.TestTimeWaitNeedsACK"
	elsewhere["node.*.tcp.push_bursts"] = "tcp.TestPushBursts"
}
