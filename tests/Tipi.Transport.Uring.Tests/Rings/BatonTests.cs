using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class BatonTests
{
    [Fact]
    public void The_first_worker_holds_it_and_is_in_no_call()
    {
        var baton = new Baton(7);
        Assert.True(baton.IsHeldBy(7));
        Assert.False(baton.IsHeldBy(8));
        Assert.False(Baton.IsInside(baton.Observe()));
    }

    [Fact]
    public void Who_enters_and_leaves_keeps_it()
    {
        var baton = new Baton(1);
        var inside = baton.Enter();
        Assert.True(Baton.IsInside(baton.Observe()));
        Assert.True(baton.IsHeldBy(1));
        Assert.True(baton.TryLeave(inside));
        Assert.False(Baton.IsInside(baton.Observe()));
        Assert.True(baton.IsHeldBy(1));
    }

    [Fact]
    public void Who_is_thrown_out_keeps_it_unless_it_was_robbed()
    {
        var baton = new Baton(1);
        Assert.True(baton.TryRecover(1)); // outside of a call nobody can rob
        baton.Enter();
        Assert.True(baton.TryRecover(1));
        Assert.False(Baton.IsInside(baton.Observe()));
        baton.Enter();
        Assert.True(baton.TrySteal(baton.Observe(), 2));
        Assert.False(baton.TryRecover(1));
        Assert.True(baton.IsHeldBy(2));
    }

    [Fact]
    public void Who_is_robbed_inside_finds_out_when_leaving()
    {
        var baton = new Baton(1);
        var inside = baton.Enter();
        Assert.True(baton.TrySteal(baton.Observe(), 2));
        Assert.True(baton.IsHeldBy(2));
        Assert.False(baton.IsHeldBy(1));
        Assert.False(Baton.IsInside(baton.Observe()));
        Assert.False(baton.TryLeave(inside));
        Assert.True(baton.IsHeldBy(2));
    }

    [Fact]
    public void A_theft_hits_the_observed_call_only()
    {
        var baton = new Baton(1);
        var first = baton.Enter();
        var observed = baton.Observe();
        Assert.True(baton.TryLeave(first));
        Assert.False(baton.TrySteal(observed, 2)); // it has left
        var second = baton.Enter();
        Assert.False(baton.TrySteal(observed, 2)); // this is another call of the same worker
        Assert.True(baton.TrySteal(baton.Observe(), 2));
        Assert.False(baton.TrySteal(second, 3)); // gone already
        Assert.True(baton.IsHeldBy(2));
    }

    [Fact]
    public void It_may_come_back_to_a_worker_that_lost_it()
    {
        var baton = new Baton(1);
        var lost = baton.Enter();
        Assert.True(baton.TrySteal(lost, 2));
        var other = baton.Enter();
        Assert.True(baton.TrySteal(other, 1));
        Assert.False(baton.TryLeave(lost)); // the old call of worker 1 is still lost
        Assert.False(baton.TryLeave(other));
        var again = baton.Enter();
        Assert.Equal(1, Baton.WorkerOf(again));
        Assert.True(baton.TryLeave(again));
    }

    [Fact]
    public void The_largest_worker_number_fits()
    {
        var baton = new Baton(RingCrew.MaxWorkers);
        var inside = baton.Enter();
        Assert.Equal(RingCrew.MaxWorkers, Baton.WorkerOf(inside));
        Assert.True(baton.TrySteal(inside, RingCrew.MaxWorkers - 1));
        Assert.True(baton.IsHeldBy(RingCrew.MaxWorkers - 1));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Of_owner_and_thief_exactly_one_wins()
    {
        const int Calls = 200_000;
        var baton = new Baton(1);
        var done = false;
        long thefts = 0, left = 0, robbed = 0;
        var thief = Task.Run(() =>
        {
            // Gives it back at once, as if the spare were the same worker.
            while (!Volatile.Read(ref done))
            {
                var observed = baton.Observe();
                if (Baton.IsInside(observed) && baton.TrySteal(observed, 1)) thefts++;
            }
        });
        await Task.Run(() =>
        {
            for (var i = 0; i < Calls; i++)
            {
                if (baton.TryLeave(baton.Enter())) left++;
                else robbed++;
            }
        });
        Volatile.Write(ref done, true);
        await thief;
        Assert.Equal(thefts, robbed);
        Assert.Equal(Calls, left + robbed);
    }
}
