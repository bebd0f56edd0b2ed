namespace Tipi.Hosting.Configuration;

/// <summary>Reads <c>AccessLog</c>: <c>Format</c>, <c>Path</c>, <c>QueueLimit</c>.</summary>
internal static class AccessLogSettings
{
    internal static void Apply(Settings settings, AccessLogOptions options)
    {
        settings.Set("AccessLog:Format", SettingKinds.OneOf<AccessLogFormat>(), value => options.Format = value);
        settings.Set("AccessLog:Path", SettingKinds.Text, value => options.Path = value);
        settings.Set("AccessLog:QueueLimit", SettingKinds.Count, value => options.QueueLimit = value);
    }
}
