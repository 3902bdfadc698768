//go:build kernel && linux && (amd64 || arm64)

package packetdrill

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"netsim/des"
	"netsim/packetdrill/script"
)

// underway is a call that the kernel has not yet been seen to return from.
type underway struct {
	waiting
	returned chan struct{}
	value    int64
	errno    syscall.Errno
	at       des.Time                  // when it returned
	check    func(n int64) error       // of what it wrote through its pointers
	then     func(n int64) *descriptor // if it succeeded
}

// enter makes a system call of numbers and pointers.
func enter(number uintptr, args ...any) (int64, syscall.Errno) {
	var a [6]uintptr
	for i, arg := range args {
		switch v := arg.(type) {
		case int:
			a[i] = uintptr(v)
		case int64:
			a[i] = uintptr(v)
		case uintptr:
			a[i] = v
		case unsafe.Pointer:
			a[i] = uintptr(v)
		case []byte:
			a[i] = uintptr(unsafe.Pointer(unsafe.SliceData(v)))
		default:
			panic(fmt.Sprintf("%T", arg))
		}
	}
	n, _, e := syscall.Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5])
	runtime.KeepAlive(args)
	if e != 0 {
		return -1, e
	}
	return int64(n), 0
}

// prepared is a call with its arguments: make blocks as it does.
type prepared struct {
	make  func() (int64, syscall.Errno)
	check func(n int64) error
	then  func(n int64) *descriptor
	here  bool // it must be made by the thread of the namespace
}

// call makes a call and holds its result against that of the script. Each is made by a
// thread of its own: that it may wait is for the kernel to say.
func (k *real) call(e *script.Event, c *script.Call) error {
	if err := k.await(); err != nil {
		return err
	}
	p, err := k.prepare(c)
	if err != nil {
		return err
	}
	now := k.now()
	w := &underway{waiting: waiting{call: c, pos: e.Pos, began: now, from: now, to: now}, returned: make(chan struct{}), check: p.check, then: p.then}
	if c.Until != nil {
		w.blocks = true
		w.from = plus(k.base, c.Until.At)
		if c.Until.Relative {
			w.from = plus(now, c.Until.At-e.When.At)
		}
		w.to = w.from
	}
	k.wait = w
	run := func() {
		w.value, w.errno = p.make()
		w.at = k.now()
		close(w.returned)
	}
	if p.here {
		run()
	} else {
		go run()
	}
	if c.Until != nil {
		return nil
	}
	return k.await()
}

// poke looks whether the call that waits has returned.
func (k *real) poke() error {
	if k.wait == nil {
		return nil
	}
	select {
	case <-k.wait.returned:
		return k.await()
	default:
		return nil
	}
}

// await waits until the call that waits has returned.
func (k *real) await() error {
	w := k.wait
	if w == nil {
		return nil
	}
	limit := 10 * time.Second
	if w.blocks && !k.record {
		limit = plus(w.to, k.setup.tolerance+w.to.Sub(w.began)/8).Sub(k.now()) + 20*time.Millisecond
	}
	k.wait = nil
	select {
	case <-w.returned:
	case <-time.After(limit):
		return &failure{at: w.pos, want: fmt.Sprintf("%s to return at %s", callText(w.call), k.clock(w.to)), got: "no return until then"}
	}
	x := result{value: w.value}
	if w.errno != 0 {
		x.errno = errno(errnoNames[w.errno])
		if x.errno == "" {
			x.errno = errno(fmt.Sprintf("E%d", int(w.errno)))
		}
	} else {
		if w.then != nil {
			if d := w.then(w.value); d != nil {
				x.value = k.give(d, w.call)
			}
		}
		if w.check != nil {
			x.err = w.check(w.value)
		}
	}
	text := callText(w.call) + " = " + x.String()
	if f, ok := x.err.(*failure); ok && k.record {
		text += ", with " + f.got + " for " + f.want
	}
	k.rows = append(k.rows, Row{At: w.at.Sub(k.base), Pos: w.pos, Kind: Called, Text: text})
	if k.record {
		return nil
	}
	if w.blocks && (w.at-w.to).Sub(0).Abs() > max(k.setup.tolerance, w.to.Sub(w.began)/8) {
		return &failure{at: w.pos, want: fmt.Sprintf("%s to return at %s", callText(w.call), k.clock(w.to)), got: fmt.Sprintf("%v at %s", x, k.clock(w.at))}
	}
	return k.compare(&w.waiting, x)
}

// give enters a new file under the number that the script expects.
func (k *real) give(d *descriptor, c *script.Call) int64 {
	fd := int64(3)
	if c.Result != nil {
		if n, err := k.number(c.Result); err == nil && n >= 0 {
			fd = n
		}
	}
	for k.files[fd] != nil {
		fd++
	}
	k.files[fd] = d
	d.fd = fd
	k.opened = append(k.opened, d)
	return fd
}

// prepare reads the arguments of a call.
func (k *real) prepare(c *script.Call) (p prepared, err error) {
	defer func() { // of missing arguments
		if recover() != nil {
			err = &failure{want: c.Name + " with its arguments", got: callText(c)}
		}
	}()
	switch c.Name {
	case "socket":
		return k.socketCall(c)
	case "epoll_create", "epoll_create1":
		p.make = func() (int64, syscall.Errno) { return enter(syscall.SYS_EPOLL_CREATE1, syscall.EPOLL_CLOEXEC) }
		p.then = func(n int64) *descriptor { return &descriptor{live: int(n)} }
		return p, nil
	case "poll":
		return k.poll(c)
	}
	fd, err := k.number(c.Args[0])
	if err != nil {
		return p, err
	}
	d := k.files[fd]
	if d == nil {
		d = &descriptor{live: 1 << 20} // EBADF
	}
	switch c.Name {
	case "bind", "connect":
		return k.address(c, d)
	case "listen":
		n, err := k.numberArg(c, 1, 1)
		return prepared{make: func() (int64, syscall.Errno) { return enter(syscall.SYS_LISTEN, d.live, n) },
			then: func(int64) *descriptor {
				d.listening, k.subject, k.current, d.flow = true, &d.socket, nil, nil
				return nil
			}}, err
	case "accept", "accept4":
		return k.accept(c, d)
	case "close":
		return prepared{make: func() (int64, syscall.Errno) { return enter(syscall.SYS_CLOSE, d.live) },
			then: func(int64) *descriptor { d.closed = true; delete(k.files, fd); return nil }}, nil
	case "shutdown", "fcntl":
		return k.plain(c, d)
	case "ioctl":
		return k.ioctl(c, d)
	case "getsockopt", "setsockopt":
		return k.sockopt(c, d)
	case "getsockname", "getpeername":
		number := map[string]uintptr{"getsockname": syscall.SYS_GETSOCKNAME, "getpeername": syscall.SYS_GETPEERNAME}[c.Name]
		return prepared{make: func() (int64, syscall.Errno) {
			_, n, e := name(number, d.live)
			return n, e
		}}, nil
	case "epoll_ctl":
		return k.epollControl(c, d)
	case "epoll_wait", "epoll_pwait":
		return k.epollWait(c, d)
	}
	return k.transfer(c, d)
}

// socketCall is socket(), of the thread's namespace.
func (k *real) socketCall(c *script.Call) (p prepared, err error) {
	kind, err := k.number(c.Args[1])
	if err != nil {
		return p, err
	}
	protocol, err := k.numberArg(c, 2, 6)
	family := uintptr(syscall.AF_INET)
	if k.setup.six {
		family = syscall.AF_INET6
	}
	p.here = true
	p.make = func() (int64, syscall.Errno) {
		return enter(syscall.SYS_SOCKET, family, uintptr(kind)|syscall.SOCK_CLOEXEC, protocol)
	}
	p.then = func(n int64) *descriptor {
		d := &descriptor{live: int(n)}
		k.subject = &d.socket
		_ = syscall.SetsockoptString(d.live, 6, 13, "cubic") // TCP_CONGESTION: the default, where a machine has not another
		return d
	}
	return p, err
}

// sockaddrOf is an address as the kernel reads it.
func (k *real) sockaddrOf(a sockaddr) []byte {
	if a.unspec {
		return make([]byte, 16)
	}
	b := make([]byte, 2, 28)
	ip := a.ip
	if k.setup.six && a.family != "AF_INET" || a.family == "AF_INET6" {
		binary.NativeEndian.PutUint16(b, syscall.AF_INET6)
		b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16(b, a.port), 0)
		if !ip.IsValid() {
			return b[:28]
		}
		bytes := ip.As16()
		return append(b, bytes[:]...)[:28]
	}
	binary.NativeEndian.PutUint16(b, syscall.AF_INET)
	b = binary.BigEndian.AppendUint16(b, a.port)
	if ip.IsValid() {
		bytes := ip.Unmap().As4()
		b = append(b, bytes[:]...)
	}
	return b[:16]
}

// address is bind() and connect().
func (k *real) address(c *script.Call, d *descriptor) (p prepared, err error) {
	number, own := uintptr(syscall.SYS_BIND), k.near()
	if c.Name == "connect" {
		number, own = syscall.SYS_CONNECT, k.far()
	}
	a, err := k.addressArg(c, 1, own)
	if err != nil {
		return p, err
	}
	b := k.sockaddrOf(a)
	if c.Name == "bind" {
		d.port = a.port
	} else if !a.unspec && (d.phase != connecting || d.flow != nil) {
		k.subject, k.current, d.flow, d.phase = &d.socket, nil, nil, connecting
	}
	p.make = func() (int64, syscall.Errno) { return enter(number, d.live, b, len(b)) }
	return p, nil
}

// name is getsockname() and getpeername(): the port.
func name(number uintptr, live int) (port uint16, n int64, e syscall.Errno) {
	var b [28]byte
	size := uint32(len(b))
	n, e = enter(number, live, b[:], unsafe.Pointer(&size))
	return binary.BigEndian.Uint16(b[2:]), n, e
}

// accept is accept() and accept4().
func (k *real) accept(c *script.Call, d *descriptor) (p prepared, err error) {
	flags, err := k.numberArg(c, 3, 0)
	p.make = func() (int64, syscall.Errno) {
		return enter(syscall.SYS_ACCEPT4, d.live, 0, 0, flags|syscall.SOCK_CLOEXEC)
	}
	p.then = func(n int64) *descriptor {
		child := &descriptor{live: int(n)}
		local, _, _ := name(syscall.SYS_GETSOCKNAME, child.live)
		remote, _, e := name(syscall.SYS_GETPEERNAME, child.live)
		if e != 0 && k.current != nil { // it is over, and it was this one
			local, remote = k.current.local, k.current.remote
		}
		for _, f := range k.flows {
			if f.local == local && f.remote == remote {
				child.flow, k.current, k.subject = f, f, &child.socket
			}
		}
		return child
	}
	return p, err
}

// plain is a call whose arguments are numbers.
func (k *real) plain(c *script.Call, d *descriptor) (p prepared, err error) {
	a, err := k.numberArg(c, 1, 0)
	if err != nil {
		return p, err
	}
	b, err := k.numberArg(c, 2, 0)
	number := uintptr(syscall.SYS_FCNTL)
	if c.Name == "shutdown" {
		number = syscall.SYS_SHUTDOWN
	}
	p.make = func() (int64, syscall.Errno) { return enter(number, d.live, a, b) }
	return p, err
}

// ioctl is ioctl() about an int.
func (k *real) ioctl(c *script.Call, d *descriptor) (p prepared, err error) {
	request, err := k.number(c.Args[1])
	if err != nil {
		return p, err
	}
	n := int32(0)
	if c.Args[1].Text == "FIONBIO" {
		on, _ := k.number(c.Args[2])
		n = int32(on)
	} else {
		p.check = func(int64) error { return k.out(c.Args[2], int64(n)) }
	}
	p.make = func() (int64, syscall.Errno) {
		return enter(syscall.SYS_IOCTL, d.live, request, unsafe.Pointer(&n))
	}
	return p, nil
}

// transfer are the calls that read and write. Buffers are of zeros, and those of a vector
// are one.
func (k *real) transfer(c *script.Call, d *descriptor) (p prepared, err error) {
	size, at := int64(0), 3
	switch c.Name {
	case "read", "recv", "recvfrom", "write", "send", "sendto":
		size, err = k.numberArg(c, 2, 0)
	case "readv", "writev":
		size, err = k.vector(c, 1)
		at = len(c.Args)
	case "recvmsg", "sendmsg":
		size, err = k.message(c)
		at = 2
	default:
		return p, &unsupported{what: "call " + c.Name}
	}
	if err != nil {
		return p, err
	}
	flags, err := k.numberArg(c, at, 0)
	if err != nil {
		return p, err
	}
	number := uintptr(syscall.SYS_SENDTO)
	if strings.HasPrefix(c.Name, "re") {
		number = syscall.SYS_RECVFROM
	} else {
		flags |= syscall.MSG_NOSIGNAL
	}
	buf, to := make([]byte, size+1), []byte(nil)
	if flags&symbols["MSG_FASTOPEN"] != 0 {
		a := k.far()
		if c.Name == "sendto" && len(c.Args) > 4 {
			a, err = k.addressArg(c, 4, a)
		}
		to = k.sockaddrOf(a)
		if d.phase != connecting { // a call more about the same connection
			k.subject, k.current, d.flow, d.phase = &d.socket, nil, nil, connecting
		}
	}
	p.make = func() (int64, syscall.Errno) {
		if isNull(c) {
			return enter(number, d.live, 0, size, flags, to, len(to))
		}
		return enter(number, d.live, buf, size, flags, to, len(to))
	}
	return p, err
}
