using OpenTelemetry;

namespace Tipi.Hosting.Tests.Server;

/// <summary>Hands what OpenTelemetry exports to a delegate, while it is valid.</summary>
internal sealed class Exporter<T>(Action<T> keep) : BaseExporter<T>
    where T : class
{
    public override ExportResult Export(in Batch<T> batch)
    {
        foreach (T one in batch) keep(one);
        return ExportResult.Success;
    }
}
