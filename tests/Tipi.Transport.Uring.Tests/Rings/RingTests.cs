using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed unsafe class RingTests
{
    [Fact]
    public void A_full_submission_queue_gives_no_entry_until_it_is_submitted()
    {
        using var ring = NewRing(8);
        Assert.Equal(8u, ring.Submissions.Capacity);
        for (var round = 0; round < 5; round++)
        {
            for (ulong i = 0; i < 8; i++) Nop(ring, i + 1);
            Assert.True(ring.Submissions.TryTake() is null);
            Assert.Equal(8u, ring.Submissions.Pending);
            Assert.Equal(8, ring.Enter(minComplete: 8));
            Assert.Equal(0u, ring.Submissions.Pending);
            var completions = new Cqe[16];
            Assert.Equal(8, ring.Completions.Drain(completions));
            Assert.Equal(8, completions[..8].Select(completion => completion.UserData).Distinct().Count());
            Assert.True(ring.Completions.IsEmpty);
        }
    }

    [Fact]
    public void More_completions_than_the_queue_holds_all_arrive()
    {
        using var ring = NewRing(8);
        var submitted = 0ul;
        var seen = new HashSet<ulong>();
        var wanted = ring.Completions.Capacity * 5;
        while (submitted < wanted)
        {
            while (submitted < wanted && ring.Submissions.TryTake() is var entry && entry is not null)
            {
                entry->Opcode = IoUringOp.Nop;
                entry->UserData = ++submitted;
            }

            var answer = ring.Enter(minComplete: 0);
            if (answer >= 0) continue;
            Assert.Equal(Errno.EBUSY, (Errno)(-answer)); // it keeps what has no room, and says so
            Take(ring, seen);
        }

        while (ring.Submissions.Publish() > 0 || seen.Count < wanted)
        {
            _ = ring.Enter(minComplete: 0);
            if (Take(ring, seen) == 0) Assert.True(ring.Submissions.NeedsEnter || seen.Count == wanted);
        }

        Assert.Equal(wanted, (uint)seen.Count);
    }

    [Fact]
    public void Draining_little_by_little_loses_nothing()
    {
        using var ring = NewRing(64);
        for (ulong i = 0; i < 64; i++) Nop(ring, i);
        Assert.Equal(64, ring.Enter(minComplete: 64));
        var seen = new List<ulong>();
        var few = new Cqe[7];
        while (ring.Completions.Drain(few) is var count and > 0)
            seen.AddRange(few[..count].Select(cqe => cqe.UserData));
        Assert.Equal(64, seen.Distinct().Count());
    }

    private static Ring NewRing(uint submissions)
    {
        Kernel.NeedRing();
        Assert.Equal(Errno.None, Ring.TryCreate(submissions, out var ring));
        return ring!;
    }

    private static void Nop(Ring ring, ulong userData)
    {
        var entry = ring.Submissions.TryTake();
        Assert.True(entry is not null);
        entry->Opcode = IoUringOp.Nop;
        entry->UserData = userData;
    }

    private static int Take(Ring ring, HashSet<ulong> seen)
    {
        var some = new Cqe[32];
        var all = 0;
        while (ring.Completions.Drain(some) is var count and > 0)
        {
            all += count;
            foreach (var completion in some[..count]) Assert.True(seen.Add(completion.UserData));
        }

        return all;
    }
}
