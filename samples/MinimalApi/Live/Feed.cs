using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MinimalApi.Live;

/// <summary>Tells every listener what changes. A listener that falls behind loses the oldest changes.</summary>
public sealed class Feed
{
    private const int ChangesKeptForASlowListener = 100;

    private readonly ConcurrentDictionary<Channel<TodoChange>, byte> _listeners = new();

    /// <summary>Listeners at this moment.</summary>
    public int Listeners => _listeners.Count;

    /// <summary>Hands a change to all listeners. Never waits.</summary>
    public void Publish(TodoChange change)
    {
        foreach (var (channel, _) in _listeners) channel.Writer.TryWrite(change);
    }

    /// <summary>A greeting, then the changes from now on, until <paramref name="stop"/>.</summary>
    public async IAsyncEnumerable<TodoChange> ListenAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var channel = Channel.CreateBounded<TodoChange>(new BoundedChannelOptions(ChangesKeptForASlowListener)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
        });
        _listeners[channel] = 0;
        try
        {
            yield return TodoChange.Listening;
            await foreach (var change in channel.Reader.ReadAllAsync(stop)) yield return change;
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }
}
