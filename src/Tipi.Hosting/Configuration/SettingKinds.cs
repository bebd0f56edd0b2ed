using System.Globalization;

namespace Tipi.Hosting.Configuration;

/// <summary>The kinds of settings.</summary>
internal static class SettingKinds
{
    /// <summary>The word for "no limit": an empty value is an absent one, so that variables can be blanked.</summary>
    private const string None = "none";
    private const string ATime = "a time in the form hh:mm:ss, or 1.00:00:00 with days";

    internal static readonly SettingKind<string> Text = new("a text", static text => text);

    internal static readonly SettingKind<bool> Flag = new("true or false", bool.Parse);

    internal static readonly SettingKind<int> Count = new("a whole number", ParseCount);

    internal static readonly SettingKind<long?> CountOrNone = new(
        $"a whole number, or \"{None}\"", static text => IsNone(text) ? null : ParseLong(text));

    internal static readonly SettingKind<int?> SmallCountOrNone = new(
        CountOrNone.Wanted, static text => IsNone(text) ? null : ParseCount(text));

    internal static readonly SettingKind<double> Number = new(
        "a number", static text => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    internal static readonly SettingKind<TimeSpan> Time = new($"{ATime}, such as 00:00:30", ParseTime);

    internal static readonly SettingKind<TimeSpan> TimeOrNone = new(
        $"{ATime}, or \"{None}\"", static text => IsNone(text) ? Timeout.InfiniteTimeSpan : ParseTime(text));

    internal static readonly SettingKind<UnixFileMode> Mode = new("an octal number, such as 0660", ParseMode);

    internal static bool IsNone(string text) => text.Equals(None, StringComparison.OrdinalIgnoreCase);

    /// <summary>One name of an enumeration; Enum.Parse would take numbers and combine lists to another value.</summary>
    internal static SettingKind<T> OneOf<T>() where T : struct, Enum =>
        new($"one of {NamesOf<T>()}", static text => IsName<T>(text)
            ? Enum.Parse<T>(text, ignoreCase: true)
            : throw new FormatException());

    /// <summary>Names of an enumeration of flags, with commas between them, as Kestrel takes them.</summary>
    internal static SettingKind<T> SomeOf<T>() where T : struct, Enum =>
        new($"one or more of {NamesOf<T>()}", static text => text.Split(',').All(IsName<T>)
            ? Enum.Parse<T>(text, ignoreCase: true)
            : throw new FormatException());

    private static bool IsName<T>(string text) where T : struct, Enum =>
        Enum.GetNames<T>().Contains(text.Trim(), StringComparer.OrdinalIgnoreCase);

    private static string NamesOf<T>() where T : struct, Enum => string.Join(", ", Enum.GetNames<T>());

    private static int ParseCount(string text) =>
        int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static long ParseLong(string text) =>
        long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    // A bare number would be days, and so would be the hours of 24:00:00: a day is 1.00:00:00.
    private static TimeSpan ParseTime(string text)
    {
        int colon = text.IndexOf(':');
        if (colon < 0) throw new FormatException();
        ReadOnlySpan<char> first = text.AsSpan(0, colon);
        bool isTime = first.Contains('.') || Math.Abs(int.Parse(first, CultureInfo.InvariantCulture)) < 24;
        return isTime ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : throw new FormatException();
    }

    private static UnixFileMode ParseMode(string text)
    {
        const int Everything = 0x1FF;
        int mode = Convert.ToInt32(text, 8);
        return (mode & ~Everything) == 0 ? (UnixFileMode)mode : throw new FormatException();
    }
}
