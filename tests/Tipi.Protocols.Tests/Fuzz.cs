using System.Diagnostics;
using System.Globalization;

namespace Tipi.Protocols.Tests;

/// <summary>
/// Runs a check on random inputs for some seconds. <c>TIPI_FUZZ_SECONDS</c> sets how many, <c>TIPI_FUZZ_SEED</c> where
/// to begin: the seed of a failure repeats it at once.
/// </summary>
internal static class Fuzz
{
    private const double DefaultSeconds = 2;

    internal static void Run(Action<Random> check)
    {
        string? wantedSeed = Environment.GetEnvironmentVariable("TIPI_FUZZ_SEED");
        string? wantedSeconds = Environment.GetEnvironmentVariable("TIPI_FUZZ_SECONDS");
        double seconds = wantedSeconds is null
            ? DefaultSeconds
            : double.Parse(wantedSeconds, CultureInfo.InvariantCulture);
        int seed = wantedSeed is null ? Environment.TickCount : int.Parse(wantedSeed, CultureInfo.InvariantCulture);
        long began = Stopwatch.GetTimestamp();
        do
        {
            try
            {
                check(new Random(seed));
            }
            catch (Exception exception)
            {
                Assert.Fail($"Repeat with TIPI_FUZZ_SEED={seed}\n{exception}");
            }

            seed = unchecked(seed + 1);
        }
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds);
    }
}
