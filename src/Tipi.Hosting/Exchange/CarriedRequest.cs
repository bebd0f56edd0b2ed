
namespace Tipi.Hosting.Exchange;

/// <summary>A request that was received in one version of HTTP and is answered in another.</summary>
internal sealed class CarriedRequest
{
    internal required string Method { get; init; }

    internal required string Path { get; init; }

    internal required string QueryString { get; init; }

    internal required string RawTarget { get; init; }

    /// <summary>The fields, without those of the connection that it came on.</summary>
    internal required HeaderTable Headers { get; init; }

    /// <summary>The whole body; empty without one.</summary>
    internal required byte[] Body { get; init; }
}
