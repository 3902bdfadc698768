// Package host is the end systems: where connections meet the world. A [Stack]
// holds what all hosts of a world share, the demultiplexer, the sockets and the
// room where TIME-WAIT is waited out; a [Host] is one of them, with its
// addresses, ports and listeners; a [Socket] is a connection with its alarm and
// its [App]. After every input a socket is pumped: what it has to send is sent,
// its state is accounted for, its App is told.
//
// A [Listener] has two queues of equal length. In the first wait requests, half-open
// connections that are records and no sockets; when it is full a SYN is dropped, or
// answered by a cookie. In the second wait connections to be accepted, if that is not
// done at once.
//
// [Limits] bounds the memory that the connections of a host hold, and gives it processors,
// which segments wait for.
package host
