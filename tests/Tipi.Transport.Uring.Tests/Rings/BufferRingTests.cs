using System.Net;
using System.Net.Sockets;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed unsafe class BufferRingTests : IDisposable
{
    private readonly Ring _ring;
    private readonly BufferRing _buffers;
    private readonly Socket _near =
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Socket _far;

    public BufferRingTests()
    {
        Kernel.NeedRing();
        Assert.Equal(Errno.None, Ring.TryCreate(8, out var ring));
        _ring = ring!;
        _buffers = new BufferRing(_ring, RingSize.Ordinary.Buffers);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _near.Connect(listener.LocalEndPoint!);
        _far = listener.Accept();
    }

    [Fact]
    public void What_is_taken_is_replaced()
    {
        Receive();
        for (var i = 0; i < 500; i++) // more often than there are buffers
        {
            _near.Send([(byte)i, (byte)(i >> 8)]);
            var completion = Next();
            Assert.Equal(2, completion.Result);
            Assert.True(completion.HasMore);
            var block = _buffers.Take(completion.BufferId, completion.Result);
            Assert.Equal([(byte)i, (byte)(i >> 8)], block.Data.ToArray());
            BlockPool.Return(block);
        }

        Assert.Equal(64, _buffers.Provided);
    }

    [Fact]
    public void Untouched_buffers_are_used_again()
    {
        Receive();
        for (var i = 0; i < 200; i++)
        {
            _near.Send("x"u8);
            var completion = Next();
            Assert.Equal(1, completion.Result);
            _buffers.Untouched(completion.BufferId);
        }
    }

    [Fact]
    public void When_the_kernel_runs_dry_it_says_so_and_more_are_provided()
    {
        var sent = Payload.Random(1, 100 * Block.Size);
        _far.ReceiveBufferSize = 4 * sent.Length;
        Receive();
        var received = new List<byte>();
        var sending = new Thread(() => _near.Send(sent));
        sending.Start();
        var dry = 0;
        while (received.Count < sent.Length)
        {
            var completion = Next(publish: false); // what was taken is not given back before the kernel runs dry
            if (completion.Result > 0)
            {
                var block = _buffers.Take(completion.BufferId, completion.Result);
                received.AddRange(block.Data.ToArray());
                BlockPool.Return(block);
            }

            if (completion.HasMore) continue;
            if (completion.Result < 0)
            {
                Assert.Equal(Errno.ENOBUFS, (Errno)(-completion.Result));
                dry++;
                _buffers.Grow();
            }

            _buffers.Publish();
            Receive();
        }

        Assert.True(dry > 0);
        Assert.True(_buffers.Provided >= 128);
        Assert.Equal(sent, received);
        Assert.True(sending.Join(10_000));
    }

    [Fact]
    public void It_grows_to_its_limit_and_no_further()
    {
        for (var i = 0; i < 10; i++) _buffers.Grow();
        Assert.Equal(2048, _buffers.Provided);
        Receive();
        var seen = new HashSet<int>();
        for (var i = 0; i < 3000; i++)
        {
            _near.Send("x"u8);
            var completion = Next();
            seen.Add(completion.BufferId);
            _buffers.Untouched(completion.BufferId);
        }

        Assert.Equal(2048, seen.Count); // every one is in use
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        _buffers.Dispose();
        _ring.Dispose();
    }

    private void Receive()
    {
        var entry = _ring.Submissions.TryTake();
        entry->Opcode = IoUringOp.Recv;
        entry->Fd = (int)_far.SafeHandle.DangerousGetHandle();
        entry->Flags = IoUringAbi.SqeBufferSelect;
        entry->IoPrio = IoUringAbi.RecvMultishot;
        entry->BufferGroup = BufferRing.GroupId;
    }

    private Cqe Next(bool publish = true)
    {
        if (publish) _buffers.Publish();
        var one = new Cqe[1];
        while (_ring.Completions.Drain(one) == 0) Assert.True(_ring.Enter(minComplete: 1) >= 0);
        return one[0];
    }
}
