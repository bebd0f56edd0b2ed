using Tipi.Hosting.Diagnostics.Access;

namespace Tipi.Hosting.Tests.Diagnostics.Access;

public sealed class AccessQueueTests
{
    [Fact]
    public void Beyond_the_limit_entries_are_not_taken()
    {
        var queue = new AccessQueue(3);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(i => queue.TryAdd(Numbered(i))));
        Assert.Equal([0, 1, 2], queue.Take().ToArray().Select(entry => entry.Status));
        Assert.True(queue.TryAdd(Numbered(4)));
        Assert.Equal([4], queue.Take().ToArray().Select(entry => entry.Status));
    }

    [Fact]
    public void Long_texts_count_for_several_entries()
    {
        var queue = new AccessQueue(100);
        var entry = new AccessEntry { Target = new string('x', 8 * 1024), UserAgent = new string('y', 24 * 1024) };
        Assert.Equal(4, Enumerable.Range(0, 100).Count(_ => queue.TryAdd(entry)));
        Assert.Equal(4, queue.Take().Length);
        Assert.True(queue.TryAdd(entry));
    }

    [Fact]
    public void A_closed_queue_gives_what_it_has_and_then_none()
    {
        var queue = new AccessQueue(10);
        Assert.True(queue.TryAdd(Numbered(1)));
        queue.Close();
        Assert.False(queue.TryAdd(Numbered(2)));
        Assert.Equal(1, queue.Take().Length);
        Assert.Equal(0, queue.Take().Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Of_many_threads_each_entry_is_taken_once_or_refused(int limit)
    {
        const int Threads = 4, Each = 2000;
        var queue = new AccessQueue(limit);
        var seen = new List<int>();
        var taker = new Thread(() =>
        {
            while (queue.Take() is { IsEmpty: false } entries)
                foreach (AccessEntry entry in entries) seen.Add(entry.Status);
        });
        taker.Start();
        var accepted = new List<int>[Threads];
        Parallel.For(0, Threads, thread => accepted[thread] =
            [.. Enumerable.Range(thread * Each, Each).Where(i => queue.TryAdd(Numbered(i)))]);
        queue.Close();
        Assert.True(taker.Join(TimeSpan.FromSeconds(60)));

        Assert.Equal(accepted.SelectMany(one => one).Order(), seen.Order());
    }

    private static AccessEntry Numbered(int number) => new() { Status = number };
}
