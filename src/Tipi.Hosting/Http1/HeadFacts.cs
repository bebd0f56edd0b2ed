using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>What of a request's head is still asked for once its fields are loaded.</summary>
internal readonly struct HeadFacts(RequestHead head)
{
    internal int MinorVersion { get; } = head.MinorVersion;

    internal BodyFraming Body { get; } = head.Body;

    internal bool KeepAlive { get; } = head.KeepAlive;

    internal bool ExpectsContinue { get; } = head.ExpectsContinue;

    internal bool HasUpgrade { get; } = head.HasUpgrade;
}
