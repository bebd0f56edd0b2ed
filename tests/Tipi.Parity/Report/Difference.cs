namespace Tipi.Parity.Report;

/// <summary>Rows that differ, and why that is right.</summary>
internal sealed record Difference(string Area, string Reason, params string[] Rows);
