// Calls of the service in camp.proto: calls <address> <scenario> [<file of the authority that is trusted>].
// Answers with one line of JSON. Built with Debian's packages of gRPC for Go, in GOPATH mode.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// note is the message of camp.proto, which so few lines can encode that no generated code is needed.
type note struct {
	text  string
	count uint64
	load  []byte
}

type notes struct{}

func (notes) Name() string { return "proto" }

func (notes) Marshal(v interface{}) ([]byte, error) {
	one := v.(*note)
	var out []byte
	number := make([]byte, binary.MaxVarintLen64)
	varint := func(value uint64) { out = append(out, number[:binary.PutUvarint(number, value)]...) }
	if one.text != "" {
		varint(1<<3 | 2)
		varint(uint64(len(one.text)))
		out = append(out, one.text...)
	}
	if one.count != 0 {
		varint(2 << 3)
		varint(one.count)
	}
	if len(one.load) > 0 {
		varint(3<<3 | 2)
		varint(uint64(len(one.load)))
		out = append(out, one.load...)
	}
	return out, nil
}

func (notes) Unmarshal(data []byte, v interface{}) error {
	one := v.(*note)
	*one = note{}
	for len(data) > 0 {
		key, n := binary.Uvarint(data)
		value, m := binary.Uvarint(data[n:])
		if n <= 0 || m <= 0 {
			return fmt.Errorf("no message")
		}
		data = data[n+m:]
		switch key {
		case 1<<3 | 2:
			one.text, data = string(data[:value]), data[value:]
		case 2 << 3:
			one.count = value
		case 3<<3 | 2:
			one.load, data = append([]byte(nil), data[:value]...), data[value:]
		}
	}
	return nil
}

var kinds = map[string]*grpc.StreamDesc{
	"Count": {ServerStreams: true}, "Tick": {ServerStreams: true}, "Fail": {ServerStreams: true},
	"Weigh": {ClientStreams: true}, "Talk": {ClientStreams: true, ServerStreams: true},
}

type camp struct{ *grpc.ClientConn }

func (c camp) ask(ctx context.Context, method string, said *note) (*note, error) {
	heard := new(note)
	return heard, c.Invoke(ctx, "/tipi.Camp/"+method, said, heard)
}

func (c camp) open(ctx context.Context, method string) grpc.ClientStream {
	stream, err := c.NewStream(ctx, kinds[method], "/tipi.Camp/"+method)
	if err != nil {
		panic(err)
	}
	return stream
}

// heard reads a stream to its end.
func heard(stream grpc.ClientStream) (all []*note, err error) {
	for {
		one := new(note)
		if err = stream.RecvMsg(one); err == io.EOF {
			return all, nil
		} else if err != nil {
			return all, err
		}
		all = append(all, one)
	}
}

func listen(c camp, method string, said *note) ([]*note, error) {
	stream := c.open(context.Background(), method)
	stream.SendMsg(said)
	stream.CloseSend()
	return heard(stream)
}

// kindsOfCalls has each kind once, metadata and errors.
func kindsOfCalls(c camp) interface{} {
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-said", "come; in, ok")
	var before, after metadata.MD
	echoed := new(note)
	err := c.Invoke(ctx, "/tipi.Camp/Echo", &note{text: "Zelt ⛺", load: make([]byte, 4<<20)}, echoed,
		grpc.Header(&before), grpc.Trailer(&after))
	counted, countError := listen(c, "Count", &note{count: 500, load: make([]byte, 2000)})
	_, missing := listen(c, "Fail", &note{count: 5, text: "no such tent ⛺"})
	torn, tornError := listen(c, "Fail", &note{count: 9, text: "torn", load: []byte{1}})

	weigh := c.open(context.Background(), "Weigh")
	for i := 0; i < 300; i++ {
		weigh.SendMsg(&note{load: make([]byte, 5000)})
	}
	weigh.CloseSend()
	weighed, weighError := heard(weigh)

	return []interface{}{
		code(err), echoed.text, len(echoed.load), before.Get("x-heard"), after.Get("x-after"),
		code(countError), len(counted), counted[499].count,
		code(weighError), weighed[0].text,
		code(missing), status.Convert(missing).Message(), code(tornError), len(torn),
	}
}

// ends has a deadline and a cancellation, both of which the service sees; the connection goes on.
func ends(c camp) interface{} {
	late, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, deadline := c.ask(late, "Wait", &note{})
	given, giveUp := context.WithCancel(context.Background())
	time.AfterFunc(200*time.Millisecond, giveUp)
	_, cancelled := c.ask(given, "Wait", &note{})
	for {
		departed, err := c.ask(context.Background(), "Departed", &note{})
		if err != nil || departed.count == 2 {
			return []interface{}{code(deadline), code(cancelled), code(err), departed.count}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// minute has small messages each way, one every few milliseconds, in eight streams of each kind. The client answers
// messages with WINDOW_UPDATE and PING, as this library does.
func minute(c camp) interface{} {
	end := time.Now().Add(time.Minute)
	var all sync.WaitGroup
	fewest, failures, gate := map[string]int{"Tick": 1 << 30, "Talk": 1 << 30}, []string{}, sync.Mutex{}
	run := func(method string, step func(grpc.ClientStream) error) {
		all.Add(1)
		go func() {
			defer all.Done()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			stream, count := c.open(ctx, method), 0
			stream.SendMsg(&note{text: "a message of 25 bytes...."})
			one := new(note)
			for time.Now().Before(end) {
				err := stream.RecvMsg(one)
				if err == nil {
					err = step(stream)
				}
				if err != nil {
					gate.Lock()
					failures = append(failures, fmt.Sprintf("%s after %d: %v", method, count, err))
					gate.Unlock()
					return
				}
				count++
			}
			gate.Lock()
			if count < fewest[method] {
				fewest[method] = count
			}
			gate.Unlock()
		}()
	}
	for i := 0; i < 8; i++ {
		run("Tick", func(grpc.ClientStream) error { return nil })
		run("Talk", func(stream grpc.ClientStream) error {
			time.Sleep(5 * time.Millisecond)
			return stream.SendMsg(&note{text: "a message of 25 bytes...."})
		})
	}
	all.Wait()
	return map[string]interface{}{"failures": failures, "ticks": fewest["Tick"], "talks": fewest["Talk"]}
}

func code(err error) int { return int(status.Code(err)) }

func main() {
	security := grpc.WithInsecure()
	if len(os.Args) > 3 {
		trusted, err := credentials.NewClientTLSFromFile(os.Args[3], "")
		if err != nil {
			panic(err)
		}
		security = grpc.WithTransportCredentials(trusted)
	}
	connection, err := grpc.Dial(os.Args[1], security, grpc.WithBlock(), grpc.WithDefaultCallOptions(
		grpc.ForceCodec(notes{}), grpc.MaxCallRecvMsgSize(16<<20)))
	if err != nil {
		panic(err)
	}
	scenario := map[string]func(camp) interface{}{"kinds": kindsOfCalls, "ends": ends, "minute": minute}[os.Args[2]]
	answer, err := json.Marshal(scenario(camp{connection}))
	if err != nil {
		panic(err)
	}
	fmt.Println(string(answer))
}
