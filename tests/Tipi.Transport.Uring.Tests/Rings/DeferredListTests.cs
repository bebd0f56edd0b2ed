using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class DeferredListTests
{
    private readonly DeferredList _list = new();

    [Fact]
    public void What_is_added_is_taken_once_the_newest_first()
    {
        var one = new CountedWork();
        var two = new CountedWork();

        Assert.True(_list.Add(one, one));
        Assert.False(_list.Add(two, two));

        Assert.Same(two, _list.TakeAll());
        Assert.Same(one, two.Delist());
        Assert.Null(one.Delist());
        Assert.Null(_list.TakeAll());
        Assert.True(_list.Add(one, one));
    }

    [Fact]
    public void A_chain_is_added_before_what_waits()
    {
        var old = new CountedWork();
        var newest = new CountedWork();
        var oldest = new CountedWork();
        newest.Next = oldest;
        _list.Add(old, old);

        _list.Add(newest, oldest);

        Assert.Same(newest, _list.TakeAll());
        Assert.Same(oldest, newest.Delist());
        Assert.Same(old, oldest.Delist());
    }

    [Fact]
    public void What_waits_at_the_second_look_is_late()
    {
        Add();

        Assert.True(_list.Look(out var isLate));
        Assert.False(isLate);
        Assert.True(_list.Look(out isLate));
        Assert.True(isLate);
    }

    [Fact]
    public void What_was_added_after_the_others_were_taken_is_not_late()
    {
        Add();
        _list.Look(out _);
        _list.TakeAll();
        Add();

        Assert.True(_list.Look(out var isLate));
        Assert.False(isLate);
        Assert.True(_list.Look(out isLate));
        Assert.True(isLate);
    }

    [Fact]
    public void What_was_added_after_a_look_at_nothing_is_not_late()
    {
        Add();
        _list.Look(out _);
        _list.TakeAll();
        Add();
        _list.Look(out _);
        _list.TakeAll();
        Assert.False(_list.Look(out var isLate));
        Assert.False(isLate);
        Add();

        Assert.True(_list.Look(out isLate));
        Assert.False(isLate);
    }

    private void Add()
    {
        var work = new CountedWork();
        _list.Add(work, work);
    }
}
