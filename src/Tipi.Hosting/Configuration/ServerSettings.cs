using Tipi.Protocols.Http;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Configuration;

/// <summary>Reads the server's own options and those of its transport.</summary>
internal static class ServerSettings
{
    internal static void Apply(Settings settings, TipiServerOptions options)
    {
        SettingKind<bool> flag = SettingKinds.Flag;
        settings.Set("AddServerHeader", flag, value => options.AddServerHeader = value);
        settings.Set("AllowAlternateSchemes", flag, value => options.AllowAlternateSchemes = value);
        settings.Set("AllowHostHeaderOverride", flag, value => options.AllowHostHeaderOverride = value);
        settings.Set("AllowResponseHeaderCompression", flag, value => options.AllowResponseHeaderCompression = value);
        settings.Set("AllowSynchronousIO", flag, value => options.AllowSynchronousIO = value);
        settings.Set("DisableStringReuse", flag, value => options.DisableStringReuse = value);
        settings.Set("DrainDelay", SettingKinds.Time, value => options.DrainDelay = value);
        settings.Set("EmitKestrelMetrics", flag, value => options.EmitKestrelMetrics = value);
        settings.Set("Scheduling", SettingKinds.OneOf<RingScheduling>(), value => options.Scheduling = value);
        settings.Set("Strictness", SettingKinds.OneOf<HttpStrictness>(), value => options.Strictness = value);
        settings.Set("Transport", SettingKinds.OneOf<TipiTransport>(), value => options.Transport = value);
        AccessLogSettings.Apply(settings, options.AccessLog);
        ApplyUring(settings, options.Uring);
    }

    private static void ApplyUring(Settings settings, UringTransportOptions uring)
    {
        settings.Set("Uring:RingCount", SettingKinds.Count, value => uring.RingCount = value);
        settings.Set("Uring:HandOffBudget", SettingKinds.Time, value => uring.HandOffBudget = value);
        settings.Set("Uring:Backlog", SettingKinds.Count, value => uring.Backlog = value);
        settings.Set("Uring:NoDelay", SettingKinds.Flag, value => uring.NoDelay = value);
        settings.Set("Uring:ReusePort", SettingKinds.Flag, value => uring.ReusePort = value);
    }
}
