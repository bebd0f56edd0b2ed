using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Tipi.Compare.App.Real;

/// <summary>
/// Server-sent events: ten times a second every client gets one, which says when it was made
/// (<see cref="Stopwatch.GetTimestamp"/>, which is the same clock in all processes of a machine).
/// </summary>
internal sealed class EventStream : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Timer _timer;
    private TaskCompletionSource<string> _next = New();

    private EventStream() => _timer = new Timer(_ => Publish(), null, Interval, Interval);

    public static void Map(WebApplication app)
    {
        var events = new EventStream();
        app.Lifetime.ApplicationStopped.Register(events.Dispose);
        app.MapGet("/events", (CancellationToken gone) => TypedResults.ServerSentEvents(events.ReadAsync(gone)));
    }

    public void Dispose() => _timer.Dispose();

    private async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken gone)
    {
        while (true) yield return await Volatile.Read(ref _next).Task.WaitAsync(gone);
    }

    private void Publish() => Interlocked.Exchange(ref _next, New())
        .SetResult(Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture));

    private static TaskCompletionSource<string> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
