using System.Collections.Concurrent;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests;

/// <summary>Keeps what rings report.</summary>
internal sealed class Reports
{
    private readonly ConcurrentQueue<RingReport> _all = new();

    public Exception[] Faults => [.. _all.Where(one => one.Fault is not null).Select(one => one.Fault!)];

    public int Count(RingEvent kind) => _all.Count(one => one.Event == kind);

    public void Write(RingReport report) => _all.Enqueue(report);
}
