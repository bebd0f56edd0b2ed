namespace Tipi.Compare.App.Real;

/// <summary>The process beside this one that an application asks: a database, or an upstream server.</summary>
internal static class Companion
{
    private const string Variable = "TIPI_COMPARE_COMPANION";

    /// <summary>A connection string, or a URL.</summary>
    /// <exception cref="InvalidOperationException">The environment names none.</exception>
    public static string Address => Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"The environment variable {Variable} does not say where it is.");
}
