using System.Diagnostics;

namespace Tipi.Transport.Uring.Tests;

/// <summary>Waits for what other threads, or the kernel, bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Returns when the condition holds; fails with <paramref name="what"/> when it does not come to hold.
    /// </summary>
    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > s_limit) Assert.Fail($"Not within {s_limit.TotalSeconds} s: {what}");
            await Task.Delay(5);
        }
    }

    /// <summary>Returns the value when it is the wanted one; fails with the last one seen.</summary>
    public static async Task EqualsAsync<T>(T wanted, Func<T> current, string what)
    {
        var seen = current();
        var clock = Stopwatch.StartNew();
        while (!EqualityComparer<T>.Default.Equals(seen, wanted))
        {
            if (clock.Elapsed > s_limit) Assert.Fail($"{what} is {seen}, not {wanted}.");
            await Task.Delay(5);
            seen = current();
        }
    }
}
