//go:build kernel && linux && (amd64 || arm64)

package packetdrill

import (
	"syscall"
	"time"
	"unsafe"

	"netsim/packetdrill/script"
)

// pollfd is struct pollfd.
type pollfd struct {
	fd              int32
	events, revents int16
}

// poll is poll().
func (k *real) poll(c *script.Call) (p prepared, err error) {
	ms, err := k.numberArg(c, 2, 0)
	if err != nil {
		return p, err
	}
	list := c.Args[0].Args
	all, want := make([]pollfd, len(list)+1), make([]int64, len(list))
	for i, e := range list {
		want[i] = -1
		for j, key := range e.Keys {
			if e.Args[j].Kind == script.Ellipsis {
				continue
			}
			n, err := k.number(e.Args[j])
			if err != nil {
				return p, err
			}
			switch key {
			case "fd":
				all[i].fd = 1 << 20
				if d := k.files[n]; d != nil {
					all[i].fd = int32(d.live)
				}
			case "events":
				all[i].events = int16(n)
			case "revents":
				want[i] = n
			}
		}
	}
	p.make = func() (int64, syscall.Errno) {
		wait := syscall.NsecToTimespec(ms * int64(time.Millisecond))
		until := &wait
		if ms < 0 {
			until = nil
		}
		return enter(syscall.SYS_PPOLL, unsafe.Pointer(&all[0]), len(list), unsafe.Pointer(until), 0)
	}
	p.check = func(int64) error {
		for i := range list {
			if got := int64(uint16(all[i].revents)); want[i] >= 0 && got != want[i] {
				return &failure{at: list[i].Pos, want: "revents=" + eventsText(want[i]), got: eventsText(got)}
			}
		}
		return nil
	}
	return p, nil
}

// epollControl is epoll_ctl().
func (k *real) epollControl(c *script.Call, d *descriptor) (p prepared, err error) {
	op, err := k.number(c.Args[1])
	if err != nil {
		return p, err
	}
	fd, err := k.number(c.Args[2])
	if err != nil {
		return p, err
	}
	var event syscall.EpollEvent
	if len(c.Args) > 3 && c.Args[3].Kind == script.Struct {
		events, data, err := k.epollEvent(c.Args[3])
		if err != nil {
			return p, err
		}
		event = syscall.EpollEvent{Events: uint32(events), Fd: int32(data)}
	}
	live := 1 << 20
	if d := k.files[fd]; d != nil {
		live = d.live
	}
	p.make = func() (int64, syscall.Errno) {
		return enter(syscall.SYS_EPOLL_CTL, d.live, op, live, unsafe.Pointer(&event))
	}
	return p, nil
}

// epollWait is epoll_wait() and epoll_pwait().
func (k *real) epollWait(c *script.Call, d *descriptor) (p prepared, err error) {
	most, err := k.numberArg(c, 2, 1)
	if err != nil {
		return p, err
	}
	ms, err := k.numberArg(c, 3, 0)
	if err != nil {
		return p, err
	}
	want := []*script.Expr{c.Args[1]}
	if c.Args[1].Kind == script.List {
		want = c.Args[1].Args
	}
	events := make([]syscall.EpollEvent, max(most, 1))
	p.make = func() (int64, syscall.Errno) {
		return enter(syscall.SYS_EPOLL_PWAIT, d.live, unsafe.Pointer(&events[0]), most, uintptr(int32(ms)), 0, 8)
	}
	p.check = func(n int64) error {
		for i := range events[:n] {
			if i < len(want) && want[i].Kind == script.Struct {
				if err := k.epollTold(want[i], int64(events[i].Events), int64(events[i].Fd)); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return p, nil
}
