using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Kestrel;

/// <summary>
/// Finds out at one go that nobody has set a value of Kestrel's options, as in most applications: they start sooner
/// without the <see cref="KestrelOptionTable"/>, whose many small functions are compiled one by one.
/// </summary>
/// <remarks>A test sets each value of the table alone, and finds the one that is missing here.</remarks>
internal static class KestrelDefaults
{
    internal static readonly KestrelServerOptions Server = new();

    /// <summary>False when a value of the table is another one than the default.</summary>
    internal static bool Hold(KestrelServerOptions told) =>
        told.AddServerHeader == Server.AddServerHeader
        && told.AllowAlternateSchemes == Server.AllowAlternateSchemes
        && told.AllowHostHeaderOverride == Server.AllowHostHeaderOverride
        && told.AllowResponseHeaderCompression == Server.AllowResponseHeaderCompression
        && told.AllowSynchronousIO == Server.AllowSynchronousIO
        && told.DisableStringReuse == Server.DisableStringReuse
        && told.RequestHeaderEncodingSelector == Server.RequestHeaderEncodingSelector
        && told.ResponseHeaderEncodingSelector == Server.ResponseHeaderEncodingSelector
        && Hold(told.Limits, Server.Limits)
        && Hold(told.Limits.Http2, Server.Limits.Http2);

    /// <summary>Compares by the values: each set of options has objects of its own.</summary>
    internal static bool AreSame(MinDataRate? one, MinDataRate? other) =>
        one is null || other is null
            ? one == other
            : one.BytesPerSecond.Equals(other.BytesPerSecond) && one.GracePeriod == other.GracePeriod;

    private static bool Hold(KestrelServerLimits told, KestrelServerLimits own) =>
        told.MaxRequestBodySize == own.MaxRequestBodySize
        && told.MaxRequestBufferSize == own.MaxRequestBufferSize
        && told.MaxResponseBufferSize == own.MaxResponseBufferSize
        && told.MaxRequestLineSize == own.MaxRequestLineSize
        && told.MaxRequestHeadersTotalSize == own.MaxRequestHeadersTotalSize
        && told.MaxRequestHeaderCount == own.MaxRequestHeaderCount
        && told.KeepAliveTimeout == own.KeepAliveTimeout
        && told.RequestHeadersTimeout == own.RequestHeadersTimeout
        && AreSame(told.MinRequestBodyDataRate, own.MinRequestBodyDataRate)
        && AreSame(told.MinResponseDataRate, own.MinResponseDataRate)
        && told.MaxConcurrentConnections == own.MaxConcurrentConnections
        && told.MaxConcurrentUpgradedConnections == own.MaxConcurrentUpgradedConnections;

    private static bool Hold(Http2Limits told, Http2Limits own) =>
        told.MaxStreamsPerConnection == own.MaxStreamsPerConnection
        && told.HeaderTableSize == own.HeaderTableSize
        && told.MaxFrameSize == own.MaxFrameSize
        && told.MaxRequestHeaderFieldSize == own.MaxRequestHeaderFieldSize
        && told.InitialConnectionWindowSize == own.InitialConnectionWindowSize
        && told.InitialStreamWindowSize == own.InitialStreamWindowSize
        && told.KeepAlivePingDelay == own.KeepAlivePingDelay
        && told.KeepAlivePingTimeout == own.KeepAlivePingTimeout;
}
