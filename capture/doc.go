// Package capture writes packets to pcapng files, for Wireshark and its like.
//
// Frames are Ethernet, which every reader takes from several interfaces at once
// (libpcap 1.10 refuses that of raw IP). Their addresses are made up from the
// addresses of the packets: 02:00 and the index in the Book, locally
// administered. They are those of the two ends, not of the next hop. An
// interface stands for a place that is captured: a node, or one end of a link. A
// packet may bear comments, and addresses may have names.
//
// Times are the simulated ones, from the start of 1970, in nanoseconds. Text is
// zero bytes; the headers and their checksums are real. A file is a function of
// what is put in: it names no machine, user or date.
package capture
