namespace Tipi.Hosting.Tests.Http2;

/// <summary>Waits for what must come to be.</summary>
internal static class Eventually
{
    internal static async Task HoldsAsync(Func<bool> condition, Func<string> complaint)
    {
        for (int i = 0; i < 1200 && !condition(); i++) await Task.Delay(50);
        if (!condition()) Assert.Fail(complaint());
    }

    /// <summary>Waits until no connection is open and no request runs, by the server's own count.</summary>
    internal static Task NothingIsLeftAsync(MeterRecorder meters)
    {
        string[] counts = ["kestrel.active_connections", "http.server.active_requests"];
        double Sum(string name) => meters.All.Where(one => one.Instrument == name).Sum(one => one.Value);
        return HoldsAsync(
            () => counts.All(name => Sum(name) == 0),
            () => string.Join(", ", counts.Select(name => $"{name}: {Sum(name)}")));
    }
}
