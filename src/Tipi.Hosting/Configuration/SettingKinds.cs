using System.Globalization;

namespace Tipi.Hosting.Configuration;

/// <summary>The kinds of settings.</summary>
internal static class SettingKinds
{
    /// <summary>The word for "no limit": an empty value is an absent one, so that variables can be blanked.</summary>
    private const string None = "none";

    internal static readonly SettingKind<string> Text = new("a text", static text => text);

    internal static readonly SettingKind<bool> Flag = new("true or false", bool.Parse);

    internal static readonly SettingKind<int> Count = new("a whole number", ParseCount);

    internal static readonly SettingKind<long?> CountOrNone = new(
        $"a whole number, or \"{None}\"", static text => IsNone(text) ? null : ParseLong(text));

    internal static readonly SettingKind<int?> SmallCountOrNone = new(
        CountOrNone.Wanted, static text => IsNone(text) ? null : ParseCount(text));

    internal static readonly SettingKind<double> Number = new(
        "a number", static text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    internal static readonly SettingKind<TimeSpan> Time = new("a time as hh:mm:ss, as 00:00:30", ParseTime);

    internal static readonly SettingKind<TimeSpan> TimeOrNone = new(
        $"a time as hh:mm:ss, or \"{None}\"", static text => IsNone(text) ? Timeout.InfiniteTimeSpan : ParseTime(text));

    internal static readonly SettingKind<UnixFileMode> Mode = new("an octal number, as 0660", ParseMode);

    internal static bool IsNone(string text) => text.Equals(None, StringComparison.OrdinalIgnoreCase);

    internal static SettingKind<T> OneOf<T>() where T : struct, Enum =>
        new($"one of {string.Join(", ", Enum.GetNames<T>())}", static text =>
            char.IsAsciiLetter(text[0]) ? Enum.Parse<T>(text, ignoreCase: true) : throw new FormatException());

    private static int ParseCount(string text) =>
        int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static long ParseLong(string text) =>
        long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    // A bare number would be days.
    private static TimeSpan ParseTime(string text) =>
        text.Contains(':', StringComparison.Ordinal)
            ? TimeSpan.Parse(text, CultureInfo.InvariantCulture)
            : throw new FormatException();

    private static UnixFileMode ParseMode(string text)
    {
        const int Everything = 0x1FF;
        int mode = Convert.ToInt32(text, 8);
        return (mode & ~Everything) == 0 ? (UnixFileMode)mode : throw new FormatException();
    }
}
