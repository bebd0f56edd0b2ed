using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Kestrel;

/// <summary>Every value of Kestrel's options that has an effect in Tipi.</summary>
internal static class KestrelOptionTable
{
    internal static readonly KestrelOption[] All = [.. Own(), .. Limits(), .. LimitsOfHttp2()];

    private static KestrelOption[] Own() =>
    [
        KestrelOption.Of(
            "AddServerHeader", told => told.AddServerHeader, tipi => tipi.AddServerHeader,
            (tipi, value) => tipi.AddServerHeader = value),
        KestrelOption.Of(
            "AllowAlternateSchemes", told => told.AllowAlternateSchemes, tipi => tipi.AllowAlternateSchemes,
            (tipi, value) => tipi.AllowAlternateSchemes = value),
        KestrelOption.Of(
            "AllowHostHeaderOverride", told => told.AllowHostHeaderOverride, tipi => tipi.AllowHostHeaderOverride,
            (tipi, value) => tipi.AllowHostHeaderOverride = value),
        KestrelOption.Of(
            "AllowResponseHeaderCompression", told => told.AllowResponseHeaderCompression,
            tipi => tipi.AllowResponseHeaderCompression, (tipi, value) => tipi.AllowResponseHeaderCompression = value),
        KestrelOption.Of(
            "AllowSynchronousIO", told => told.AllowSynchronousIO, tipi => tipi.AllowSynchronousIO,
            (tipi, value) => tipi.AllowSynchronousIO = value),
        KestrelOption.Of(
            "DisableStringReuse", told => told.DisableStringReuse, tipi => tipi.DisableStringReuse,
            (tipi, value) => tipi.DisableStringReuse = value),
        KestrelOption.Of(
            "RequestHeaderEncodingSelector", told => told.RequestHeaderEncodingSelector,
            tipi => tipi.RequestHeaderEncodingSelector, (tipi, value) => tipi.RequestHeaderEncodingSelector = value),
        KestrelOption.Of(
            "ResponseHeaderEncodingSelector", told => told.ResponseHeaderEncodingSelector,
            tipi => tipi.ResponseHeaderEncodingSelector, (tipi, value) => tipi.ResponseHeaderEncodingSelector = value),
    ];

    private static KestrelOption[] Limits() =>
    [
        Limit(
            "MaxRequestBodySize", told => told.MaxRequestBodySize, has => has.MaxRequestBodySize,
            (has, value) => has.MaxRequestBodySize = value),
        Limit(
            "MaxRequestBufferSize", told => told.MaxRequestBufferSize, has => has.MaxRequestBufferSize,
            (has, value) => has.MaxRequestBufferSize = value),
        Limit(
            "MaxResponseBufferSize", told => told.MaxResponseBufferSize, has => has.MaxResponseBufferSize,
            (has, value) => has.MaxResponseBufferSize = value),
        Limit(
            "MaxRequestLineSize", told => told.MaxRequestLineSize, has => has.MaxRequestLineSize,
            (has, value) => has.MaxRequestLineSize = value),
        Limit(
            "MaxRequestHeadersTotalSize", told => told.MaxRequestHeadersTotalSize,
            has => has.MaxRequestHeadersTotalSize, (has, value) => has.MaxRequestHeadersTotalSize = value),
        Limit(
            "MaxRequestHeaderCount", told => told.MaxRequestHeaderCount, has => has.MaxRequestHeaderCount,
            (has, value) => has.MaxRequestHeaderCount = value),
        Limit(
            "KeepAliveTimeout", told => told.KeepAliveTimeout, has => has.KeepAliveTimeout,
            (has, value) => has.KeepAliveTimeout = value),
        Limit(
            "RequestHeadersTimeout", told => told.RequestHeadersTimeout, has => has.RequestHeadersTimeout,
            (has, value) => has.RequestHeadersTimeout = value),
        Limit(
            "MinRequestBodyDataRate", told => told.MinRequestBodyDataRate, has => has.MinRequestBodyDataRate,
            (has, value) => has.MinRequestBodyDataRate = value),
        Limit(
            "MinResponseDataRate", told => told.MinResponseDataRate, has => has.MinResponseDataRate,
            (has, value) => has.MinResponseDataRate = value),
        Limit(
            "MaxConcurrentConnections", told => told.MaxConcurrentConnections, has => has.MaxConcurrentConnections,
            (has, value) => has.MaxConcurrentConnections = value),
        Limit(
            "MaxConcurrentUpgradedConnections", told => told.MaxConcurrentUpgradedConnections,
            has => has.MaxConcurrentUpgradedConnections, (has, value) => has.MaxConcurrentUpgradedConnections = value),
    ];

    private static KestrelOption[] LimitsOfHttp2() =>
    [
        Http2(
            "MaxStreamsPerConnection", told => told.MaxStreamsPerConnection, has => has.MaxStreamsPerConnection,
            (has, value) => has.MaxStreamsPerConnection = value),
        Http2(
            "HeaderTableSize", told => told.HeaderTableSize, has => has.HeaderTableSize,
            (has, value) => has.HeaderTableSize = value),
        Http2(
            "MaxFrameSize", told => told.MaxFrameSize, has => has.MaxFrameSize,
            (has, value) => has.MaxFrameSize = value),
        Http2(
            "MaxRequestHeaderFieldSize", told => told.MaxRequestHeaderFieldSize, has => has.MaxRequestHeaderFieldSize,
            (has, value) => has.MaxRequestHeaderFieldSize = value),
        Http2(
            "InitialConnectionWindowSize", told => told.InitialConnectionWindowSize,
            has => has.InitialConnectionWindowSize, (has, value) => has.InitialConnectionWindowSize = value),
        Http2(
            "InitialStreamWindowSize", told => told.InitialStreamWindowSize, has => has.InitialStreamWindowSize,
            (has, value) => has.InitialStreamWindowSize = value),
        Http2(
            "KeepAlivePingDelay", told => told.KeepAlivePingDelay, has => has.KeepAlivePingDelay,
            (has, value) => has.KeepAlivePingDelay = value),
        Http2(
            "KeepAlivePingTimeout", told => told.KeepAlivePingTimeout, has => has.KeepAlivePingTimeout,
            (has, value) => has.KeepAlivePingTimeout = value),
    ];

    private static KestrelOption Limit<T>(
        string name, Func<KestrelServerLimits, T> told, Func<TipiServerLimits, T> has,
        Action<TipiServerLimits, T> set) =>
        KestrelOption.Of(
            $"Limits.{name}", options => told(options.Limits), options => has(options.Limits),
            (options, value) => set(options.Limits, value));

    private static KestrelOption Http2<T>(
        string name, Func<Http2Limits, T> told, Func<Http2Limits, T> has, Action<Http2Limits, T> set) =>
        KestrelOption.Of(
            $"Limits.Http2.{name}", options => told(options.Limits.Http2), options => has(options.Limits.Http2),
            (options, value) => set(options.Limits.Http2, value));
}
