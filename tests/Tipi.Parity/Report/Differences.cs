namespace Tipi.Parity.Report;

/// <summary>All that differs on purpose. One that no longer differs fails a test.</summary>
internal static class Differences
{
    internal static IReadOnlyList<Difference> All { get; } =
    [
        .. RequestDifferences.All, .. HabitDifferences.All, .. SettingDifferences.All,
        .. TelemetryDifferences.All, .. FrameDifferences.All, .. TlsDifferences.All,
    ];

    internal static string? ReasonOf(ParityRow row) => All
        .FirstOrDefault(one => one.Area == row.Area && one.Rows.Contains(row.Name))?.Reason;
}
