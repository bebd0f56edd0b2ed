using System.Globalization;

namespace Tipi.Tests.Kernel;

/// <summary>How long, and with which seed, the tests run that go on as long as one lets them.</summary>
public static class Stress
{
    /// <summary>TIPI_STRESS_SECONDS, or the little that belongs into every run.</summary>
    public static TimeSpan Time(double seconds) =>
        TimeSpan.FromSeconds(Read("TIPI_STRESS_SECONDS") is { } wanted and > 0 ? wanted : seconds);

    /// <summary>TIPI_STRESS_SEED, or a new one; it is printed, to be given again.</summary>
    public static int Seed()
    {
        var seed = Read("TIPI_STRESS_SEED") ?? Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"TIPI_STRESS_SEED={seed}");
        return seed;
    }

    private static int? Read(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
