namespace Tipi.Hosting.Configuration;

/// <summary>Reads whom the file of a Unix socket belongs to.</summary>
internal static class UnixSocketSettings
{
    internal static void Apply(Settings settings, string key, TipiListenOptions options)
    {
        settings.Set($"{key}:UnixSocketMode", SettingKinds.Mode, value => options.UnixSocketMode = value);
        settings.Set($"{key}:UnixSocketUser", SettingKinds.Text, value => options.UnixSocketUser = value);
        settings.Set($"{key}:UnixSocketGroup", SettingKinds.Text, value => options.UnixSocketGroup = value);
    }
}
