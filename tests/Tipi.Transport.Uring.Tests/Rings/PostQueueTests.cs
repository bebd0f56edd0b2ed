using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class PostQueueTests
{
    [Fact]
    public void It_gives_out_all_at_once_in_order()
    {
        var queue = new PostQueue();
        Assert.True(queue.IsEmpty);
        Assert.Null(queue.TakeAll());
        for (var i = 0; i < 3; i++) Assert.True(queue.TryPush(new Numbered(0, i)));
        Assert.False(queue.IsEmpty);
        Assert.Equal([0, 1, 2], Numbers(queue.TakeAll()));
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void A_queue_with_work_in_it_cannot_be_closed_and_a_closed_one_takes_none()
    {
        var queue = new PostQueue();
        Assert.True(queue.TryPush(new Numbered(0, 0)));
        Assert.False(queue.TryClose());
        Assert.Equal([0], Numbers(queue.TakeAll()));
        Assert.True(queue.TryClose());
        Assert.True(queue.TryClose());
        Assert.False(queue.TryPush(new Numbered(0, 1)));
        Assert.Null(queue.TakeAll());
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Many_push_at_once_and_each_ones_order_is_kept()
    {
        const int Producers = 4;
        const int Each = 50_000;
        var queue = new PostQueue();
        var producers = Enumerable.Range(0, Producers).Select(producer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++) Assert.True(queue.TryPush(new Numbered(producer, i)));
        })).ToArray();
        var next = new int[Producers];
        for (var taken = 0; taken < Producers * Each;)
        {
            for (var work = queue.TakeAll(); work is Numbered numbered; work = numbered.NextPosted)
            {
                Assert.Equal(next[numbered.Producer]++, numbered.Number);
                taken++;
            }
        }

        await Task.WhenAll(producers);
        Assert.True(queue.TryClose());
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task What_is_pushed_while_it_closes_is_taken_or_refused_and_never_lost()
    {
        for (var round = 0; round < 2000; round++)
        {
            var queue = new PostQueue();
            var pushing = Task.Run(() => queue.TryPush(new Numbered(0, 0)));
            var taken = 0;
            while (!queue.TryClose()) taken += Numbers(queue.TakeAll()).Count;
            Assert.Equal(await pushing ? 1 : 0, taken);
        }
    }

    private static List<int> Numbers(PostedWork? work)
    {
        var numbers = new List<int>();
        for (; work is Numbered numbered; work = numbered.NextPosted) numbers.Add(numbered.Number);
        return numbers;
    }

    private sealed class Numbered(int producer, int number) : PostedWork
    {
        public int Producer => producer;

        public int Number => number;

        internal override void Run()
        {
        }
    }
}
