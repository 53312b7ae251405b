//go:build faults

package pipeline

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// faultVariable says what is to happen where: names of fault points with the number
// of the passage and an action, such as
//
//	before_insert:3:kill           SIGKILL at the third passage
//	inserting:1:kill+5ms           SIGKILL 5 ms after the first passage
//	before_commit:2:stop           SIGSTOP at the second passage
//	before_commit:1:wait+2s        two seconds pass at the first passage
//
// separated by commas, or commit_first for a pipeline that commits before it
// writes. While it is set, every passage is told on standard error.
const faultVariable = "EARSHOT_FAULT"

// faultPlan is what is to happen at one fault point.
type faultPlan struct {
	passage int64
	action  string
	after   time.Duration
	passed  atomic.Int64
}

// faultPlans reads the variable once.
var faultPlans = sync.OnceValue(func() map[string]*faultPlan {
	said := os.Getenv(faultVariable)
	if said == "" {
		return nil
	}
	plans := map[string]*faultPlan{}
	for one := range strings.SplitSeq(said, ",") {
		parts := strings.Split(one, ":")
		if len(parts) != 3 {
			plans[one] = &faultPlan{}
			continue
		}
		passage, err := strconv.ParseInt(parts[1], 10, 64)
		action, after, _ := strings.Cut(parts[2], "+")
		wait := time.Duration(0)
		if err == nil && after != "" {
			wait, err = time.ParseDuration(after)
		}
		if err != nil {
			panic(fmt.Sprintf("%s: %s: %v", faultVariable, one, err))
		}
		plans[parts[0]] = &faultPlan{passage: passage, action: action, after: wait}
	}
	return plans
})

// FaultPoint does what EARSHOT_FAULT asks for at the point of that name.
func FaultPoint(name string) {
	plans := faultPlans()
	if plans == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "fault point: "+name)
	plan := plans[name]
	if plan == nil || plan.passed.Add(1) != plan.passage {
		return
	}
	switch plan.action {
	case "kill":
		if plan.after > 0 {
			time.AfterFunc(plan.after, func() { endNow(syscall.SIGKILL) })
			return
		}
		endNow(syscall.SIGKILL)
		select {} // the signal is on its way
	case "stop":
		endNow(syscall.SIGSTOP)
		time.Sleep(10 * time.Millisecond) // the signal is on its way
	case "wait":
		time.Sleep(plan.after)
	default:
		panic(faultVariable + ": no such action: " + plan.action)
	}
}

func endNow(signal syscall.Signal) {
	if err := syscall.Kill(os.Getpid(), signal); err != nil {
		panic(err)
	}
}

// commitsFirst reports whether EARSHOT_FAULT asks for offsets that are committed
// before anything is written.
func commitsFirst() bool {
	_, ok := faultPlans()["commit_first"]
	return ok
}
