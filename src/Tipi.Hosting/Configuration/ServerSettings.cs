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
        SetChecked(settings, "Uring:RingCount", SettingKinds.Count, uring, value => uring.RingCount = value);
        SetChecked(settings, "Uring:HandOffBudget", SettingKinds.Time, uring, value => uring.HandOffBudget = value);
        SetChecked(settings, "Uring:Backlog", SettingKinds.Count, uring, value => uring.Backlog = value);
        settings.Set("Uring:NoDelay", SettingKinds.Flag, value => uring.NoDelay = value);
        settings.Set("Uring:ReusePort", SettingKinds.Flag, value => uring.ReusePort = value);
    }

    // So that what is out of range is named by its key.
    private static void SetChecked<T>(
        Settings settings, string key, SettingKind<T> kind, UringTransportOptions uring, Action<T> set) =>
        settings.Set(key, kind, value =>
        {
            set(value);
            try
            {
                uring.Check();
            }
            catch (ArgumentException error)
            {
                throw new ArgumentOutOfRangeException(error.Message, error);
            }
        });
}
