namespace Tipi.Tidy.Tests.Source;

/// <summary>Where a rule is broken, and how. Lines count from 1; 0 stands for the whole file.</summary>
internal sealed record Finding(string Path, int Line, string Message)
{
    public override string ToString() => $"{Path}:{Line}: {Message}";
}
