// Package tcp is the protocol, pure: a connection is told things and asked
// things, and never schedules, sends, locks or logs.
//
// Told: [Conn.Open], [Conn.Listen], [Conn.Segment], [Conn.Write], [Conn.Read],
// [Conn.Shutdown], [Conn.Close], [Conn.Abort], [Conn.Timeout]. Asked, after
// every one of these: [Conn.Emit] until it has no more to send, [Conn.News],
// [Conn.Deadline]. What waits out TIME-WAIT is a compact [TimeWait] record; what
// answers for connections that do not exist is [Reset].
//
// The code follows RFC 9293 in its order: user.go is section 3.10.1 to 3.10.6,
// input.go is section 3.10.7, alarms.go is section 3.10.8. What an operating
// system does differently is a value of its [Profile].
package tcp
