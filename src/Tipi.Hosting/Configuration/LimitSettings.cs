using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Configuration;

/// <summary>Reads limits: <c>Limits</c> for the server, <c>Endpoints:{name}:Limits</c> for an endpoint.</summary>
internal static class LimitSettings
{
    private static readonly SettingKind<string> s_rate = new(
        "\"none\", or a pair of BytesPerSecond and GracePeriod",
        static text => SettingKinds.IsNone(text) ? text : throw new FormatException());

    internal static void Apply(Settings settings, string key, TipiServerLimits limits)
    {
        ApplySizes(settings, key + ":", limits);
        ApplyTimes(settings, key + ":", limits);
        ApplyHttp2(settings, key + ":Http2:", limits.Http2);
        ApplyAllowances(settings, key + ":Http2Allowances:", limits.Http2Allowances);
        ApplyRate(settings, $"{key}:MinRequestBodyDataRate", rate => limits.MinRequestBodyDataRate = rate);
        ApplyRate(settings, $"{key}:MinResponseDataRate", rate => limits.MinResponseDataRate = rate);
    }

    private static void ApplySizes(Settings settings, string key, TipiServerLimits limits)
    {
        SettingKind<long?> many = SettingKinds.CountOrNone;
        SettingKind<int> count = SettingKinds.Count;
        settings.Set(key + "MaxRequestBodySize", many, value => limits.MaxRequestBodySize = value);
        settings.Set(key + "MaxRequestDrainSize", many, value => limits.MaxRequestDrainSize = value);
        settings.Set(key + "MaxRequestBufferSize", many, value => limits.MaxRequestBufferSize = value);
        settings.Set(key + "MaxResponseBufferSize", many, value => limits.MaxResponseBufferSize = value);
        settings.Set(key + "MaxRequestLineSize", count, value => limits.MaxRequestLineSize = value);
        settings.Set(key + "MaxRequestHeadersTotalSize", count, value => limits.MaxRequestHeadersTotalSize = value);
        settings.Set(key + "MaxRequestHeaderCount", count, value => limits.MaxRequestHeaderCount = value);
        settings.Set(key + "MaxConcurrentConnections", many, value => limits.MaxConcurrentConnections = value);
        settings.Set(
            key + "MaxConcurrentUpgradedConnections", many, value => limits.MaxConcurrentUpgradedConnections = value);
        settings.Set(
            key + "MaxConnectionsPerIP", SettingKinds.SmallCountOrNone, value => limits.MaxConnectionsPerIP = value);
        settings.Set(
            key + "MaxConcurrentRequests", SettingKinds.SmallCountOrNone,
            value => limits.MaxConcurrentRequests = value);
    }

    private static void ApplyTimes(Settings settings, string key, TipiServerLimits limits)
    {
        SettingKind<TimeSpan> time = SettingKinds.TimeOrNone;
        settings.Set(key + "KeepAliveTimeout", time, value => limits.KeepAliveTimeout = value);
        settings.Set(key + "RequestHeadersTimeout", time, value => limits.RequestHeadersTimeout = value);
        settings.Set(key + "RequestDrainTimeout", time, value => limits.RequestDrainTimeout = value);
        settings.Set(key + "RetryAfter", SettingKinds.Time, value => limits.RetryAfter = value);
    }

    private static void ApplyHttp2(Settings settings, string key, Http2Limits limits)
    {
        SettingKind<int> count = SettingKinds.Count;
        settings.Set(key + "MaxStreamsPerConnection", count, value => limits.MaxStreamsPerConnection = value);
        settings.Set(key + "HeaderTableSize", count, value => limits.HeaderTableSize = value);
        settings.Set(key + "MaxFrameSize", count, value => limits.MaxFrameSize = value);
        settings.Set(key + "MaxRequestHeaderFieldSize", count, value => limits.MaxRequestHeaderFieldSize = value);
        settings.Set(key + "InitialConnectionWindowSize", count, value => limits.InitialConnectionWindowSize = value);
        settings.Set(key + "InitialStreamWindowSize", count, value => limits.InitialStreamWindowSize = value);
        settings.Set(key + "KeepAlivePingDelay", SettingKinds.TimeOrNone, value => limits.KeepAlivePingDelay = value);
        settings.Set(
            key + "KeepAlivePingTimeout", SettingKinds.TimeOrNone, value => limits.KeepAlivePingTimeout = value);
    }

    private static void ApplyAllowances(Settings settings, string key, Http2Allowances limits)
    {
        SettingKind<int> count = SettingKinds.Count;
        settings.Set(key + "Resets", count, value => limits.Resets = value);
        settings.Set(key + "ResetsPerSecond", count, value => limits.ResetsPerSecond = value);
        settings.Set(key + "Faults", count, value => limits.Faults = value);
        settings.Set(key + "FaultsPerSecond", count, value => limits.FaultsPerSecond = value);
        settings.Set(key + "ControlFrames", count, value => limits.ControlFrames = value);
        settings.Set(key + "ControlFramesPerSecond", count, value => limits.ControlFramesPerSecond = value);
    }

    private static void ApplyRate(Settings settings, string key, Action<MinDataRate?> set)
    {
        settings.Set(key, s_rate, _ => set(null));
        string rateKey = key + ":BytesPerSecond", graceKey = key + ":GracePeriod";
        if (!settings.Has(rateKey) && !settings.Has(graceKey)) return;
        double bytesPerSecond = 240;
        TimeSpan grace = TimeSpan.FromSeconds(5);
        settings.Set(rateKey, SettingKinds.Number, value =>
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            bytesPerSecond = value;
        });
        settings.Set(graceKey, SettingKinds.Time, value => grace = new MinDataRate(1, value).GracePeriod);
        set(new MinDataRate(bytesPerSecond, grace));
    }
}
