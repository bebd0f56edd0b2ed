using System.Diagnostics;

namespace Tipi.Stack.Tests.Server;

/// <summary>Waits for what comes to be in its own time.</summary>
internal static class Eventually
{
    /// <summary>Longer than anything takes on a machine that is busy with other things.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static async Task TrueAsync(Func<bool> isTrue, Func<string> otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!isTrue())
        {
            Assert.True(watch.Elapsed < Patience, otherwise());
            await Task.Delay(10);
        }
    }
}
