package tcp

// Event is something that a system counts of all its connections together, beside what
// segments and states tell. The names on the right are those of Linux
// (/proc/net/netstat).
type Event uint8

const (
	DelayedACKs        Event = iota // an ACK waited until its timer rang
	OldText                         // text or a FIN came that had come before (DelayedACKLost)
	PAWSRejected                    // PAWSEstab: a timestamp was too old
	PAWSAcks                        // PAWSOldAck: that of an ACK without text
	PAWSOpening                     // PAWSActive: a SYN,ACK echoed what was not sent
	EchoRejected                    // TSEcrRejected: so did the third segment of a handshake
	BeyondWindow                    // text came that the window had no room for
	ZeroWindowText                  // text came although the window was shut
	OutOfOrder                      // TCPOFOQueue: text is held beyond a gap
	TwiceOld                        // TCPDSACKOldSent: a block tells of text that had been acknowledged
	TwiceHeld                       // TCPDSACKOfoSent: that was held
	ToldTwice                       // TCPDSACKRecv
	ToldTwiceHeld                   // TCPDSACKOfoRecv
	Reneging                        // the peer dropped text that it had told of
	RecoveryBySACK                  // fast recovery began
	RecoveryByReno                  //
	RetransmitTimeout               // TCPTimeouts
	LossBegun                       // what was in flight is held lost since then
	RecoveryFailed                  // TCPSackRecoveryFail: a timeout in fast recovery
	RenoRecoveryFailed              //
	DisorderFailed                  // TCPSackFailures: one after text had been told of beyond a gap
	RenoDisorderFailed              //
	LossFailed                      // TCPLossFailures
	TailProbe                       // TCPLossProbes
	TailRepaired                    // TCPLossProbeRecovery
	TimeoutUndone                   // TCPSpuriousRTOs
	TwiceUndone                     // TCPDSACKUndo
	RequestReset                    // EmbryonicRsts: a RST or a SYN ended a request
	OpeningFailed                   // TcpAttemptFails
	EarlyReset                      // one more of these: opened by Fast Open, and reset
	ReadlessAbort                   // TCPAbortOnClose: a close found text unread
	TextAbort                       // TCPAbortOnData: text came for nobody, or the close was to reset
	TimeoutAbort                    // TCPAbortOnTimeout
	LingerAbort                     // TCPAbortOnLinger: FIN-WAIT-2 was to last no time
	SYNChallenged                   // TCPSYNChallenge
	SYNAnswered                     // of these, one outside the window by an ordinary ACK
	SYNInError                      // TcpInErrs: one of these in ESTABLISHED
	RecordMade                      // TW: an orphan in FIN-WAIT-2 is no more than a record from now on
	BriefRecordMade                 // TWKilled: for four seconds at most
	RecordKept                      // and its FIN came: it is the same record in TIME-WAIT
	RequestLost                     // ICMP ended a request
	StrayReport                     // OutOfWindowIcmps: it quoted what is not in flight
	SkippedRequest                  // TCPACKSkippedSynRecv: an answer was kept back, too soon after another
	SkippedPAWS                     //
	SkippedOld                      // TCPACKSkippedSeq
	SkippedChallenge                //
	SkippedFinWait2                 //
	Kept                            // TCPKeepAlive: a probe was sent
	WindowProbe                     // TCPWinProbe
	ACKDeferred                     // TCPDeferAcceptDrop
	FastAcked                       // TCPFastOpenActive: text of a SYN was acknowledged
	FastFailed                      // TCPFastOpenActiveFail
	Events                          // how many
)

// An event is a bit of 64.
const _ = uint(64 - Events)

// note counts an event until the host asks.
func (c *Conn) note(e Event) { c.events |= 1 << e }

// Events takes what has happened since it was last asked: a bit for each, 1<<[Event].
func (c *Conn) Events() uint64 {
	e := c.events
	c.events = 0
	return e
}
